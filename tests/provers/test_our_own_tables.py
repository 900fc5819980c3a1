"""Our own tables, and the lock, where no server runs: their SQL is taken too."""

from __future__ import annotations

import pytest

from mm_engine.runner import history, journal, owned, vertica
from mm_engine.runner.backend import Backend
from provers import prover_of

BACKENDS: dict[str, Backend] = {"vertica": vertica.Vertica()}


def quoted(name: str) -> str:
    """A name as Vertica quotes it."""
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
