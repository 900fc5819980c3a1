"""How YDB turns values of one type into another: CAST gives NULL for what it cannot.

https://ydb.tech/docs/en/yql/reference/types/primitive, Simple data types casting
"""

from __future__ import annotations

import attrs

from mm_engine.dialects.sql import ExpressionSQL, Identifier, TypeSQL

_WHOLE = ("Int8", "Int16", "Int32", "Int64", "Uint8", "Uint16", "Uint32", "Uint64")
_REAL = ("Float", "Double")
_TIMES = ("Date", "Date32", "Datetime", "Datetime64", "Timestamp", "Timestamp64")
_TEXTS = ("Utf8", "String", "Json")
_FINEST = "Decimal(35, 17)"
_NEVER = ("JsonDocument", "Yson")


@attrs.frozen
class Turned:
    """The YQL of the new value, and the condition of old values that are lost."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


def turned(x: Identifier, old: TypeSQL, new: TypeSQL) -> Turned | None:
    """How a value is turned; None where no CAST does it.

    >>> turned(Identifier("`a`"), TypeSQL("Int64"), TypeSQL("Int32")).value
    'CAST(`a` AS Int32)'
    """
    was, now = (words.partition("(")[0] for words in (old, new))
    cast = f"CAST({x} AS {new})"
    lost = f"{x} IS NOT NULL AND {cast} IS NULL"
    if was == now and old == new:
        return Turned(ExpressionSQL(x))
    if not _is_known(was, now):
        return None
    if was in _TEXTS and now == "Decimal":
        # It would be rounded to the digits that the type has.
        finest = f"CAST({x} AS {_FINEST})"
        lost = f"{lost} OR CAST({cast} AS {_FINEST}) <> {finest}"
    if now in _TEXTS or was in _TEXTS:
        return Turned(ExpressionSQL(cast), ExpressionSQL(lost))
    bent = f"{lost} OR CAST({cast} AS {old}) <> {x}"
    return Turned(ExpressionSQL(cast), ExpressionSQL(bent))


def _is_known(was: str, now: str) -> bool:
    """Whether the table of casts has a way from one type to the other."""
    numbers = (*_WHOLE, *_REAL)
    if was in _NEVER or now in _NEVER:
        return False
    if was in ("Utf8", "String"):
        return True
    if now in ("Utf8", "String"):
        return True
    if was == "Decimal":
        return now in numbers or now == "Decimal"
    if now == "Decimal":
        return was in _WHOLE
    if was in _TIMES or now in _TIMES:
        return was in _TIMES and now in _TIMES
    return was in (*numbers, "Bool") and now in (*numbers, "Bool")
