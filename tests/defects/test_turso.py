"""Defects that Turso showed, on libSQL's server."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import Live

pytestmark = pytest.mark.database("turso")

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Serial(), nullable=False),
        mm.Field("email", mm.Varchar(20), nullable=False),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)
PAIRS = mm.CreateTable(
    "pairs",
    fields=[
        mm.Field("a", mm.Integer(), nullable=False),
        mm.Field("b", mm.Integer(), nullable=False),
        mm.Field("user_id", mm.Integer()),
    ],
    primary_key=mm.PrimaryKey(["a", "b"], name="pairs_pkey"),
    foreign_keys=[
        mm.ForeignKey(["user_id"], "users", references=["id"], name="fk_pairs_user")
    ],
)


def test_a_foreign_key_is_really_there(live_sqld: Live) -> None:
    live_sqld.up([USERS, PAIRS])
    live_sqld.sql("INSERT INTO users (email) VALUES ('ada')")
    live_sqld.sql("INSERT INTO pairs VALUES (1, 1, 1), (1, 2, NULL)")
    with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
        live_sqld.sql("INSERT INTO pairs VALUES (2, 1, 7)")


def test_a_key_of_two_fields_is_one_key(live_sqld: Live) -> None:
    live_sqld.up([USERS, PAIRS])
    live_sqld.sql("INSERT INTO pairs VALUES (1, 1, NULL), (1, 2, NULL)")
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        live_sqld.sql("INSERT INTO pairs VALUES (1, 1, NULL)")


def test_a_unique_index_leaves_out_what_its_where_leaves_out(live_sqld: Live) -> None:
    index = mm.Index(["email"], unique=True, where="id > 1", name="uq_email")
    live_sqld.up([USERS, mm.AddIndex("users", index)])
    live_sqld.sql("INSERT INTO users (email) VALUES ('ada'), ('ada')")
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        live_sqld.sql("INSERT INTO users (email) VALUES ('ada')")


def test_a_field_can_be_altered_and_rows_stay(live_sqld: Live) -> None:
    live_sqld.up([USERS])
    live_sqld.sql("INSERT INTO users (email) VALUES ('ada'), ('bob')")
    longer = mm.Field("email", mm.Text(), default=mm.Literal("none"))
    live_sqld.up([mm.AlterField("users", longer)])
    live_sqld.sql("INSERT INTO users DEFAULT VALUES")
    assert live_sqld.sql("SELECT email FROM users ORDER BY id") == [
        ("ada",),
        ("bob",),
        ("none",),
    ]


def test_a_required_field_that_is_added_is_required(live_sqld: Live) -> None:
    live_sqld.up([USERS])
    live_sqld.sql("INSERT INTO users (email) VALUES ('ada')")
    field = mm.Field("name", mm.Varchar(20), nullable=False)
    live_sqld.up([mm.AddField("users", field, one_off=mm.Literal("it's"))])
    assert live_sqld.sql("SELECT name FROM users") == [("it's",)]
    with pytest.raises(Exception, match="NOT NULL constraint failed"):
        live_sqld.sql("INSERT INTO users (email) VALUES ('bob')")
