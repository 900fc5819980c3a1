"""Defects that Aurora DSQL showed, in what it is told: it runs only at AWS.

What is told of every operation is read by AWS's own linter (tests/provers), and run by
PostgreSQL in its stead (tests/cases).
"""

from __future__ import annotations

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.dialects import dialect
from mm_engine.dialects.features import Transactions
from mm_engine.dialects.statements import Statement, flat
from mm_engine.model.schema import Schema

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Serial(), nullable=False),
        mm.Field("name", mm.Varchar(80)),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    indexes=[mm.Index(["name"], name="idx_users_name")],
)
DSQL = dialect("auroradsql")


def test_an_index_is_made_by_a_job_and_a_number_is_no_serial() -> None:
    sql = step_text(moves([USERS], Schema()), "auroradsql")
    assert 'CREATE INDEX ASYNC "idx_users_name"' in sql
    assert "SERIAL" not in sql
    assert "SAVEPOINT" not in sql


def test_one_change_of_the_schema_is_in_a_transaction_and_no_rows_beside_it() -> None:
    assert DSQL.features.transactional_ddl is Transactions.SINGLE
    more = mm.AddField("users", mm.Field("age", mm.Integer()), one_off=mm.Literal("1"))
    steps = moves([USERS, more], Schema())
    for item in flat(DSQL.items(steps)):
        assert not isinstance(item, Statement) or len(DSQL.split(item.sql)) == 1
