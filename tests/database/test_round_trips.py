"""How often a server is waited for, and what is seen although less is asked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.model.schema import Schema
from postgresql_runs import migrator, names, rows
from runs import add, chain, create, migration

pytestmark = pytest.mark.database("postgresql")

GRAPH = chain(
    migration("0001_a", create("a")),
    *(migration(f"000{n}_b", add("a", f"b{n}")) for n in range(2, 8)),
)
READY = "ReadyForQuery"
"""What a server says once it has answered all that it was told at once."""


def test_a_migration_of_one_statement_waits_for_the_server_four_times(url: str) -> None:
    """To begin and lock, to be altered, to be recorded, and to commit."""
    with migrator(url, GRAPH) as runs:
        runs.up("0002_b")
        with traced(runs.session.connection) as before:
            runs.up("0003_b")
        with traced(runs.session.connection) as after:
            runs.up("0007_b")
    # All but the migrations themselves is the same, and they are three more.
    assert (len(after) - len(before)) / 3 == 4


def test_a_row_that_another_writes_during_a_migration_is_seen_by_the_next(
    url: str,
) -> None:
    def write(connection: sa.Connection, schema: Schema) -> None:
        del connection, schema
        rows(url, "INSERT INTO makemigrations_history (name) VALUES ('0003_c')")

    graph = chain(
        migration("0001_a", create("a")),
        migration("0002_b", mm.RunPython(write, write)),
        migration("0003_c", create("c")),
        migration("0004_d", create("d")),
    )
    with migrator(url, graph) as runs:
        runs.up("0001_a")
        runs.up()
    assert sorted(names(url)) == ["0001_a", "0002_b", "0003_c", "0004_d"]
    assert rows(url, "SELECT to_regclass('c')") == [(None,)]


@contextmanager
def traced(connection: sa.Connection) -> Iterator[list[str]]:
    """Every time that the server has answered within the block, as libpq tells it."""
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    found: list[str] = []
    with tempfile.TemporaryFile("w+") as file:
        driver.pgconn.trace(file.fileno())
        yield found
        driver.pgconn.untrace()
        file.seek(0)
        found.extend(line for line in file if READY in line)
