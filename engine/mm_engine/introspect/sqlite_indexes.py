"""What a CREATE INDEX of SQLite says.

https://www.sqlite.org/lang_createindex.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mm_engine.introspect.native import NativeIndex, NativePart
from mm_engine.introspect.sqlite_tokens import (
    Token,
    closing,
    normal,
    split,
    tokens,
    unwrapped,
)


def index_read(name: str, sql: str, columns: Mapping[str, str]) -> NativeIndex:
    """An index from its text; ``columns`` are those of its table by folded name.

    >>> found = index_read("i", "CREATE INDEX i ON t(lower(a), B DESC)", {"b": "b"})
    >>> [part.expression or part.column for part in found.parts]
    ['lower(a)', 'b']
    """
    found = tokens(sql)
    opening = next(i for i, token in enumerate(found) if token.text == "(")
    end = closing(found, opening)
    where = found[end + 2 :]
    return NativeIndex(
        name=name,
        parts=tuple(_part(part, columns) for part in split(found[opening + 1 : end])),
        unique=found[1].word == "UNIQUE",
        where=normal(where, columns) if where else None,
    )


def _part(part: Sequence[Token], columns: Mapping[str, str]) -> NativePart:
    descending = part[-1].word == "DESC"
    if part[-1].word in ("ASC", "DESC"):
        part = part[:-1]
    part = unwrapped(part)
    column = columns.get(part[0].name.casefold()) if len(part) == 1 else None
    if column is not None:
        return NativePart(column=column, descending=descending)
    return NativePart(expression=normal(part, columns), descending=descending)
