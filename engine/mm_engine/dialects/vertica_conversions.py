"""How Vertica turns values of one type into another, and which it would bend unsaid.

A new column takes the values, each through CAST, which stops at what it cannot read.
It rounds without a word, and cuts a text that it is told a length of.
"""

from __future__ import annotations

import attrs

from mm_engine.dialects.conversions import Kind
from mm_engine.dialects.sql import ExpressionSQL, Identifier, TypeSQL
from mm_engine.dialects.vertica_types import is_text

_LONGEST = "VARCHAR(65000)"
_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL)
_ZONED = "TIMESTAMPTZ"


@attrs.frozen
class Turned:
    """The SQL of the new value, and the condition of old values that would be bent."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


@attrs.frozen
class Side:
    """A type, what its values mean, and its words."""

    kind: Kind
    words: TypeSQL


def turned(x: Identifier, old: Side, new: Side) -> Turned | None:
    """How a value is turned; None where nobody could say without being told.

    >>> sides = Side(Kind.REAL, TypeSQL("FLOAT")), Side(Kind.WHOLE, TypeSQL("INTEGER"))
    >>> turned(Identifier('"a"'), *sides).misfit
    '"a" <> CAST("a" AS INTEGER)'
    """
    if Kind.BYTES in (old.kind, new.kind):
        return _made(str(x)) if old.kind is new.kind else None
    if is_text(new.words):
        return _to_text(x, old)
    if is_text(old.words):
        return _from_text(x, old, new)
    cast = f"CAST({x} AS {new.words})"
    match old.kind, new.kind:
        case a, b if Kind.OWN in (a, b):
            return _made(cast)
        case a, b if a in _NUMBERS and b in _NUMBERS:
            exact = old.kind is Kind.WHOLE and new.kind is Kind.DECIMAL
            return _made(cast, None if exact else f"{x} <> {cast}")
        case a, Kind.TRUTH if a in _NUMBERS:
            return _made(f"{x} <> 0", f"{x} NOT IN (0, 1)")
        case Kind.TRUTH, b if b in _NUMBERS:
            return _made(f"CASE WHEN {x} THEN 1 WHEN NOT {x} THEN 0 END")
        case _:
            return _timed(x, old, new)


def _to_text(x: Identifier, old: Side) -> Turned:
    """A text is put into the column as it is: one that is too long stops the step."""
    if is_text(old.words):
        return _made(str(x))
    if old.words == _ZONED:
        # Otherwise the text would depend on the zone of the session.
        return _made(f"CAST({_in_utc(x)} AS {_LONGEST}) || '+00'")
    return _made(f"CAST({x} AS {_LONGEST})")


def _from_text(x: Identifier, old: Side, new: Side) -> Turned | None:
    """A text is read; of a long one only the beginning is, which is then no value.

    LONG VARCHAR itself becomes nothing but VARCHAR (docs.vertica.com, Data type
    coercion chart).
    """
    if old.kind is not Kind.TEXT and Kind.OWN not in (old.kind, new.kind):
        return None
    text = f"CAST({x} AS {_LONGEST})"
    cast = f"CAST({text} AS {new.words})"
    if new.kind is Kind.DECIMAL:
        return _made(cast, f"CAST({text} AS NUMERIC(1024, 512)) <> {cast}")
    return _made(cast)


def _timed(x: Identifier, old: Side, new: Side) -> Turned | None:
    """Days and times; a moment is read in UTC, whatever the zone of the session."""
    here = _in_utc(x) if old.words == _ZONED else str(x)
    cast = f"CAST({here} AS {new.words})"
    match old.kind, new.kind:
        case ((Kind.DATE | Kind.MOMENT), Kind.MOMENT) if old.words == new.words:
            return _made(str(x))
        case ((Kind.DATE | Kind.MOMENT), Kind.MOMENT) if new.words == _ZONED:
            return _made(f"CAST({x} AS TIMESTAMP) AT TIME ZONE 'UTC'")
        case ((Kind.DATE | Kind.MOMENT), Kind.MOMENT):
            return _made(cast)
        case Kind.MOMENT, Kind.DATE:
            return _made(cast, f"{here} <> {cast}")
        case _:
            return None


def _in_utc(x: Identifier) -> str:
    return f"({x} AT TIME ZONE 'UTC')"


def _made(value: str, misfit: str | None = None) -> Turned:
    return Turned(ExpressionSQL(value), ExpressionSQL(misfit) if misfit else None)
