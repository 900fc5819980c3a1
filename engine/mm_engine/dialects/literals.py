"""Values as constants in SQL, by the type of the field that holds them."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import re
import uuid
from collections.abc import Callable
from typing import assert_never

from mm_engine.dialects.features import Features
from mm_engine.dialects.sql import LiteralSQL, text_literal
from mm_engine.errors import UnsupportedError
from mm_engine.model.types import (
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytes,
    Char,
    Date,
    Decimal,
    Double,
    EnumOf,
    FieldType,
    Float,
    Integer,
    Interval,
    Json,
    Jsonb,
    Native,
    Serial,
    SmallInt,
    Text,
    Time,
    Timestamp,
    TimestampTZ,
    Uuid,
    Varchar,
)

NULL = LiteralSQL("NULL")

_BITS = {
    SmallInt: 16,
    Integer: 32,
    Serial: 32,
    BigInt: 64,
    BigSerial: 64,
}
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST = 10_000
"""More digits than any database keeps, and few enough to write down."""

_TRUE = ("true", "yes", "on", "t", "y", "1")
_FALSE = ("false", "no", "off", "f", "n", "0")

PythonValue = (
    bool
    | int
    | float
    | decimal.Decimal
    | str
    | bytes
    | dt.datetime
    | dt.date
    | dt.time
    | uuid.UUID
)


def literal(text: str, type_: FieldType, facts: Features) -> LiteralSQL:
    """The constant that a text means in a field of this type.

    Raises ``UnsupportedError`` for a text that no value of the type is written as.

    >>> from mm_engine.dialects.sqlite import SQLite
    >>> facts = SQLite.features
    >>> literal("007", Varchar(10), facts), literal("007", Integer(), facts)
    ("'007'", '7')
    >>> literal("yes", Boolean(), facts), literal("it's", Text(), facts)
    ('1', "'it''s'")
    """
    match type_:
        case Varchar() | Char() | Text() | EnumOf() | Interval():
            return text_literal(text, facts)
        case SmallInt() | Integer() | BigInt() | Serial() | BigSerial():
            return LiteralSQL(str(_whole(text, type_)))
        case Float() | Double():
            return LiteralSQL(_matching(_NUMBER, text, type_))
        case Decimal():
            return LiteralSQL(decimal_text(text, type_))
        case Boolean():
            return LiteralSQL(facts.booleans[_truth(text, type_)])
        case Date():
            return _timed(text, type_, lambda: dt.date.fromisoformat(text), facts)
        case Time():
            return _timed(text, type_, lambda: dt.time.fromisoformat(text), facts)
        case Timestamp():
            return _timed(text, type_, lambda: _moment(text, zoned=False), facts)
        case TimestampTZ():
            return _timed(text, type_, lambda: _zoned(text, facts), facts)
        case Uuid():
            return _timed(text, type_, lambda: uuid.UUID(text), facts)
        case Json() | Jsonb():
            return text_literal(_document(text, type_), facts)
        case Array():
            if facts.has_arrays:
                return text_literal(text, facts)
            return text_literal(_document(text, type_), facts)
        case Bytes():
            return bytes_literal(text.encode(), facts)
        case Native():
            return text_literal(text, facts)
        case _:
            assert_never(type_)


def bytes_literal(value: bytes, facts: Features) -> LiteralSQL:
    """Bytes as a constant."""
    before, after = facts.bytes_literal
    return LiteralSQL(f"{before}{value.hex().upper()}{after}")


def written(value: PythonValue) -> str:
    """A value of Python's as the text that a literal of its kind has.

    >>> written(True), written(decimal.Decimal("1E+2")), written(0.1)
    ('true', '100', '0.1')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            raise UnsupportedError(f"{value} is no number that a database keeps")
        case decimal.Decimal() if not value.is_finite():
            raise UnsupportedError(f"{value} is no number that a database keeps")
        case decimal.Decimal():
            return f"{value:f}"
        case bytes():
            raise UnsupportedError("bytes go into a field of bytes only")
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def decimal_text(text: str, type_: Decimal) -> str:
    """The number in plain digits, if it has no more of them than the type keeps.

    >>> decimal_text("1e2", Decimal(5, 2)), decimal_text("1.500", Decimal(5, 2))
    ('100', '1.500')
    """
    number = decimal.Decimal(_matching(_NUMBER, text, type_))
    if abs(number.adjusted()) > _LONGEST:
        raise _misfit(text, type_)
    plain = f"{number:f}"
    whole, _, fraction = plain.lstrip("+-").partition(".")
    digits = len(whole.lstrip("0"))
    if (
        digits > type_.precision - type_.scale
        or len(fraction.rstrip("0")) > type_.scale
    ):
        raise _misfit(text, type_)
    return plain


def _whole(text: str, type_: SmallInt | Integer | BigInt | Serial | BigSerial) -> int:
    number = int(_matching(_WHOLE, text, type_))
    limit = 1 << (_BITS[type(type_)] - 1)
    if not -limit <= number < limit:
        raise _misfit(text, type_)
    return number


def _truth(text: str, type_: Boolean) -> bool:
    word = text.strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise _misfit(text, type_)
    return word in _TRUE


def _timed(
    text: str, type_: FieldType, read: Callable[[], object], facts: Features
) -> LiteralSQL:
    """A text that Python can read as the type, in the one form of the standard."""
    try:
        return text_literal(str(read()), facts)
    except ValueError:
        raise _misfit(text, type_) from None


def _moment(text: str, *, zoned: bool) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None and not zoned:
        raise UnsupportedError(
            f'"{text}" has a zone, and a timestamp has none',
            hint="leave the zone out, or make the field a timestamptz",
        )
    return moment


def _zoned(text: str, facts: Features) -> dt.datetime:
    """A moment; in UTC and without saying so where a database knows no zones."""
    moment = _moment(text, zoned=True)
    if facts.has_zoned_timestamps or moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _document(text: str, type_: FieldType) -> str:
    try:
        document = json.loads(text, parse_constant=_no_such_number)
    except ValueError:
        raise _misfit(text, type_) from None
    if isinstance(type_, Array) and not isinstance(document, list):
        raise _misfit(text, type_)
    return text


def _no_such_number(word: str) -> float:
    raise ValueError(word)


def _matching(pattern: re.Pattern[str], text: str, type_: FieldType) -> str:
    stripped = text.strip()
    if pattern.fullmatch(stripped) is None:
        raise _misfit(text, type_)
    return stripped


def _misfit(text: str, type_: FieldType) -> UnsupportedError:
    return UnsupportedError(
        f'"{text}" is no value of {_words(type_)}',
        hint="an expression in SQL is written as !expression, or mm.Expression",
    )


def _words(type_: FieldType) -> str:
    match type_:
        case Decimal():
            return f"decimal({type_.precision}, {type_.scale})"
        case _:
            return type_.yaml_name
