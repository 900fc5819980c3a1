"""How Redshift turns values of one type into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.postgresql_casts import Kind, side
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL
from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Field
from mm_engine.model.types import Array, Interval, Jsonb, Text, Uuid

if TYPE_CHECKING:
    from mm_engine.dialects.redshift import Redshift

_NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.REAL)
_DAYS = (Kind.DATE, Kind.TIMESTAMP, Kind.MOMENT)


@attrs.frozen
class Conversion:
    """The new value, and the condition of old values that do not survive."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


def conversion(
    dialect: Redshift, before: Field, after: Field, move: Move
) -> Conversion:
    """How a value is turned.

    Raises ``UnsupportedError`` where nobody could say it without being told.
    """
    name = dialect.quote(before.name)
    old = dialect.type_sql(before, move.before)
    new = dialect.type_sql(after, move.after)
    here, there = _kind(dialect, before), _kind(dialect, after)
    cast = f"CAST({name} AS {new})"
    if Kind.OWN in (here, there) or Kind.TEXT in (here, there):
        return _with_text(dialect, here, there, before, new)
    if here is there or {here, there} <= {*_NUMBERS} or {here, there} <= {*_DAYS}:
        again = f"CAST({cast} AS {old}) <> {name}"
        return Conversion(ExpressionSQL(cast), ExpressionSQL(again))
    if (here, there) == (Kind.WHOLE, Kind.TRUTH):
        misfit = ExpressionSQL(f"{name} NOT IN (0, 1)")
        return Conversion(ExpressionSQL(f"{name} <> 0"), misfit)
    if (here, there) == (Kind.TRUTH, Kind.WHOLE):
        return Conversion(ExpressionSQL(cast))
    raise _unsaid(dialect, old, new)


def _with_text(
    dialect: Redshift, here: Kind, there: Kind, field: Field, new: str
) -> Conversion:
    name = dialect.quote(field.name)
    cast = ExpressionSQL(f"CAST({name} AS {new})")
    if here is there is Kind.TEXT:
        # A cast would cut what is too long.
        longer = ExpressionSQL(f"LEN({cast}) < LEN({name})")
        return Conversion(ExpressionSQL(name), longer if field.type != Text() else None)
    if here is Kind.TRUTH:
        said = f"CASE {name} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END"
        return Conversion(ExpressionSQL(said))
    if here is Kind.JSON:
        return Conversion(ExpressionSQL(f"JSON_SERIALIZE({name})"))
    if there is Kind.JSON:
        return Conversion(ExpressionSQL(f"JSON_PARSE({name})"))
    if here is Kind.BYTES:
        return Conversion(ExpressionSQL(f"FROM_VARBYTE({name}, 'utf8')"))
    if there is Kind.BYTES:
        return Conversion(ExpressionSQL(f"TO_VARBYTE({name}, 'utf8')"))
    return Conversion(cast)


def _kind(dialect: Redshift, field: Field) -> Kind:
    type_ = dialect.spoken(field.type)
    if isinstance(type_, Uuid | Interval):
        type_ = Text()
    if isinstance(type_, Array):
        type_ = Jsonb()
    return side(type_, TypeSQL(""), is_mapped=False).kind


def _unsaid(dialect: Redshift, old: str, new: str) -> UnsupportedError:
    return UnsupportedError(
        f"nobody can say how {old} becomes {new}",
        hint="say it both ways:"
        f' convert={{"{dialect.name}": ("…", "…")}}, or drop and add the field',
    )
