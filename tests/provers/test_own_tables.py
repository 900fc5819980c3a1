"""The tables that are ours are told in words that their databases take."""

from __future__ import annotations

from contextlib import closing
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.mysql import dialect as mysql

from mm_engine.runner import history, journal, owned
from mm_engine.runner.mysql import MySQL
from mm_engine.runner.starrocks import StarRocks, lock_sql
from mm_engine.runner.tidb import TiDB
from provers import prover_of


class Noting:
    """Stands where a connection does, and notes what it is told."""

    dialect = mysql()

    def __init__(self) -> None:
        self.told: list[str] = []

    def exec_driver_sql(self, sql: str) -> closing[Noting]:
        """Note a statement."""
        self.told.append(sql)
        return cast("closing[Noting]", self)

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("backend", [TiDB(), StarRocks()], ids=lambda b: b.database)
@pytest.mark.parametrize(
    ("table", "columns"),
    [(history.TABLE, history.COLUMNS), (journal.TABLE, journal.COLUMNS)],
)
def test_they_are_made_and_completed(
    backend: TiDB | StarRocks, table: str, columns: tuple[owned.Column, ...]
) -> None:
    noting = Noting()
    connection = cast("sa.Connection", noting)
    owned.make(connection, backend, table, columns)
    owned.add(connection, backend, table, columns[-1])
    for sql in noting.told:
        assert prover_of(backend.database).faults(sql) == ()
    assert len(noting.told) == 2


def test_numbers_only_grow_on_several_servers() -> None:
    assert "AUTO_ID_CACHE=1" in TiDB.words.ending
    assert "AUTO_ID_CACHE" not in MySQL.words.ending


def test_the_lock_is_a_table_that_can_be_made_once() -> None:
    sql = lock_sql("connection 7 of process 8 on here")
    assert prover_of("starrocks").faults(sql) == ()
    assert "IF NOT EXISTS" not in sql
