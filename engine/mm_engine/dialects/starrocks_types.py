"""Types of StarRocks: lengths in bytes, and what becomes of what where it lies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mm_engine.dialects.sql import TypeSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Field
from mm_engine.model.types import Char, Decimal, FieldType, Text, Varchar

LONGEST = 1_048_576
"""Bytes of a VARCHAR before 4.2 (docs.starrocks.io, System limits)."""

LAID_OUT_BY = ("distributed_by", "order_by", "partition_by")
"""The options of a table that speak of its fields."""

_BYTES_A_LETTER = 4
_LONGEST_CHAR = 255
_DIGITS = 38
_WHOLE = ("TINYINT", "SMALLINT", "INT", "BIGINT", "LARGEINT")
_SIZED = re.compile(r"(VARCHAR|CHAR)\((\d+)\)")
_NUMERIC = re.compile(r"DECIMAL\((\d+), (\d+)\)")
_IN_KEYS = re.compile(r"(BOOLEAN|(TINY|SMALL|BIG|LARGE)?INT|VARCHAR|CHAR|DATE)\b")
_IN_BITMAPS = re.compile(
    r"(DATE|DATETIME|(TINY|SMALL|BIG|LARGE)?INT|DECIMAL|BOOLEAN|CHAR|VARCHAR|STRING)\b"
)


def sized(type_: FieldType, field: Field) -> TypeSQL | None:
    """The words of a type that says how long it is; None for all other types.

    >>> sized(Varchar(30), Field("a", Varchar(30)))
    'VARCHAR(120)'
    """
    match type_:
        case Varchar(length) | Text(length=int() as length):
            return _varchar(field, length)
        case Char(length) if length * _BYTES_A_LETTER <= _LONGEST_CHAR:
            return TypeSQL(f"CHAR({length * _BYTES_A_LETTER})")
        case Char(length):
            return _varchar(field, length)
        case Decimal(precision=digits) if digits > _DIGITS:
            raise _too_much(field, f"{digits} digits", _DIGITS)
        case _:
            return None


def is_in_keys(words: str) -> bool:
    """Whether a type can be in a primary key (docs.starrocks.io, Primary Key table)."""
    return _IN_KEYS.match(words) is not None or words == "DATETIME"


def is_in_bitmaps(words: str) -> bool:
    """Whether a bitmap index can hold a type (docs.starrocks.io, Bitmap indexes)."""
    return _IN_BITMAPS.match(words) is not None


def widens(old: str, new: str) -> bool:
    """Whether MODIFY COLUMN loses nothing of any value.

    docs.starrocks.io, ALTER TABLE, and ``SchemaChangeTypeCompatibility`` in the source.

    >>> widens("INT", "BIGINT"), widens("BIGINT", "INT")
    (True, False)
    >>> widens("VARCHAR(40)", "VARCHAR(80)"), widens("DECIMAL(9, 2)", "DECIMAL(9, 3)")
    (True, False)
    """
    if old in _WHOLE and new in _WHOLE:
        return _WHOLE.index(old) <= _WHOLE.index(new)
    if (a := _SIZED.fullmatch(old)) and (b := _SIZED.fullmatch(new)):
        return b[1] == "VARCHAR" and int(a[2]) <= int(b[2])
    if (a := _NUMERIC.fullmatch(old)) and (b := _NUMERIC.fullmatch(new)):
        wholes = [int(found[1]) - int(found[2]) for found in (a, b)]
        return int(a[2]) <= int(b[2]) and wholes[0] <= wholes[1]
    return (old, new) in (("FLOAT", "DOUBLE"), ("DATE", "DATETIME"))


def shrinks(old: str, new: str) -> int | None:
    """How many bytes a text may still have, where it could have more before."""
    a, b = _SIZED.fullmatch(old), _SIZED.fullmatch(new)
    return int(b[2]) if b and (a is None or int(a[2]) > int(b[2])) else None


def listed(value: str | Iterable[str]) -> tuple[str, ...]:
    """The words that an option says, one or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def bare(text: str) -> str:
    """A word of a property, which stands between double quotes."""
    if not text.strip() or re.search(r"[\"\\\n]", text):
        raise UnsupportedError(
            f'"{text}" is no property', hint='one is written as "replication_num=3"'
        )
    return text.strip()


def _varchar(field: Field, length: int) -> TypeSQL:
    size = length * _BYTES_A_LETTER
    if size > LONGEST:
        raise _too_much(field, f"{length} letters", LONGEST // _BYTES_A_LETTER)
    return TypeSQL(f"VARCHAR({size})")


def _too_much(field: Field, said: str, most: int) -> UnsupportedError:
    return UnsupportedError(
        f'StarRocks takes at most {most}, and "{field.name}" has {said}',
        at=field.at,
        hint="make it shorter",
    )
