"""Types of Vertica whose words have to be counted out, and when one becomes another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mm_engine.dialects.columns import ENUM_CHECK
from mm_engine.dialects.sql import TypeSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import Char, Decimal, EnumOf, FieldType, Text, Varchar

COUNTER = "IDENTITY(1, 1)"
"""What stands where the type would, of a column that the database counts up."""

_OCTETS_A_LETTER = 4
"""Of UTF-8 at most; a length is of octets (docs.vertica.com, Character data types)."""

_LONGEST = 65_000
_LONGEST_OF_ALL = 32_000_000
_DIGITS = 1024
_LONGEST_OF_ENUM = 255

_TEXTUAL = re.compile(r"(LONG VARCHAR|VARCHAR|CHAR)\b", re.IGNORECASE)
_BINARY = re.compile(r"(LONG )?VARBINARY\b", re.IGNORECASE)
_NUMERIC = re.compile(r"NUMERIC\((\d+), ?(\d+)\)", re.IGNORECASE)
_WHOLE = ("INTEGER", "INT", "BIGINT", "SMALLINT", "TINYINT", "INT8")
_BRACKET = 19
"""Digits that take the same room: up to 18, 19 to 37, and so on."""


def own_words(type_: FieldType, field: Field) -> TypeSQL | None:
    """The words of a type that says how long it is; None for all other types.

    >>> own_words(Varchar(30), Field("a", Varchar(30)))
    'VARCHAR(120)'
    >>> own_words(Text(length=20_000), Field("a", Text()))
    'LONG VARCHAR(80000)'
    """
    match type_:
        case Varchar(length) | Text(length=int() as length):
            octets = length * _OCTETS_A_LETTER
            if octets > _LONGEST_OF_ALL:
                raise _too_much(field, f"{length} letters", _LONGEST_OF_ALL // 4)
            return TypeSQL(f"{'LONG ' if octets > _LONGEST else ''}VARCHAR({octets})")
        case Char(length) if length > _LONGEST:
            raise _too_much(field, f"{length} letters", _LONGEST)
        case Decimal(precision=digits) if digits > _DIGITS:
            raise _too_much(field, f"{digits} digits", _DIGITS)
        case _:
            return None


def check_values(type_: FieldType, field: Field, schema: Schema) -> None:
    """Refuse an enum with a value that its column could not hold."""
    if not isinstance(type_, EnumOf):
        return
    for value in schema.enum(type_.name).values:
        if len(value.encode()) > _LONGEST_OF_ENUM:
            raise _too_much(field, f'the value "{value}"', _LONGEST_OF_ENUM)


def changes_in_place(old: str, new: str) -> bool:
    """Whether SET DATA TYPE takes the change: where the store stays as it is.

    docs.vertica.com, Changing scalar column data type.

    >>> changes_in_place("VARCHAR(40)", "LONG VARCHAR")
    True
    >>> changes_in_place("NUMERIC(10, 2)", "NUMERIC(20, 2)")
    False
    """
    if is_text(old) and is_text(new):
        return True
    if (a := _BINARY.match(old)) and (b := _BINARY.match(new)):
        return a[0].upper() == b[0].upper()
    before, after = _digits(old), _digits(new)
    if before is None or after is None:
        return False
    return before[1] == after[1] and before[0] // _BRACKET == after[0] // _BRACKET


def enum_check(field: str) -> str:
    """What the check of a field of an enum is called: a table may have several."""
    return f"{ENUM_CHECK}{field}"


def is_text(words: str) -> bool:
    """Whether values of a type lie there as texts."""
    return _TEXTUAL.match(words) is not None


def is_long(words: str) -> bool:
    """Whether a type is kept apart from its row, so that no key can hold it."""
    return words.upper().startswith("LONG ")


def listed(value: str | Iterable[str]) -> tuple[str, ...]:
    """The fields that an option names, one or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def word(text: str) -> str:
    """A word that stands in SQL without quotes, as an encoding does."""
    if not text.isascii() or not text.replace("_", "").isalnum():
        raise UnsupportedError(f'"{text}" is not one word')
    return text.upper()


def whole(text: str, key: str) -> int:
    """The number that an option says."""
    if not text.isdecimal():
        raise UnsupportedError(f'the option "{key}" is a whole number, not "{text}"')
    return int(text)


def _digits(words: str) -> tuple[int, int] | None:
    """Digits in all and after the point; a whole number is like one of 18."""
    if words.upper() in _WHOLE:
        return _BRACKET - 1, 0
    found = _NUMERIC.fullmatch(words)
    return (int(found[1]), int(found[2])) if found else None


def _too_much(field: Field, said: str, most: int) -> UnsupportedError:
    return UnsupportedError(
        f'Vertica takes at most {most}, and "{field.name}" has {said}',
        at=field.at,
        hint="make it shorter",
    )
