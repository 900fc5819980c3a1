"""Types of SQL Server: their limits, what a key can hold, words it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import TypeSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.objects import Enum
from mm_engine.model.table import Field
from mm_engine.model.types import Char, Decimal, FieldType, Text, Varchar

LONGEST_TEXT = 4000
"""Letters of NVARCHAR(n); beyond them it is NVARCHAR(MAX).

https://learn.microsoft.com/sql/t-sql/data-types/nchar-and-nvarchar-transact-sql
"""

MOST_DIGITS = 38
"""Of a DECIMAL."""

CLUSTERED = 900
"""Bytes of a primary key, by which the table lies in order; other keys have more.

https://learn.microsoft.com/sql/sql-server/maximum-capacity-specifications-for-sql-server
"""

LONGEST_ENUM = 255

_WHOLE = re.compile(
    r"(TINY|SMALL|BIG)?INT|(DECIMAL|NUMERIC)\(\d+(, ?0)?\)", re.IGNORECASE
)
_BESIDE = re.compile(
    r".*\(MAX\)|N?TEXT|IMAGE|XML|GEO\w+|SQL_VARIANT|JSON|VECTOR.*", re.IGNORECASE
)
_SIZED = re.compile(r"(N?)(?:VAR)?(?:CHAR|BINARY)\((\d+)\)", re.IGNORECASE)
_BYTES = {
    "BIT": 1,
    "TINYINT": 1,
    "SMALLINT": 2,
    "INT": 4,
    "BIGINT": 8,
    "REAL": 4,
    "FLOAT": 8,
    "DATE": 3,
    "TIME": 5,
    "DATETIME2": 8,
    "DATETIMEOFFSET": 10,
    "UNIQUEIDENTIFIER": 16,
}
_MOST_BYTES = 17
"""Of a decimal, and of types that we do not know."""

_PIECE = re.compile(
    r"N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"|(?P<word>\w+)|\S",
    re.ASCII,
)


def is_beside_its_row(words: TypeSQL) -> bool:
    """Whether a type is kept beside its row, so that no key holds it.

    >>> is_beside_its_row(TypeSQL("NVARCHAR(MAX)")), is_beside_its_row(TypeSQL("INT"))
    (True, False)
    """
    return _BESIDE.fullmatch(words) is not None


def bytes_of(words: TypeSQL) -> int:
    """How many bytes a value of a type has in a key, at most.

    >>> bytes_of(TypeSQL("NVARCHAR(200)")), bytes_of(TypeSQL("DATETIME2(6)"))
    (400, 8)
    """
    sized = _SIZED.fullmatch(words)
    if sized:
        return int(sized[2]) * (2 if sized[1] else 1)
    return _BYTES.get(words.partition("(")[0].upper(), _MOST_BYTES)


def check_size(type_: FieldType, field: Field, title: str) -> None:
    """Refuse more letters or digits than a column can have."""
    match type_:
        case Char(length) if length > LONGEST_TEXT:
            said, most, hint = f"{length} letters", LONGEST_TEXT, "a varchar"
        case Decimal(precision=digits) if digits > MOST_DIGITS:
            said, most, hint = f"{digits} digits", MOST_DIGITS, "a decimal of fewer"
        case _:
            return
    raise UnsupportedError(
        f'{title} takes at most {most}, and "{field.name}" has {said}',
        at=field.at,
        hint=f"make it {hint}",
    )


def text_words(type_: FieldType) -> TypeSQL | None:
    """The words for a text by its length; None where the table of types has them.

    >>> text_words(Text(length=500)), text_words(Varchar(5000)), text_words(Text())
    ('NVARCHAR(500)', 'NVARCHAR(MAX)', None)
    """
    match type_:
        case Text(length=int(length)) if length <= LONGEST_TEXT:
            return TypeSQL(f"NVARCHAR({length})")
        case Varchar(length) if length > LONGEST_TEXT:
            return TypeSQL("NVARCHAR(MAX)")
        case _:
            return None


def longest(type_: FieldType) -> int | None:
    """How many letters a varchar may have that its column does not count."""
    if not isinstance(type_, Varchar) or type_.length <= LONGEST_TEXT:
        return None
    return type_.length


def check_enum(enum: Enum, title: str) -> None:
    """Refuse values that a column could not hold, or not tell apart."""
    seen: dict[str, str] = {}
    for value in enum.values:
        if len(value) > LONGEST_ENUM:
            raise UnsupportedError(
                f'{title} is given enums of {LONGEST_ENUM} letters, and "{enum.name}"'
                " has longer values",
                hint="call them shorter",
            )
        same = seen.setdefault(value.rstrip(" "), value)
        if same != value:
            raise UnsupportedError(
                f'{title} does not tell "{value}" of enum "{enum.name}" from "{same}"',
                hint="it passes over blanks at the end; call one otherwise",
            )


def check_counter(column: Column, field: Field, title: str) -> None:
    """Refuse to count up what cannot be, or has a default."""
    if column.default is not None:
        raise UnsupportedError(
            f'"{field.name}" counts itself up, so it has no default',
            at=field.at,
            hint="make it an integer, or leave the default out",
        )
    if not _WHOLE.fullmatch(column.type):
        raise UnsupportedError(
            f'"{field.name}" counts itself up, and {title} counts no {column.type}',
            at=field.at,
            hint="map its type to a whole number",
        )


def words_of(sql: str) -> Iterator[str]:
    """The words and signs of a piece of SQL, texts and quoted names left out.

    >>> list(words_of("[a] = N'OR' AND b IN (1)"))
    ['=', 'AND', 'B', 'IN', '(', '1', ')']
    """
    for match in _PIECE.finditer(sql):
        if match["word"] or len(match[0]) == 1:
            yield match[0].upper()


def check_words(sql: str, what: str, title: str) -> None:
    """Refuse true and false, which would be taken for names of columns."""
    for word in words_of(sql):
        if word in ("TRUE", "FALSE"):
            raise UnsupportedError(
                f"{what} says {word}, which {title} would take for a column",
                hint="a boolean is a BIT: compare it with 1 or 0",
            )


def check_key(
    user: str, fields: Iterable[tuple[Field, TypeSQL]], most: int, title: str
) -> None:
    """Refuse a key of what is kept beside its row, or of too many bytes."""
    length = 0
    for field, words in fields:
        if is_beside_its_row(words):
            raise UnsupportedError(
                f'{user} would hold "{field.name}", and {title} keeps {words} beside'
                " its row",
                at=field.at,
                hint="make the field a varchar",
            )
        length += bytes_of(words)
    if length > most:
        raise UnsupportedError(
            f"{user} would have {length} bytes, and {title} takes {most}",
            hint="make its texts shorter; a letter has two bytes",
        )
