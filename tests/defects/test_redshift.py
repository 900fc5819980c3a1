"""Defects that Redshift showed, in what it is told: it runs nowhere near here.

What is told of every operation is read by sqlfluff's grammar: tests/provers.
"""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("name", mm.Varchar(80)),
        mm.Field("boss", mm.Integer()),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)
BOSS = mm.ForeignKey(
    ["boss"], "users", references=["id"], name="fk_boss", on_delete="CASCADE"
)


def told(*operations: Operation) -> str:
    """What Redshift is told, after its table is made."""
    return step_text(moves(operations, USERS.apply(Schema())), "redshift")


def test_no_index_is_told_of() -> None:
    index = mm.Index(["name"], name="idx_users_name")
    assert told(mm.AddIndex("users", index)) == ""
    assert (
        told(mm.AddIndex("users", index), mm.DropIndex("users", "idx_users_name")) == ""
    )


def test_a_column_is_renamed_and_not_only_spoken_of() -> None:
    assert told(mm.RenameField("users", "name", new="nick")) == (
        'ALTER TABLE "users" RENAME COLUMN "name" TO "nick";\n'
    )


@pytest.mark.parametrize(
    "field", [mm.Field("name", mm.Text()), mm.Field("boss", mm.BigInt())]
)
def test_a_type_that_cannot_be_altered_in_place_takes_a_copy(field: mm.Field) -> None:
    sql = told(mm.AlterField("users", field))
    assert "ALTER COLUMN" not in sql
    assert "INSERT INTO" in sql


def test_a_reference_says_nothing_of_what_happens_to_rows() -> None:
    sql = told(mm.AddForeignKey("users", BOSS))
    assert 'REFERENCES "users" ("id")' in sql
    assert "ON DELETE" not in sql
