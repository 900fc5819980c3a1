"""Defects that ClickHouse showed, each tried on its engine."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_clickhouse import LiveClickHouse
from live_sqlite import UnexpectedRowsError

pytestmark = pytest.mark.database("clickhouse")

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("name", mm.Varchar(3)),
        mm.Field("size", mm.Double()),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)


def test_a_text_is_neither_filled_up_nor_refused_for_its_length(
    live_clickhouse: LiveClickHouse,
) -> None:
    live_clickhouse.up([USERS])
    live_clickhouse.sql("INSERT INTO users (id, name) VALUES (1, 'a'), (2, 'abcdef')")
    found = live_clickhouse.sql("SELECT length(name) FROM users ORDER BY id")
    assert found == [(1,), (6,)]


def test_a_field_that_is_added_or_altered_may_still_be_null(
    live_clickhouse: LiveClickHouse,
) -> None:
    live_clickhouse.up([USERS])
    live_clickhouse.sql("INSERT INTO users (id) VALUES (1)")
    live_clickhouse.up([mm.AddField("users", mm.Field("age", mm.SmallInt()))])
    for type_ in (mm.Integer(), mm.Text()):
        live_clickhouse.up([mm.AlterField("users", mm.Field("age", type_))])
    assert live_clickhouse.sql("SELECT age, name FROM users") == [(None, None)]


def test_rows_keep_the_default_they_had_when_it_changes(
    live_clickhouse: LiveClickHouse,
) -> None:
    live_clickhouse.up([USERS])
    live_clickhouse.sql("INSERT INTO users (id) VALUES (1)")
    age = mm.Field("age", mm.Integer(), default=mm.Literal("1"))
    live_clickhouse.up([mm.AddField("users", age)])
    later = mm.Field("age", mm.Integer(), default=mm.Literal("2"))
    live_clickhouse.up([mm.AlterField("users", later)])
    live_clickhouse.sql("INSERT INTO users (id) VALUES (2)")
    found = live_clickhouse.sql("SELECT age FROM users ORDER BY id")
    assert found == [(1,), (2,)]


def test_what_another_type_would_round_or_wrap_around_stops_it(
    live_clickhouse: LiveClickHouse,
) -> None:
    live_clickhouse.up([USERS])
    whole = mm.AlterField("users", mm.Field("size", mm.SmallInt()))
    for size in ("1.5", "70000"):
        live_clickhouse.sql(f"INSERT INTO users (id, size) VALUES (1, {size})")
        with pytest.raises(UnexpectedRowsError, match="are no smallint"):
            live_clickhouse.up([whole])
        live_clickhouse.sql("TRUNCATE TABLE users")
    live_clickhouse.up([whole])
