"""Migrations in the words of Redshift, with PostgreSQL in its place.

It shows what the runner does, and in which order. That Redshift takes the words is for
its prover to say; nothing of this was run by Redshift.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.dialects import dialect
from mm_engine.errors import LockError, RunError, UnsupportedError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner import keeper
from mm_engine.runner.connect import connected, fitted
from mm_engine.runner.history import read_history
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from postgresql_runs import HERE, rows, url
from programs import ask, program, told
from runs import add, chain, create, migration

pytestmark = pytest.mark.database("postgresql")

__all__ = ["url"]

GRAPH = chain(
    migration("0001_users", create("users", "name")),
    migration("0002_age", add("users", "age")),
)
GETDATE = """CREATE FUNCTION getdate() RETURNS timestamp
LANGUAGE sql AS 'SELECT localtimestamp'"""

MIGRATOR = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(0, sys.argv[3])
from test_redshift import GRAPH, migrator
print("ready", flush=True)
for line in sys.stdin:
    with migrator(sys.argv[2], patience=30) as ready:
        print(sum(not done.is_skipped for done in ready.up()), flush=True)
"""

HOLDER = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(0, sys.argv[3])
from test_redshift import migrator
with migrator(sys.argv[2]) as ready:
    with ready.session.backend.locked(ready.session.connection) as is_ours:
        print(is_ours, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _with_its_clock(url: str) -> None:
    rows(url, GETDATE)


@contextmanager
def migrator(
    server: str, graph: MigrationGraph = GRAPH, patience: float = 5
) -> Iterator[Migrator]:
    """The migrations on a database that is taken for Redshift."""
    with (
        connected(Url.of(server).refined("redshift"), root=HERE) as connection,
        session(connection, lock_timeout=patience) as opened,
    ):
        spoken = fitted(dialect("redshift"), connection)
        yield Migrator(session=opened, graph=graph, dialect=spoken)


def names(server: str) -> tuple[str, ...]:
    return read_history(Url.of(server).refined("redshift"), root=HERE).names


def test_migrations_go_up_and_down_and_up(url: str) -> None:
    with migrator(url) as ready:
        ready.up()
        ready.down(steps=2)
        assert names(url) == ()
        ready.up()
    assert names(url) == ("0001_users", "0002_age")
    found = rows(url, "SELECT id, name, applied_at FROM makemigrations_history")
    assert [(number, name) for number, name, _ in found] == [
        (1, "0001_users"),
        (2, "0002_age"),
    ]
    assert all(moment is not None for *_, moment in found)


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    bad = migration("0003_bad", create("kept"), mm.RunSQL("SELECT no_such"))
    graph = chain(*(GRAPH.by_name[name] for name in sorted(GRAPH.by_name)), bad)
    with migrator(url, graph) as ready, pytest.raises(RunError) as caught:
        ready.up()
    assert "nothing of this migration was done" in str(caught.value)
    assert names(url) == ("0001_users", "0002_age")
    assert rows(url, "SELECT to_regclass('kept')") == [(None,)]


def test_two_processes_run_each_migration_once(url: str) -> None:
    with (
        program(MIGRATOR, url, str(HERE.parent / "database")) as one,
        program(MIGRATOR, url, str(HERE.parent / "database")) as two,
    ):
        assert (told(one), told(two)) == ("ready", "ready")
        ask(one, "go")
        ask(two, "go")
        assert int(told(one)) + int(told(two)) == len(GRAPH.by_name)
    assert names(url) == ("0001_users", "0002_age")


def test_who_waits_too_long_is_told_and_a_killed_holder_frees_the_lock(
    url: str,
) -> None:
    with program(HOLDER, url, str(HERE.parent / "database")) as holder:
        assert told(holder) == "True"
        with migrator(url, patience=0) as ready, pytest.raises(LockError):
            ready.up()
        assert names(url) == ()
        holder.kill()
        with migrator(url, patience=30) as ready:
            ready.up()
    assert names(url) == ("0001_users", "0002_age")


def test_a_transaction_of_the_callers_is_refused_and_left_alone(url: str) -> None:
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE callers (x INT)"))
        with session(connection, database_type="redshift") as opened:
            ready = Migrator(session=opened, graph=GRAPH, dialect=dialect("redshift"))
            with pytest.raises(UnsupportedError, match="SAVEPOINT"):
                ready.up()
        connection.commit()
    assert rows(url, "SELECT count(*) FROM callers") == [(0,)]


def test_nothing_is_left_in_the_table_that_is_locked(url: str) -> None:
    with migrator(url) as ready:
        ready.up()
    assert rows(url, f"SELECT count(*) FROM {keeper.TABLE}") == [(0,)]
