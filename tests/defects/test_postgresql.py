"""Section 12.A, what only PostgreSQL was told wrongly."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_postgresql import LivePostgreSQL
from mm_engine.model.types import FieldType
from mm_engine.operations import Operation

pytestmark = pytest.mark.database("postgresql")

KEY = mm.Field("id", mm.Integer(), nullable=False)
THINGS_KEY = mm.PrimaryKey(["id"], name="things_pkey")


def things(field: mm.Field) -> Operation:
    return mm.CreateTable("things", fields=[KEY, field], primary_key=THINGS_KEY)


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (mm.Field("x", mm.Varchar(9)), mm.Field("x", mm.Integer()), "7"),
        (mm.Field("x", mm.Text()), mm.Field("x", mm.Jsonb()), '{"a": 1}'),
        (
            mm.Field("x", mm.Varchar(9), default=mm.Literal("none")),
            mm.Field("x", mm.Integer(), default=mm.Literal("0")),
            "7",
        ),
    ],
    ids=["a number", "a document", "a default that would not fit"],
)
def test_values_are_converted_to_another_type_and_back(
    live_postgresql: LivePostgreSQL, before: mm.Field, after: mm.Field, value: str
) -> None:
    live = live_postgresql
    live.up([things(before)])
    live.sql(f"INSERT INTO things VALUES (1, '{value}')")
    whole = live.schema
    altered = [mm.AlterField("things", after)]
    live.up(altered)
    assert live.sql("SELECT x::text FROM things") == [(value,)]
    live.down(altered, whole)
    assert live.sql("SELECT x FROM things") == [(value,)]


@pytest.mark.parametrize(
    ("type_", "column"),
    [
        (mm.Float(), "real"),
        (mm.Double(), "double precision"),
        (mm.Timestamp(), "timestamp without time zone"),
        (mm.TimestampTZ(), "timestamp with time zone"),
        (mm.Json(), "json"),
        (mm.Jsonb(), "jsonb"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_precision_zone_and_spelling_are_what_the_schema_says(
    live_postgresql: LivePostgreSQL, type_: FieldType, column: str
) -> None:
    live_postgresql.up([things(mm.Field("x", type_))])
    found = live_postgresql.sql(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = 'things'::regclass AND attname = 'x'"
    )
    assert found == [(column,)]
