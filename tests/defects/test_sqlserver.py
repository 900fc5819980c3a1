"""Defects that SQL Server showed, in what it is told: it runs nowhere near here."""

from __future__ import annotations

import re

import pytest

import mm_engine as mm
from live_sqlite import moves, reversed_moves, step_text
from mm_engine.dialects.sqlserver import SQLServer
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.operations.data import Value
from mm_engine.runner.sqlserver import SQLServer as Backend

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Serial(), nullable=False),
        mm.Field("is_on", mm.Boolean(), nullable=False, default=mm.Literal("true")),
        mm.Field("email", mm.Varchar(80), default=mm.Literal("it's")),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)


def told(*operations: Operation) -> str:
    """What SQL Server is told, after its table is made."""
    return step_text(moves(operations, USERS.apply(Schema())), "sqlserver")


def posts(action: str = "RESTRICT") -> mm.CreateTable:
    return mm.CreateTable(
        "posts",
        fields=[
            mm.Field("id", mm.Serial(), nullable=False),
            mm.Field("user_id", mm.Integer()),
        ],
        primary_key=mm.PrimaryKey(["id"], name="posts_pkey"),
        foreign_keys=[
            mm.ForeignKey(
                ["user_id"],
                "users",
                references=["id"],
                name="fk_posts_user_id",
                on_delete=action,  # type: ignore[arg-type]  # one of them
            )
        ],
    )


def test_a_field_that_refers_has_the_type_it_refers_to_and_restrict_is_unsaid() -> None:
    sql = told(posts())
    assert "[user_id] INT NULL" in sql
    assert "REFERENCES [users] ([id])\n" in sql
    assert "RESTRICT" not in sql
    assert "ON DELETE CASCADE" in told(posts("CASCADE"))


def test_a_primary_key_of_two_fields_is_one_clause() -> None:
    key = mm.PrimaryKey(["id", "is_on"], name="users_pkey")
    table = mm.CreateTable("users", fields=USERS.table.fields, primary_key=key)
    sql = step_text(moves([table], Schema()), "sqlserver")
    assert sql.count("PRIMARY KEY") == 1
    assert "PRIMARY KEY ([id], [is_on])" in sql


def test_every_default_has_a_name_and_is_dropped_by_it() -> None:
    made = step_text(moves([USERS], Schema()), "sqlserver")
    assert made.count("DEFAULT") == made.count("CONSTRAINT [DF_users_") == 2
    changed = told(mm.AlterField("users", mm.Field("email", mm.Varchar(90))))
    assert changed == (
        "ALTER TABLE [users] DROP CONSTRAINT [DF_users_email];\n"
        "ALTER TABLE [users] ALTER COLUMN [email] NVARCHAR(90) NULL;\n"
    )
    dropped = told(mm.DropField("users", "email"))
    assert dropped == (
        "ALTER TABLE [users] DROP CONSTRAINT [DF_users_email];\n"
        "ALTER TABLE [users] DROP COLUMN [email];\n"
    )


def test_a_default_keeps_its_name_in_step_with_its_table_and_field() -> None:
    renames: list[Operation] = [
        mm.RenameField("users", "email", new="mail"),
        mm.RenameTable("users", "people"),
        mm.DropField("people", "mail"),
    ]
    assert "DROP CONSTRAINT [DF_people_mail]" in told(*renames)
    undone = step_text(reversed_moves(renames, USERS.apply(Schema())), "sqlserver")
    assert "N'DF_users_email'" in undone.splitlines()[-1]


def test_true_and_false_are_one_and_nought() -> None:
    made = step_text(moves([USERS], Schema()), "sqlserver")
    upserted = told(mm.UpsertData("users", keys=["id"], rows=[_row()]))
    assert "[is_on] BIT NOT NULL CONSTRAINT [DF_users_is_on] DEFAULT 1" in made
    assert "(1, 0, N'x')" in upserted
    assert not re.search(r"\b(TRUE|FALSE)\b", made + upserted)
    check = mm.Check("is_on = true", name="ck_on")
    with pytest.raises(UnsupportedError, match="TRUE, which SQL Server would take"):
        told(mm.AddCheck("users", check))


def test_rows_are_merged_safely_and_with_their_numbers() -> None:
    sql = told(mm.UpsertData("users", keys=["id"], rows=[_row()]))
    on, merge, off = (
        sql.index(said)
        for said in (
            "SET IDENTITY_INSERT [users] ON;",
            "MERGE [users] WITH (HOLDLOCK) AS t",
            "SET IDENTITY_INSERT [users] OFF;",
        )
    )
    assert on < merge < off
    many = [{**_row(), "id": number} for number in range(1001)]
    split = told(mm.UpsertData("users", keys=["id"], rows=many))
    assert split.count("MERGE [users]") == 2


def test_a_part_of_a_transaction_is_made_and_undone_in_its_own_words() -> None:
    make, end, undo = Backend.savepoints
    assert (make, end, undo) == ("SAVE TRANSACTION {}", None, "ROLLBACK TRANSACTION {}")


def test_names_stand_in_brackets_and_texts_in_quotes_wherever_they_stand() -> None:
    odd = mm.CreateTable("a]b'c", fields=[mm.Field("x", mm.Integer())])
    renamed: list[Operation] = [odd, mm.RenameTable("a]b'c", "d]e'f")]
    sql = step_text(moves(renamed, Schema()), "sqlserver")
    assert "EXEC sp_rename N'[a]]b''c]', N'd]e''f', N'OBJECT';" in sql


def test_a_field_is_added_without_the_word_column() -> None:
    added = told(mm.AddField("users", mm.Field("age", mm.Integer())))
    assert added == "ALTER TABLE [users] ADD [age] INT NULL;\n"


def test_a_backslash_at_the_end_of_a_line_stays_one() -> None:
    assert SQLServer().text("a\\\nb") == "N'a\\\\\n\nb'"


def _row() -> dict[str, Value]:
    return {"id": 1, "is_on": False, "email": "x"}
