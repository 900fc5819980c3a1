"""Our own tables, and the lock, where no server runs: their SQL is taken too."""

from __future__ import annotations

import pytest

from mm_engine.runner import history, journal, owned, sqlserver, vertica
from mm_engine.runner.backend import Backend
from provers import prover_of

BACKENDS: dict[str, Backend] = {
    "vertica": vertica.Vertica(),
    "sqlserver": sqlserver.SQLServer(),
}


def quoted(name: str) -> str:
    """A name as both of them take it in quotes."""
    return f'"{name}"'


@pytest.mark.parametrize("database", BACKENDS)
def test_history_and_journal_can_be_made(database: str) -> None:
    for table in (history, journal):
        sql = owned.table_sql(
            BACKENDS[database], table.TABLE, table.COLUMNS, quote=quoted
        )
        assert prover_of(database).faults(sql) == ()


@pytest.mark.parametrize("sql", [vertica.HAVE_LOCK, vertica.TAKE_LOCK, "BEGIN"])
def test_the_lock_of_vertica_is_taken_in_words_that_it_knows(sql: str) -> None:
    assert prover_of("vertica").faults(sql) == ()


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


def test_a_column_is_added_to_our_tables_as_sql_server_takes_it() -> None:
    words = sqlserver.SQLServer.words
    assert prover_of("sqlserver").faults(f"ALTER TABLE [t] {words.adds} [n] INT") == ()
    assert prover_of("sqlserver").faults("ALTER TABLE [t] ADD COLUMN [n] INT")
