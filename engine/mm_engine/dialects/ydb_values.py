"""Values of YQL: each constant says its type, and quotes are escaped by backslashes.

https://ydb.tech/docs/en/yql/reference/syntax/lexer and .../builtins/basic
"""

from __future__ import annotations

import datetime as dt

from mm_engine.dialects import literals
from mm_engine.dialects.features import Features
from mm_engine.dialects.sql import LiteralSQL, encodable
from mm_engine.model.types import (
    Array,
    BigInt,
    BigSerial,
    Bytes,
    Date,
    Decimal,
    Double,
    FieldType,
    Float,
    Json,
    Jsonb,
    SmallInt,
    Timestamp,
    TimestampTZ,
    Uuid,
)

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    r"""A text in quotes, which it cannot leave.

    >>> print(quoted("it's"))
    'it\'s'
    """
    inside = "".join(_ESCAPES.get(sign, sign) for sign in encodable(text, "a text"))
    return f"'{inside}'"


def utf8(text: str) -> LiteralSQL:
    """A text of letters; one without the last sign would be one of bytes."""
    return LiteralSQL(f"{quoted(text)}u")


def in_bytes(value: bytes) -> LiteralSQL:
    r"""Bytes, each by its number.

    >>> print(in_bytes(b"a'"))
    '\x61\x27'
    """
    return LiteralSQL("'" + "".join(f"\\x{byte:02x}" for byte in value) + "'")


def constant(text: str, type_: FieldType, facts: Features) -> LiteralSQL:
    """The constant that a text means in a field of this type, checked like any other.

    >>> from mm_engine.dialects.sqlite import SQLite
    >>> constant("7", BigInt(), SQLite.features)
    '7l'
    >>> constant("2024-02-29 12:30:00", Timestamp(), SQLite.features)
    "Timestamp64('2024-02-29T12:30:00Z')"
    """
    plain = literals.literal(text, type_, facts)
    said = plain[1:-1].replace("''", "'") if plain.startswith("'") else None
    match type_:
        case SmallInt():
            return LiteralSQL(f"{plain}s")
        case BigInt() | BigSerial():
            return LiteralSQL(f"{plain}l")
        case Float():
            return LiteralSQL(f"Float('{plain}')")
        case Double():
            return LiteralSQL(f"Double('{plain}')")
        case Decimal(precision=digits, scale=scale):
            return LiteralSQL(f"Decimal('{plain}', {digits}, {scale})")
        case Date():
            return LiteralSQL(f"Date32({plain})")
        case Timestamp() | TimestampTZ():
            return LiteralSQL(f"Timestamp64('{_moment(said or text)}')")
        case Uuid():
            return LiteralSQL(f"Uuid({plain})")
        case Json() | Array():
            return LiteralSQL(f"Json({quoted(said or text)})")
        case Jsonb():
            return LiteralSQL(f"JsonDocument({quoted(said or text)})")
        case Bytes():
            return in_bytes(text.encode())
        case _:
            return plain if said is None else utf8(said)


def _moment(text: str) -> str:
    """A moment as ISO 8601 has it, in UTC, which its type is in."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}Z"
