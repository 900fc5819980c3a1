"""How SQLite turns values of one type into another, and which values it cannot turn.

SQLite would keep any value in any column, so a change of type that fits badly does not
fail there: texts stay texts in a column of numbers, and CAST makes them 0. Each change
here comes with the condition of the values that would not survive it.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

import attrs

from mm_engine.dialects.sql import ExpressionSQL, Identifier
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
    """How values of a type lie in SQLite."""

    TEXT = "text"
    WHOLE = "whole numbers"
    REAL = "binary fractions"
    DECIMAL = "decimals as numbers"
    DIGITS = "decimals as text"
    TRUTH = "0 and 1"
    DATE = "days"
    TIME = "times of day"
    MOMENT = "moments"
    UUID = "uuids"
    JSON = "documents"
    ARRAY = "documents that are lists"
    ENUM = "words of an enum"
    BYTES = "bytes"
    OWN = "what only SQLite knows"


@attrs.frozen
class Kept:
    """A type as SQLite keeps it: its kind, its digits, its only values."""

    kind: Kind
    precision: int = 0
    scale: int = 0
    allowed: tuple[str, ...] = ()


@attrs.frozen
class Conversion:
    """The SQL of the new value, and the condition of old values that do not survive."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


_TEXTUAL = (Kind.TEXT, Kind.UUID, Kind.JSON, Kind.ARRAY, Kind.ENUM)
_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL)
_TRUE = "('1', 't', 'true', 'y', 'yes', 'on')"
_FALSE = "('0', 'f', 'false', 'n', 'no', 'off')"
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def kept(type_: FieldType, *, as_text: bool, allowed: tuple[str, ...] = ()) -> Kept:
    """How SQLite keeps a type; ``as_text`` says so of a decimal."""
    match type_:
        case Varchar() | Char() | Text() | Interval():
            return Kept(Kind.TEXT)
        case SmallInt() | Integer() | BigInt() | Serial() | BigSerial():
            return Kept(Kind.WHOLE)
        case Float() | Double():
            return Kept(Kind.REAL)
        case Decimal():
            kind = Kind.DIGITS if as_text else Kind.DECIMAL
            return Kept(kind, type_.precision, type_.scale)
        case Boolean():
            return Kept(Kind.TRUTH)
        case Date():
            return Kept(Kind.DATE)
        case Time():
            return Kept(Kind.TIME)
        case Timestamp() | TimestampTZ():
            return Kept(Kind.MOMENT)
        case Uuid():
            return Kept(Kind.UUID)
        case Json() | Jsonb():
            return Kept(Kind.JSON)
        case Array():
            return Kept(Kind.ARRAY)
        case EnumOf():
            return Kept(Kind.ENUM, allowed=allowed)
        case Bytes():
            return Kept(Kind.BYTES)
        case Native():
            return Kept(Kind.OWN)
        case _:
            assert_never(type_)


