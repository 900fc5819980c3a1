"""Our own tables, and the lock, where no server runs: their SQL is taken too."""

from __future__ import annotations

import pytest

from mm_engine.dialects import dialect
from mm_engine.runner import (
    auroradsql,
    history,
    journal,
    lease,
    mysql,
    owned,
    redshift,
    sqlserver,
    starrocks,
    tidb,
    vertica,
)
from mm_engine.runner.backend import Backend
from provers import prover_of

BACKENDS: dict[str, Backend] = {
    "vertica": vertica.Vertica(),
    "sqlserver": sqlserver.SQLServer(),
    "tidb": tidb.TiDB(),
    "starrocks": starrocks.StarRocks(),
    "auroradsql": auroradsql.AuroraDSQL(),
    "redshift": redshift.Redshift(),
}


@pytest.mark.parametrize("database", BACKENDS)
def test_history_and_journal_can_be_made(database: str) -> None:
    quote = dialect(database).quote
    for table in (history, journal):
        sql = owned.table_sql(
            BACKENDS[database], table.TABLE, table.COLUMNS, quote=quote
        )
        assert prover_of(database).faults(sql) == ()


@pytest.mark.parametrize("database", BACKENDS)
def test_a_column_can_be_added_to_them(database: str) -> None:
    words = BACKENDS[database].words
    sql = f"ALTER TABLE {history.TABLE} {words.adds} name2 VARCHAR(20)"
    assert prover_of(database).faults(sql) == ()


def test_numbers_of_tidb_only_grow_on_several_servers() -> None:
    assert "AUTO_ID_CACHE=1" in tidb.TiDB.words.ending
    assert "AUTO_ID_CACHE" not in mysql.MySQL.words.ending


def test_the_lock_of_starrocks_is_a_table_that_can_be_made_once() -> None:
    sql = starrocks.lock_sql("connection 7 of process 8 on here")
    assert prover_of("starrocks").faults(sql) == ()
    assert "IF NOT EXISTS" not in sql


def test_the_lease_of_aurora_dsql_is_a_row_in_words_that_it_knows() -> None:
    held = lease.Lease("abc", "here", 1, lease.POSTGRESQL_CLOCK)
    for sql in (
        *(lease.MADE, lease.found_sql(held.clock), held.taking_sql("dead")),
        *(held.renewing_sql, held.asking_sql, held.freeing_sql),
    ):
        assert prover_of("auroradsql").faults(sql) == ()


@pytest.mark.parametrize("sql", [vertica.HAVE_LOCK, vertica.TAKE_LOCK, "BEGIN"])
def test_the_lock_of_vertica_is_taken_in_words_that_it_knows(sql: str) -> None:
    assert prover_of("vertica").faults(sql) == ()


@pytest.mark.parametrize(
    "sql", [redshift.HAVE_LOCK, *redshift.TAKE_LOCK, "BEGIN", "ROLLBACK"]
)
def test_the_lock_of_redshift_is_taken_in_words_that_it_knows(sql: str) -> None:
    assert prover_of("redshift").faults(sql) == ()


@pytest.mark.parametrize(
    "sql",
    [
        *(sqlserver.SERVER, sqlserver.SETTINGS, sqlserver.HELD, sqlserver.FREE),
        *(sqlserver.HOLDER, sqlserver.taking("Session"), "COMMIT", "ROLLBACK"),
        *(said.format("x") for said in sqlserver.SQLServer.savepoints if said),
    ],
)
def test_what_the_backend_of_sql_server_says_is_transact_sql(sql: str) -> None:
    assert prover_of("sqlserver").faults(sql) == ()


def test_sql_server_adds_no_column_in_the_words_of_others() -> None:
    assert prover_of("sqlserver").faults("ALTER TABLE [t] ADD COLUMN [n] INT")
