"""Migrations on MariaDB that stopped in the middle, resumed or forgotten as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import mm_engine as mm
from mariadb import rows
from mm_engine.dialects import dialect
from mm_engine.errors import HistoryError, RunError, UnfinishedError, UsageError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.run import Migrator
from mysql_runs import names, opened
from runs import chain, create, migration

pytestmark = pytest.mark.database("mariadb")

FILL = mm.RunSQL("INSERT INTO a (id) VALUES (1)", "INSERT INTO nowhere VALUES (1)")
LAST = mm.RunSQL("INSERT INTO later VALUES (1)", "DELETE FROM later")
GRAPH = chain(migration("0001_a", create("a"), FILL, LAST))
LATER = "CREATE TABLE later (x INT)"
ONLY = chain(migration("0002_b", create("b")))


@contextmanager
def migrator(url: str, graph: MigrationGraph = GRAPH) -> Iterator[Migrator]:
    with opened(url) as ready:
        yield Migrator(session=ready, graph=graph, dialect=dialect("mysql"))


def stopped(url: str) -> None:
    """The last of three statements fails, for what is there afterwards."""
    with migrator(url) as one, pytest.raises(RunError, match="statement 3 of 3"):
        one.up()
    rows(url, LATER)


def test_up_and_down_refuse_what_resume_goes_on_with(mariadb_url: str) -> None:
    stopped(mariadb_url)
    with migrator(mariadb_url) as one:
        for refused in (one.up, one.down):
            with pytest.raises(UnfinishedError, match="1 to 2 of 3 are done"):
                refused()
        assert [result.name for result in one.resume()] == ["0001_a"]
        with pytest.raises(UsageError, match="nothing is unfinished"):
            one.resume()
    assert names(mariadb_url) == ("0001_a",)
    assert rows(mariadb_url, "SELECT id FROM a") == [(1,)]


def test_undoing_stops_and_goes_on_in_the_same_way(mariadb_url: str) -> None:
    rows(mariadb_url, LATER)
    with migrator(mariadb_url) as one:
        one.up()
        with pytest.raises(RunError, match="statement 2 of 3"):
            one.down()
        with pytest.raises(UnfinishedError, match=r"0001_a \(down\) is unfinished"):
            one.up()
    assert names(mariadb_url) == ("0001_a",)
    rows(mariadb_url, "CREATE TABLE nowhere (x INT)")
    with migrator(mariadb_url) as one:
        one.resume()
    assert names(mariadb_url) == ()
    assert rows(mariadb_url, "SHOW TABLES LIKE 'a'") == []


def test_what_was_undone_by_hand_is_forgotten(mariadb_url: str) -> None:
    stopped(mariadb_url)
    rows(mariadb_url, "DROP TABLE a")
    with migrator(mariadb_url) as one:
        assert one.forget().name == "0001_a"
        one.up()
    assert names(mariadb_url) == ("0001_a",)


def test_a_migration_without_its_file_is_not_resumed(mariadb_url: str) -> None:
    stopped(mariadb_url)
    with (
        migrator(mariadb_url, ONLY) as one,
        pytest.raises(HistoryError, match="not among the migrations now"),
    ):
        one.resume()