def conversion(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    """How a value is turned; None where nobody could say without being told.

    >>> conversion(Identifier('"a"'), Kept(Kind.TEXT), Kept(Kind.WHOLE)).misfit
    '"a" <> CAST("a" AS INTEGER)'
    """
    if old.kind is Kind.OWN:
        return _as_it_is(x)
    match new.kind:
        case Kind.OWN:
            return _as_it_is(x)
        case Kind.TEXT:
            return _to_text(x, old)
        case Kind.WHOLE:
            return _to_whole(x, old)
        case Kind.REAL:
            return _to_real(x, old)
        case Kind.DECIMAL:
            return _to_decimal(x, old, new)
        case Kind.DIGITS:
            return _to_digits(x, old, new)
        case Kind.TRUTH:
            return _to_truth(x, old)
        case Kind.DATE | Kind.TIME | Kind.MOMENT:
            return _to_timed(x, old, new)
        case Kind.UUID | Kind.JSON | Kind.ARRAY | Kind.ENUM:
            return _to_word(x, old, new)
        case Kind.BYTES:
            return _as_it_is(x) if old.kind is Kind.BYTES else None
        case _:
            assert_never(new.kind)


def _as_it_is(x: Identifier) -> Conversion:
    return Conversion(ExpressionSQL(x))


def _made(value: str, misfit: str | None = None) -> Conversion:
    return Conversion(ExpressionSQL(value), ExpressionSQL(misfit) if misfit else None)


def _to_text(x: Identifier, old: Kept) -> Conversion | None:
    match old.kind:
        case Kind.WHOLE | Kind.REAL:
            return _made(f"CAST({x} AS TEXT)")
        case Kind.DECIMAL:
            return _made(_in_digits(x, old.scale), _no_number(x))
        case Kind.TRUTH:
            return _made(
                f"CASE {x} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {x} END"
            )
        case Kind.BYTES:
            return None
        case _:
            return _as_it_is(x)


def _to_whole(x: Identifier, old: Kept) -> Conversion | None:
    match old.kind:
        case Kind.WHOLE | Kind.TRUTH:
            return _as_it_is(x)
        case Kind.TEXT | Kind.REAL | Kind.DECIMAL | Kind.DIGITS:
            cast = f"CAST({x} AS INTEGER)"
            return _made(cast, f"{x} <> {cast}")
        case _:
            return None


def _to_real(x: Identifier, old: Kept) -> Conversion | None:
    cast = f"CAST({x} AS REAL)"
    match old.kind:
        case Kind.REAL:
            return _as_it_is(x)
        case Kind.WHOLE | Kind.TEXT:
            return _made(cast, f"{x} <> {cast}")
        case Kind.DECIMAL | Kind.TRUTH:
            return _made(cast)
        case Kind.DIGITS:
            return _made(cast, f"{x} <> {_in_digits(cast, old.scale)}")
        case _:
            return None


def _to_decimal(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    if old.kind is Kind.DECIMAL and _fits(old, new):
        return _as_it_is(x)
    if old.kind is Kind.TRUTH:
        return _as_it_is(x)
    if old.kind in _NUMBERS:
        return _made(x, _too_many_digits(x, new))
    if old.kind in (Kind.TEXT, Kind.DIGITS):
        cast = f"CAST({x} AS NUMERIC)"
        return _made(cast, f"{x} <> {cast} OR {_too_many_digits(cast, new)}")
    return None


def _to_digits(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    if old.kind in _NUMBERS:
        misfit = f"{_no_number(x)} OR {_too_many_digits(x, new)}"
        return _made(_in_digits(x, new.scale), misfit)
    if old.kind is Kind.TEXT:
        return _made(x, f"{_no_digits(x, new)} OR {_too_long(x, new)}")
    if old.kind is not Kind.DIGITS:
        return None
    missing = new.scale - old.scale
    if missing > 0:
        point = "" if old.scale else "."
        value = f"{x} || '{point}{'0' * missing}'"
    elif missing < 0:
        length = -missing if new.scale else -missing + 1
        value = f"substr({x}, 1, length({x}) - {length})"
    else:
        value = str(x)
    if _fits(old, new):
        return _made(value)
    zeros = "0" * -missing
    cut = f"substr({x}, {missing}) <> '{zeros}' OR " if missing < 0 else ""
    return _made(value, f"{cut}{_too_long(x, new)}")


def _to_truth(x: Identifier, old: Kept) -> Conversion | None:
    if old.kind is Kind.TRUTH:
        return _as_it_is(x)
    if old.kind in _NUMBERS:
        return _made(f"CAST({x} AS INTEGER)", f"{x} NOT IN (0, 1)")
    if old.kind is Kind.TEXT:
        word = f"lower({x})"
        return _made(
            f"CASE WHEN {word} IN {_TRUE} THEN 1 WHEN {word} IN {_FALSE} THEN 0 END",
            f"{word} NOT IN {_TRUE} AND {word} NOT IN {_FALSE}",
        )
    return None


def _to_timed(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    match old.kind, new.kind:
        case a, b if a is b:
            return _as_it_is(x)
        case Kind.DATE, Kind.MOMENT:
            return _made(f"{x} || ' 00:00:00'")
        case Kind.MOMENT, Kind.DATE:
            return _made(f"date({x})", f"substr({x}, 12) GLOB '*[1-9]*'")
        case Kind.TEXT, Kind.DATE:
            return _made(x, f"{x} NOT GLOB '{_DAY}' OR date({x}) IS NULL")
        case Kind.TEXT, Kind.TIME:
            return _made(x, f"{x} NOT GLOB '[0-2][0-9]:*' OR time({x}) IS NULL")
        case Kind.TEXT, Kind.MOMENT:
            glob = f"{_DAY}[ T][0-2][0-9]:*"
            return _made(x, f"{x} NOT GLOB '{glob}' OR datetime({x}) IS NULL")
        case _:
            return None


def _to_word(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    if old.kind not in _TEXTUAL:
        return None
    if new.kind is Kind.ENUM:
        words = ", ".join("'{}'".format(w.replace("'", "''")) for w in new.allowed)
        return _made(x, f"{x} NOT IN ({words})")
    if new.kind is old.kind:
        return _as_it_is(x)
    return _made(x, _no_uuid(x) if new.kind is Kind.UUID else _no_document(x, new))


def _no_uuid(x: Identifier) -> str:
    digits = f"replace({x}, '-', '')"
    return f"length({digits}) <> 32 OR {digits} GLOB '*[^0-9a-fA-F]*'"


def _no_document(x: Identifier, new: Kept) -> str:
    if new.kind is Kind.JSON:
        return f"NOT json_valid({x})"
    return f"CASE WHEN json_valid({x}) THEN json_type({x}) <> 'array' ELSE 1 END"


def _fits(old: Kept, new: Kept) -> bool:
    whole = new.precision - new.scale
    return new.scale >= old.scale and whole >= old.precision - old.scale


def _too_many_digits(x: str, new: Kept) -> str:
    limit = 10 ** (new.precision - new.scale)
    return f"round({x}, {new.scale}) <> {x} OR abs({x}) >= {limit}"


def _too_long(x: str, new: Kept) -> str:
    """Digits as text have more of them before the point than the type keeps."""
    whole = f"CASE instr({x}, '.') WHEN 0 THEN {x}"
    whole += f" ELSE substr({x}, 1, instr({x}, '.') - 1) END"
    return f"length(ltrim({whole}, '-0')) > {new.precision - new.scale}"


def _no_digits(x: str, new: Kept) -> str:
    """A text is not written as we write decimals."""
    ending = "." + "[0-9]" * new.scale if new.scale else ""
    odd = "[^0-9.-]" if new.scale else "[^0-9-]"
    return (
        f"{x} GLOB '*{odd}*' OR {x} GLOB '?*-*' OR {x} GLOB '*.*.*'"
        f" OR {x} NOT GLOB '*[0-9]{ending}'"
    )


def _no_number(x: str) -> str:
    return f"typeof({x}) NOT IN ('integer', 'real', 'null')"


def _in_digits(x: str, scale: int) -> str:
    return f"CASE WHEN {x} IS NOT NULL THEN printf('%.{scale}f', {x}) END"
