"""Defects that YDB showed, in what it is told: it runs nowhere near here."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.runner import history, owned
from mm_engine.runner.ydb import YDB

PRICES = mm.CreateTable(
    "prices",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("name", mm.Varchar(30), nullable=False),
        mm.Field("amount", mm.Decimal(12, 4)),
        mm.Field("made", mm.Timestamp(), auto_create=True),
    ],
    primary_key=mm.PrimaryKey(["id"], name="prices_pkey"),
)


def test_what_is_required_is_said_so_and_digits_are_those_of_the_schema() -> None:
    left = {"ydb": {"set_by": "application"}}
    fields = [
        *PRICES.fields[:3],
        mm.Field("made", mm.Timestamp(), auto_create=True, options=left),
    ]
    table = mm.CreateTable("prices", fields=fields, primary_key=PRICES.primary_key)
    sql = step_text(moves([table], Schema()), "ydb")
    assert "`name` Utf8 NOT NULL" in sql
    assert "`amount` Decimal(12, 4)" in sql
    assert "PRIMARY KEY (`id`)" in sql


def test_a_table_without_a_key_is_refused() -> None:
    table = mm.CreateTable("prices", fields=PRICES.fields)
    with pytest.raises(UnsupportedError):
        step_text(moves([table], Schema()), "ydb")


def test_a_clock_that_no_default_can_be_is_not_left_out_in_silence() -> None:
    with pytest.raises(UnsupportedError, match="only constants"):
        step_text(moves([PRICES], Schema()), "ydb")


def test_the_history_has_a_key_and_what_is_required() -> None:
    sql = owned.table_sql(YDB(), history.TABLE, history.COLUMNS, quote=str)
    assert "id Int64 NOT NULL" in sql
    assert sql.endswith("PRIMARY KEY (id))")
