"""Texts of values for a field, the awkward ones among them; the same in every run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import assert_never
from uuid import UUID

from mm_engine.model import sqltext
from mm_engine.model import types as t
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table

_TEXTS = (
    "plain",
    "",
    'it\'s "so"',
    "日本 😀 é",
    "two\nlines",
    r"100% :x \ ; -- ?",
    " spaces ",
)
_TIMES = {
    t.Date: ("2024-02-29", "1900-01-01", "9999-12-31"),
    t.Time: ("12:30:00", "00:00:00", "23:59:59"),
    t.Timestamp: (
        "2024-02-29 12:30:00",
        "1970-01-01 00:00:00",
        "1999-12-31 23:59:59.999999",
    ),
    t.TimestampTZ: (
        "2024-02-29 12:30:00+00:00",
        "1970-01-01 00:00:00+00:00",
        "1999-12-31 23:59:59.999999+00:00",
    ),
    t.Interval: ("1 day", "30 days", "02:03:04"),
}
_BITS = {t.SmallInt: 16, t.Integer: 32, t.Serial: 32, t.BigInt: 64, t.BigSerial: 64}
_FRACTIONS = ("0.5", "0", "-2.25", "65536")  # that every width of float keeps
_DOCUMENTS = ('{"a": "it\'s"}', "[]", '{"é": [1.5, true, null, "\\n"]}')
_GUESSES = ("127.0.0.1", "1", "a", "{}", "2024-02-29")
_LONGEST = 4000
_CONSTANT = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(-?\d+(?:\.\d+)?)")


def texts(type_: t.FieldType, schema: Schema) -> tuple[str, ...]:
    """Values of a type as literals of schema files have them, the plainest first.

    >>> texts(t.Varchar(5), Schema())[:3], texts(t.Boolean(), Schema())
    (('plain', 'xxxxx', ''), ('true', 'false'))
    """
    match type_:
        case t.Varchar(length=length) | t.Char(length=length):
            return _cut(length, is_padded=isinstance(type_, t.Char))
        case t.Text(length=length):
            return _cut(length or _LONGEST)
        case t.Bytes():
            return _TEXTS
        case t.SmallInt() | t.Integer() | t.BigInt() | t.Serial() | t.BigSerial():
            limit = 1 << (_BITS[type(type_)] - 1)
            return ("1", "0", str(limit - 1), "-1", str(-limit), "7")
        case t.Float() | t.Double():
            return _FRACTIONS
        case t.Decimal(precision=precision, scale=scale):
            return _decimals(precision, scale)
        case t.Boolean():
            return ("true", "false")
        case t.Date() | t.Time() | t.Timestamp() | t.TimestampTZ() | t.Interval():
            return _TIMES[type(type_)]
        case t.Uuid():
            return (numbered(type_, 1), str(UUID(int=0)), str(UUID(int=2**128 - 1)))
        case t.Json() | t.Jsonb():
            return _DOCUMENTS
        case t.EnumOf(name=name):
            return schema.enum(name).values
        case t.Array(of=of):
            return _lists(texts(of, schema))
        case t.Native(otherwise=other):
            return (*_GUESSES, *(texts(other, schema) if other else ()))
        case _:
            assert_never(type_)


def numbered(type_: t.FieldType, number: int) -> str:
    """A value that differs from that of another number, where the type has so many."""
    match type_:
        case t.Varchar(length=length) | t.Char(length=length):
            return f"k{number}"[-length:]
        case t.Uuid():
            return str(UUID(int=(0x4000_8000_0000 << 64) + number))
        case t.Date() | t.Timestamp() | t.TimestampTZ():
            return f"2024-{1 + number // 28 % 12:02}-{1 + number % 28:02}" + (
                "" if isinstance(type_, t.Date) else " 12:30:00"
            )
        case t.Time():
            return f"12:{number // 60 % 60:02}:{number % 60:02}"
        case t.Text() | t.Bytes():
            return f"k{number}"
        case _:
            return str(number)


def constants(table: Table, field: Field) -> tuple[str, ...]:
    """Values that the conditions of a table on a field speak of, and those beside.

    What a condition means is not read: the database says which values meet it.
    """
    found: list[str] = []
    for condition in conditions(table):
        if field.name in sqltext.identifiers(condition):
            for text, number in _CONSTANT.findall(condition):
                found += _around(number, field) if number else _like(text)
    return tuple(dict.fromkeys(found))


def conditions(table: Table) -> tuple[str, ...]:
    """What rows of a table have to meet, in SQL."""
    partial = (index.where for index in table.indexes if index.where)
    return (*(check.expression for check in table.checks), *partial)


def _cut(length: int, *, is_padded: bool = False) -> tuple[str, ...]:
    longest = "x" * min(length, _LONGEST)
    plainest, *others = _TEXTS
    cut = (text[:length] for text in (plainest, longest, *others))
    if is_padded:  # databases differ in what becomes of the padding
        cut = (text.strip() for text in cut)
    return tuple(dict.fromkeys(cut))


def _decimals(precision: int, scale: int) -> tuple[str, ...]:
    whole, point = "9" * (precision - scale), "." if scale else ""
    largest = f"{whole or '0'}{point}{'9' * scale}"
    smallest = f"0.{'1':0>{scale}}" if scale else "1"
    return tuple(dict.fromkeys((smallest, "0", largest, f"-{largest}")))


def _lists(items: Sequence[str]) -> tuple[str, ...]:
    return (json.dumps(items[:1]), "[]", json.dumps(items[1:4]))


def _around(number: str, field: Field) -> Iterable[str]:
    if isinstance(field.type, t.Varchar | t.Char | t.Text):
        length = int(float(number))
        return ("x" * max(0, min(length, _LONGEST)), number)
    if "." in number:
        return (number,)
    return (number, str(int(number) + 1), str(int(number) - 1))


def _like(text: str) -> Iterable[str]:
    plain = text.replace("''", "'")
    return dict.fromkeys((plain, plain.replace("%", "a").replace("_", "a")))
