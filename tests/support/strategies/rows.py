"""Rows for tables: values that fit the types of their fields."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from mm_engine.model import types as t
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Symbol
from mm_engine.operations.data import Row, Value
from strategies.choice import Choice
from strategies.values import SAID

_VALUES: dict[type[t.BaseType], tuple[Value, ...]] = {
    **dict.fromkeys((t.SmallInt, t.Integer, t.BigInt), (0, 7, -3, 32767)),
    **dict.fromkeys((t.Float, t.Double), (0.5, 0.0, -2.25)),
    **dict.fromkeys((t.Json, t.Jsonb), ('{"a": "it\'s"}', "[]")),
    t.Text: SAID,
    t.Decimal: (decimal.Decimal("1.50"), decimal.Decimal(0), decimal.Decimal(-2)),
    t.Boolean: (False, True),
    t.Date: (dt.date(2024, 2, 29),),
    t.Time: (dt.time(12, 30), dt.time(1, 2, 3, 456789)),
    t.Timestamp: (
        dt.datetime(2024, 2, 29, 12, 30),  # noqa: DTZ001 - a type without a zone
        dt.datetime(1999, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001
    ),
    t.TimestampTZ: (dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC),),
    t.Uuid: (uuid.UUID(int=0), uuid.UUID("3b241101-e2bb-4255-8caf-4136c566a962")),
    t.Bytes: (b"", b"\x00'\xff"),
}


def some_rows(choice: Choice, schema: Schema, table: Table) -> list[Row]:
    """One to three rows that differ in the primary key and name the same fields."""
    keys = table.primary_key.fields if table.primary_key else ()
    rest = [
        f
        for f in table.fields
        if f.name not in keys and (not f.nullable or choice.chance(60))
    ]
    return [
        {
            **{name: _key_value(table.field(name).type, number) for name in keys},
            **{field.name: _value(choice, schema, field) for field in rest},
        }
        for number in range(choice.number(1, 3))
    ]


def _key_value(type_: t.FieldType, number: int) -> Value:
    match type_:
        case t.Uuid():
            return uuid.UUID(int=number + 1)
        case t.Varchar() | t.Char() | t.Text():
            return ("it's", "b", "日本")[number]
        case t.Date():
            return dt.date(2024, 1, number + 1)
        case _:
            return number + 1


def _value(choice: Choice, schema: Schema, field: Field) -> Value:
    if field.nullable and choice.chance(20):
        return None
    if isinstance(field.default, Symbol) and choice.chance(50):
        return field.default
    match field.type:
        case t.Varchar(length=length) | t.Char(length=length):
            return choice.of(SAID)[:length]
        case t.EnumOf(name=name):
            return choice.of(schema.enum(name).values)
        case _:
            return choice.of(_VALUES.get(type(field.type), (None,)))
