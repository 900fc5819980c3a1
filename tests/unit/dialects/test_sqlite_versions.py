from __future__ import annotations

import sqlite3

import pytest

from live_sqlite import Live, moves, text
from mm_engine import operations as ops
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Literal

FIELDS = (
    Field("id", t.Integer(), nullable=False),
    Field("name", t.Varchar(20)),
    Field("note", t.Text()),
)
SCHEMA = Schema.of(Table("users", FIELDS, primary_key=PrimaryKey(["id"], name="pk")))
LATER = Field("city", t.Text(), default=Literal("p" * 30))


@pytest.mark.database("sqlite")
def test_a_dropped_field_leaves_the_others_alone_in_a_table_of_many_pages() -> None:
    live = Live.of(SCHEMA)
    live.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        " INSERT INTO users SELECT i, 'u' || i, 'z' FROM n"
    )
    live.up([ops.AddField("users", LATER)])
    query = "SELECT id, note, city FROM users"
    rows = live.sql(query)
    live.up([ops.DropField("users", "name")])
    assert live.sql(query) == rows


@pytest.mark.parametrize("version", [(3, 35), (3, 35, 4), (3, 35, 5), (3, 54, 1)])
def test_a_field_is_dropped_in_place_where_that_is_safe(
    version: tuple[int, ...],
) -> None:
    steps = moves([ops.DropField("users", "name")], SCHEMA)
    said = text(SQLite().at(version).items(steps))
    is_safe = version >= (3, 35, 5)
    assert ('ALTER TABLE "users" DROP COLUMN "name"' in said) is is_safe
    assert ('INSERT INTO "makemigrations_new_users"' in said) is not is_safe


@pytest.mark.database("sqlite")
def test_a_trigger_on_a_field_goes_with_it_in_a_rebuild_too() -> None:
    live = Live(dialect=SQLite().at((3, 35, 2)))
    field = Field("changed_at", t.Timestamp(), auto_update=True)
    live.up([ops.CreateTable("users", fields=[*FIELDS, field])])
    assert live.sql("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'") == [
        (1,)
    ]
    live.up([ops.DropField("users", "changed_at")])
    assert live.shape() == Live.of(live.schema).shape()


def test_a_strict_table_is_refused_by_a_version_that_has_none() -> None:
    options = {"sqlite": {"strict": "true"}}
    steps = moves([ops.SetTableOptions("users", options)], SCHEMA)
    wanted = r"SQLite 3\.36\.0 has no STRICT tables, and \"users\" is to be one"
    with pytest.raises(UnsupportedError, match=wanted):
        SQLite().at((3, 36, 0)).items(steps)
    assert "STRICT" in text(SQLite().at((3, 37, 0)).items(steps))


@pytest.mark.database("sqlite")
def test_what_is_said_of_this_version_is_so() -> None:
    """The facts of the library that is loaded, found out by trying."""
    facts = SQLite().at(sqlite3.sqlite_version_info).features
    live = Live()
    try:
        live.sql("CREATE TABLE t (a INTEGER) STRICT")
    except sqlite3.OperationalError:
        assert not facts.strict_tables
    else:
        assert facts.strict_tables
