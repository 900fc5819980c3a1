"""How SQLite reads a declared type: not as a type, but as an affinity.

https://www.sqlite.org/datatype3.html, section 3.1: the first of these words that the
declared type contains decides. So FLOATING POINT is a whole number: it says INT.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mm_engine.dialects.sql import TypeSQL

_WORDS = (
    ("INT", "INTEGER"),
    ("CHAR", "TEXT"),
    ("CLOB", "TEXT"),
    ("TEXT", "TEXT"),
    ("BLOB", "BLOB"),
    ("REAL", "REAL"),
    ("FLOA", "REAL"),
    ("DOUB", "REAL"),
)
_STRICT = {"BOOLEAN": "INTEGER", "DECIMAL": "REAL"}
_STRICT_CLOCKS = ("DATE", "TIME", "DATETIME", "TIMESTAMP")


def affinity(type_: str) -> str:
    """The affinity of a column of this declared type.

    >>> affinity("VARCHAR(20)"), affinity("DECIMAL(10, 2)"), affinity("POINT")
    ('TEXT', 'NUMERIC', 'INTEGER')
    """
    upper = type_.upper()
    for word, found in _WORDS:
        if word in upper:
            return found
    return "NUMERIC" if upper else "BLOB"


@lru_cache(maxsize=512)
def declared_type(words: str) -> str:
    """A declared type in one style; none at all means what BLOB means.

    >>> [declared_type(words) for words in ("varchar( 20 )", "Decimal(10,2)", "")]
    ['VARCHAR(20)', 'DECIMAL(10, 2)', 'BLOB']
    """
    spaced = re.sub(r"\s*([(),])\s*", r"\1", " ".join(words.upper().split()))
    return spaced.replace(",", ", ") or "BLOB"


def strict_type(type_: TypeSQL) -> TypeSQL:
    """The one of the six types of STRICT tables that keeps the same values.

    https://www.sqlite.org/stricttables.html

    >>> strict_type(TypeSQL("VARCHAR(20)")), strict_type(TypeSQL("DECIMAL(10, 2)"))
    ('TEXT', 'REAL')
    """
    word = type_.upper().partition("(")[0].strip()
    if word in _STRICT_CLOCKS:
        return TypeSQL("TEXT")
    found = _STRICT.get(word, affinity(type_))
    return TypeSQL("ANY" if found == "NUMERIC" else found)
