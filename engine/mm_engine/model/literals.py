"""Which texts are values of which type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time

from mm_engine.model.objects import Enum
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

_BITS: Mapping[type[FieldType], int] = {SmallInt: 15, Integer: 31, BigInt: 63}
_TRUTH = {
    **dict.fromkeys(("true", "yes", "on", "1"), "true"),
    **dict.fromkeys(("false", "no", "off", "0"), "false"),
}
_WHOLE = re.compile(r"[+-]?\d{1,100}", re.ASCII)
_FRACTION = re.compile(r"[+-]?(?:(\d+)(?:\.(\d*))?|\.(\d+))", re.ASCII)
_BINARY = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
_ZONE = re.compile(r"(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?", re.ASCII)
_UUID = re.compile(r"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}", re.ASCII)
_UNIT = r"(?:microsecond|millisecond|second|minute|hour|day|week|month|year)s?"
_INTERVAL = re.compile(
    rf"[+-]?\d+(?:\.\d+)? {_UNIT}(?: [+-]?\d+(?:\.\d+)? {_UNIT})*"
    r"(?: \d\d:\d\d(?::\d\d)?)?"
    r"|[+-]?\d+:\d\d(?::\d\d)?"
    r"|P(?=.)(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?",
    re.IGNORECASE | re.ASCII,
)


def literal_text(
    text: str, type_: FieldType, enums: Mapping[str, Enum] | None = None
) -> str | None:
    """The text as a literal of the type is written; None where it is no such value.

    Truth values have one spelling; everything else keeps its own.

    >>> literal_text("yes", Boolean()), literal_text("007", SmallInt())
    ('true', '007')
    >>> literal_text("40000", SmallInt()) is None
    True
    """
    match type_:
        case Boolean():
            return _TRUTH.get(text.lower())
        case Native(otherwise=other) if other is not None:
            return literal_text(text, other, enums)
        case _:
            return text if _fits(text, type_, enums or {}) else None


def _fits(text: str, type_: FieldType, enums: Mapping[str, Enum]) -> bool:
    match type_:
        case Varchar() | Char():
            return len(text) <= type_.length
        case EnumOf():
            return type_.name in enums and text in enums[type_.name].values
        case SmallInt() | Integer() | BigInt():
            limit = 2 ** _BITS[type(type_)]
            return bool(_WHOLE.fullmatch(text)) and -limit <= int(text) < limit
        case Serial() | BigSerial():
            return False
        case Float() | Double():
            return _BINARY.fullmatch(text) is not None
        case Decimal():
            return _fits_decimal(text, type_)
        case Date():
            return _is_date(text)
        case Time():
            return _is_time(text)
        case Timestamp():
            return _is_moment(text)
        case TimestampTZ():
            return _is_moment(_without_zone(text))
        case Interval():
            return _INTERVAL.fullmatch(text) is not None
        case Uuid():
            return _UUID.fullmatch(text) is not None
        case Json() | Jsonb():
            return _is_json(text)
        case Array():
            return _is_array(text)
        case Text() | Bytes() | Boolean() | Native():
            return True


def _fits_decimal(text: str, type_: Decimal) -> bool:
    found = _FRACTION.fullmatch(text)
    if found is None:
        return False
    whole = (found[1] or "").lstrip("0")
    places = (found[2] or found[3] or "").rstrip("0")
    return len(whole) <= type_.precision - type_.scale and len(places) <= type_.scale


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    if _TIME.fullmatch(text) is None:
        return False
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_moment(text: str) -> bool:
    day, between, hours = text[:10], text[10:11], text[11:]
    if not between:
        return _is_date(day)
    return between in "T " and _is_date(day) and _is_time(hours)


def _without_zone(text: str) -> str:
    found = re.search(_ZONE.pattern + r"\Z", text[10:])
    return text[: 10 + found.start()] if found else text


def _is_json(text: str) -> bool:
    def refused(word: str) -> None:
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refused)
    except (ValueError, RecursionError):
        return False
    return True


def _is_array(text: str) -> bool:
    """``{a,b}`` as PostgreSQL writes it, or a list as JSON does."""
    if text.startswith("{"):
        return text.endswith("}")
    return text.startswith("[") and _is_json(text)


def literal_hint(type_: FieldType, enums: Mapping[str, Enum] | None = None) -> str:
    """What a literal of the type looks like, in words."""
    match type_:
        case Varchar() | Char():
            return f"at most {type_.length} characters"
        case EnumOf():
            enum = (enums or {}).get(type_.name)
            return f"one of {', '.join(enum.values)}" if enum else "a value of the enum"
        case SmallInt() | Integer() | BigInt():
            limit = 2 ** _BITS[type(type_)]
            return f"a whole number from {-limit} to {limit - 1}"
        case Serial() | BigSerial():
            return "none: the database counts"
        case Float() | Double():
            return "a number"
        case Decimal():
            before = type_.precision - type_.scale
            return f"a number of {before} digits before the point, {type_.scale} after"
        case Boolean():
            return "true or false"
        case Date():
            return "a day as in 2024-12-31"
        case Time():
            return "a time as in 23:59:00"
        case Timestamp():
            return "a moment without a zone, as in 2024-12-31 23:59:00"
        case TimestampTZ():
            return "a moment as in 2024-12-31 23:59:00+00:00"
        case Interval():
            return "a length of time as in 1 day 12 hours"
        case Uuid():
            return "32 hexadecimal digits as in 123e4567-e89b-12d3-a456-426614174000"
        case Json() | Jsonb():
            return "JSON, as a text in quotes: '{\"a\": 1}'"
        case Array():
            return "'{a,b}' or '[\"a\", \"b\"]', in quotes"
        case Native(otherwise=other) if other is not None:
            return literal_hint(other, enums)
        case Text() | Bytes() | Native():
            return "a text"
