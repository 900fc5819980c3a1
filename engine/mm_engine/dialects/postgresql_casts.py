"""How PostgreSQL turns values of one type into another, and which it would bend.

ALTER COLUMN TYPE takes USING; its result is assigned, so a text that is too long or a
number out of range stops the step. What an assignment would silently round or cut is
named by a condition.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

import attrs

from mm_engine.dialects.sql import ExpressionSQL, Identifier, TypeSQL
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


class Kind(Enum):
    """What types have in common when values are turned."""

    TEXT = "texts"
    WHOLE = "whole numbers"
    DECIMAL = "decimals"
    REAL = "binary fractions"
    TRUTH = "true and false"
    DATE = "days"
    TIME = "times of day"
    TIMESTAMP = "days and times"
    MOMENT = "moments"
    JSON = "documents"
    ARRAY = "arrays"
    BYTES = "bytes"
    WORDS = "what is only written as text"
    OWN = "what only PostgreSQL knows"


@attrs.frozen
class Cast:
    """The value of USING, and the condition of old values that do not survive."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


@attrs.frozen
class Side:
    """A type, and its words."""

    kind: Kind
    words: TypeSQL
    item: Kind | None = None


_NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.REAL)


def side(type_: FieldType, words: TypeSQL, *, is_mapped: bool) -> Side:
    """A type as one side of a cast; ``is_mapped`` if the words are the user's."""
    if is_mapped:
        return Side(Kind.OWN, words)
    item = _kind(type_.of) if isinstance(type_, Array) else None
    return Side(_kind(type_), words, item)


def cast(x: Identifier, old: Side, new: Side) -> Cast | None:
    """How a value is turned; None where nobody could say without being told."""
    if Kind.OWN in (old.kind, new.kind):
        return _as(f"{x}::{new.words}")
    if old.kind is new.kind:
        return _within(x, old, new)
    if new.kind is Kind.TEXT:
        return _to_text(x, old)
    if old.kind is Kind.TEXT:
        return _from_text(x, new)
    if old.kind in _NUMBERS and new.kind in _NUMBERS:
        return _checked(x, f"{x}::{new.words}", old)
    match old.kind, new.kind:
        case Kind.WHOLE, Kind.TRUTH:
            return Cast(ExpressionSQL(f"{x} <> 0"), ExpressionSQL(f"{x} NOT IN (0, 1)"))
        case Kind.TRUTH, Kind.WHOLE:
            return _as(f"{x}::integer")
        case Kind.ARRAY, Kind.JSON:
            return _as(f"to_jsonb({x})")
        case _:
            return _timed(x, old, new)


def _within(x: Identifier, old: Side, new: Side) -> Cast:
    match old.kind:
        case Kind.TEXT | Kind.WHOLE:
            return _as(x)
        case Kind.DECIMAL:
            return _checked(x, f"{x}::{new.words}", old)
        case Kind.ARRAY if old.item is new.item and old.item in (
            Kind.TEXT,
            Kind.WHOLE,
        ):
            return _as(x)
        case Kind.WORDS:
            return _as(f"{x}::text::{new.words}")
        case _:
            return _as(f"{x}::{new.words}")


def _to_text(x: Identifier, old: Side) -> Cast:
    match old.kind:
        case Kind.BYTES:
            return _as(f"convert_from({x}, 'UTF8')")
        case Kind.MOMENT:
            # Otherwise the text would depend on the zone of the session.
            return _as(f"({x} AT TIME ZONE 'UTC')::text || '+00'")
        case _:
            return _as(f"{x}::text")


def _from_text(x: Identifier, new: Side) -> Cast:
    match new.kind:
        case Kind.BYTES:
            return _as(f"convert_to({x}, 'UTF8')")
        case Kind.DECIMAL:
            rounded = f"{x}::numeric <> {x}::{new.words}"
            return Cast(ExpressionSQL(f"{x}::{new.words}"), ExpressionSQL(rounded))
        case _:
            return _as(f"{x}::{new.words}")


def _timed(x: Identifier, old: Side, new: Side) -> Cast | None:
    """Days and times; a moment is read in UTC, whatever the zone of the session."""
    utc = f"({x} AT TIME ZONE 'UTC')"
    match old.kind, new.kind:
        case Kind.DATE, Kind.TIMESTAMP:
            return _as(f"{x}::timestamp")
        case Kind.DATE, Kind.MOMENT:
            return _as(f"{x}::timestamp AT TIME ZONE 'UTC'")
        case (Kind.TIMESTAMP, Kind.MOMENT) | (Kind.MOMENT, Kind.TIMESTAMP):
            return _as(f"{x} AT TIME ZONE 'UTC'")
        case Kind.TIMESTAMP, Kind.DATE:
            return _checked(x, f"{x}::date", old)
        case Kind.MOMENT, Kind.DATE:
            misfit = f"{utc} <> {utc}::date"
            return Cast(ExpressionSQL(f"{utc}::date"), ExpressionSQL(misfit))
        case _:
            return None


def _checked(x: Identifier, value: str, old: Side) -> Cast:
    misfit = f"({value})::{old.words} <> {x}"
    return Cast(ExpressionSQL(value), ExpressionSQL(misfit))


def _as(value: str) -> Cast:
    return Cast(ExpressionSQL(value))


def _kind(type_: FieldType) -> Kind:
    match type_:
        case Varchar() | Char() | Text():
            return Kind.TEXT
        case SmallInt() | Integer() | BigInt() | Serial() | BigSerial():
            return Kind.WHOLE
        case Decimal():
            return Kind.DECIMAL
        case Float() | Double():
            return Kind.REAL
        case Boolean():
            return Kind.TRUTH
        case Date():
            return Kind.DATE
        case Time():
            return Kind.TIME
        case Timestamp():
            return Kind.TIMESTAMP
        case TimestampTZ():
            return Kind.MOMENT
        case Json() | Jsonb():
            return Kind.JSON
        case Array():
            return Kind.ARRAY
        case Bytes():
            return Kind.BYTES
        case Uuid() | Interval() | EnumOf():
            return Kind.WORDS
        case Native():
            return Kind.OWN
        case _:
            assert_never(type_)
