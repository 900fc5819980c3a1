"""What makes tables and indexes of YDB, as its own dialect of SQLAlchemy has it."""

from __future__ import annotations

import re
from importlib import import_module

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

TABLE = mm.CreateTable(
    "things",
    fields=[
        mm.Field("id", mm.BigInt(), nullable=False),
        mm.Field("name", mm.Varchar(30), nullable=False),
        mm.Field("price", mm.Decimal(10, 2)),
        mm.Field("is_there", mm.Boolean()),
    ],
    primary_key=mm.PrimaryKey(["id"], name="things_pkey"),
)
INDEX = mm.Index(["name"], name="ix_name")


def witness() -> sa.Table:
    """The same table in SQLAlchemy's words."""
    own = import_module("ydb_sqlalchemy.sqlalchemy.types")
    return sa.Table(
        "things",
        sa.MetaData(),
        sa.Column("id", own.Int64, primary_key=True),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("price", sa.Numeric(10, 2)),
        sa.Column("is_there", sa.Boolean),
        sa.Index("ix_name", "name"),
    )


def plain(sql: str) -> str:
    """The words of a statement, without quotes, blanks and capitals."""
    return (
        re.sub(r"[\s`;]+", " ", sql)
        .replace("( ", "(")
        .replace(" )", ")")
        .strip()
        .lower()
    )


def told(*operations: Operation, before: Schema) -> str:
    return plain(step_text(moves(operations, before), "ydb"))


def test_a_table_and_an_index_are_made_in_the_words_of_ydbs_own_dialect() -> None:
    dialect = sa.create_engine("yql+ydb://h:2136/local").dialect
    table = witness()
    (index,) = table.indexes
    made, added = (
        plain(str(element.compile(dialect=dialect)))
        for element in (CreateTable(table), CreateIndex(index))
    )
    assert told(TABLE, before=Schema()) == made.replace(" ,", ",")
    after = TABLE.apply(Schema())
    assert told(mm.AddIndex("things", INDEX), before=after) == added
