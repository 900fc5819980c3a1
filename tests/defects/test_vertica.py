"""Defects that Vertica showed, in what it is told: it runs nowhere near here."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, reversed_moves, step_text
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("a", mm.Integer(), nullable=False),
        mm.Field("b", mm.Integer(), nullable=False),
        mm.Field("email", mm.Varchar(80)),
    ],
    primary_key=mm.PrimaryKey(["a", "b"], name="users_pkey"),
)
EMAIL = mm.Index(["email"], name="idx_users_email")


def told(*operations: Operation) -> str:
    """What Vertica is told, after its table is made."""
    return step_text(moves(operations, USERS.apply(Schema())), "vertica")


def test_a_primary_key_may_have_two_fields() -> None:
    sql = step_text(moves([USERS], Schema()), "vertica")
    assert sql.count("PRIMARY KEY") == 1
    assert 'PRIMARY KEY ("a", "b") ENABLED' in sql


def test_there_are_no_indexes_and_a_unique_one_still_holds() -> None:
    assert told(mm.AddIndex("users", EMAIL)) == ""
    unique = mm.Index(["email"], name="idx_users_email", unique=True)
    added = mm.AddIndex("users", unique)
    assert told(added) == (
        'ALTER TABLE "users" ADD CONSTRAINT "idx_users_email"'
        ' UNIQUE ("email") ENABLED;\n'
    )
    undone = step_text(reversed_moves([added], USERS.apply(Schema())), "vertica")
    assert undone == 'ALTER TABLE "users" DROP CONSTRAINT "idx_users_email";\n'


def test_the_condition_of_a_unique_index_is_not_left_out() -> None:
    partial = mm.Index(["email"], name="x", unique=True, where="email <> ''")
    with pytest.raises(UnsupportedError, match="no partial"):
        told(mm.AddIndex("users", partial))


def test_a_column_is_renamed_and_given_another_type_in_words_that_it_takes() -> None:
    assert told(mm.RenameField("users", "email", new="mail")) == (
        'ALTER TABLE "users" RENAME COLUMN "email" TO "mail";\n'
    )
    assert told(mm.AlterField("users", mm.Field("email", mm.Varchar(100)))) == (
        'ALTER TABLE "users" ALTER COLUMN "email" SET DATA TYPE VARCHAR(400);\n'
    )


def test_auto_update_is_refused_and_never_left_out() -> None:
    seen = mm.Field("seen", mm.Timestamp(), auto_update=True)
    with pytest.raises(UnsupportedError, match="no triggers"):
        told(mm.AddField("users", seen))
