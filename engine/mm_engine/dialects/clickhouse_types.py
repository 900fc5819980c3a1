"""Types and constants of ClickHouse where words of one table for each do not do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.literals import NULL, decimal_text
from mm_engine.dialects.sql import LiteralSQL, TypeSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import Array, Decimal, EnumOf, FieldType, Serial

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse_words import ClickHouseWords

_WITHOUT_NULL = (
    *("Array(", "Map(", "Tuple(", "Nested(", "Nullable(", "Variant(", "Dynamic"),
    *("AggregateFunction(", "SimpleAggregateFunction(", "QBit("),
    *("Point", "Ring", "Polygon", "LineString", "MultiPolygon", "MultiLineString"),
)
"""https://clickhouse.com/docs/sql-reference/data-types/nullable"""

_LOW = "LowCardinality("
_ENUM8 = 127
"""The greatest number that an Enum8 gives a value."""

_DIGITS = 76
"""https://clickhouse.com/docs/sql-reference/data-types/decimal"""


def nullable(words: TypeSQL) -> TypeSQL:
    """The type whose values may be null; arrays and their like never are.

    >>> nullable(TypeSQL("Int32")), nullable(TypeSQL("LowCardinality(String)"))
    ('Nullable(Int32)', 'LowCardinality(Nullable(String))')
    >>> nullable(TypeSQL("Array(Int32)"))
    'Array(Int32)'
    """
    if words.startswith(_WITHOUT_NULL):
        return words
    if words.startswith(_LOW):
        inside = nullable(TypeSQL(words[len(_LOW) : -1]))
        return TypeSQL(f"{_LOW}{inside})")
    return TypeSQL(f"Nullable({words})")


def words(dialect: ClickHouseWords, field: Field, schema: Schema) -> TypeSQL:
    """The type of a field that is not null."""
    type_ = dialect.spoken(field.type)
    if dialect.is_mapped(field, schema):
        return dialect.own_type_sql(field, schema)
    _check(dialect, type_, field)
    match type_:
        case EnumOf(name=name):
            return _enum_words(dialect, schema.enum(name))
        case Array(of=of):
            inner = words(dialect, attrs.evolve(field, type=of), schema)
            return TypeSQL(f"Array({inner})")
        case _:
            return dialect.own_type_sql(field, schema)


def literal(
    dialect: ClickHouseWords, text: str, type_: FieldType, schema: Schema
) -> LiteralSQL | None:
    """A constant that has to say its type; None for all that need not.

    A number with a point is a binary fraction, whatever becomes of it afterwards.
    """
    match type_:
        case Decimal():
            digits = dialect.text(decimal_text(text, type_))
            type_words = f"Decimal({type_.precision}, {type_.scale})"
            return LiteralSQL(f"CAST({digits} AS {type_words})")
        case Array(of=of):
            values = [_element(dialect, v, of, schema) for v in _list(text)]
            return LiteralSQL(f"[{', '.join(values)}]")
        case _:
            return None


def _element(
    dialect: ClickHouseWords, value: object, of: FieldType, schema: Schema
) -> LiteralSQL:
    if value is None:
        return NULL
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = str(value)
    return dialect.literal(text, Field("element", of), schema)


def _list(text: str) -> list[object]:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise UnsupportedError(
            f'"{text}" is no list',
            hint='write it as JSON does: ["one", "two"]; an expression in SQL is'
            " written as !expression, or mm.Expression",
        )
    return found


def _enum_words(dialect: ClickHouseWords, enum: Enum) -> TypeSQL:
    """The numbers are those of the order, since rows are sorted by them."""
    kind = "Enum8" if len(enum.values) <= _ENUM8 else "Enum16"
    values = ", ".join(
        f"{dialect.text(value)} = {number}"
        for number, value in enumerate(enum.values, start=1)
    )
    return TypeSQL(f"{kind}({values})")


def _check(dialect: ClickHouseWords, type_: FieldType, field: Field) -> None:
    if isinstance(type_, Serial):
        raise UnsupportedError(
            f"{dialect.title} counts nothing up, and the numbers that it gives do not"
            f' fit "{field.name}", a serial',
            at=field.at,
            hint="make it a bigserial (Snowflake numbers), or a uuid with the default"
            " new_uuid; an integer is given its numbers by the application",
        )
    if isinstance(type_, Decimal) and type_.precision > _DIGITS:
        raise UnsupportedError(
            f'{dialect.title} takes at most {_DIGITS} digits, and "{field.name}" has'
            f" {type_.precision}",
            at=field.at,
            hint="make it a decimal of fewer digits, or text",
        )
