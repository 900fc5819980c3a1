"""Migrations on ClickHouse's engine: nothing is undone, one migrator at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

import mm_engine as mm
from clickhouse import own_database
from mm_engine.dialects import dialect
from mm_engine.errors import LockError, RunError, UnfinishedError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner import clickhouse_lease, history
from mm_engine.runner.backend import LostLeaseError
from mm_engine.runner.backends import backend_of
from mm_engine.runner.clickhouse import ClickHouse
from mm_engine.runner.clickhouse_lease import Lease
from mm_engine.runner.history import History
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from postgresql_runs import wait_until
from runs import chain, create, migration

pytestmark = pytest.mark.database("clickhouse")

FILL = mm.RunSQL("INSERT INTO a (id) VALUES (1)", "")
LAST = mm.RunSQL("INSERT INTO later VALUES (1)", "")
STOPS = chain(migration("0001_a", create("a"), FILL, LAST))
TWO = chain(migration("0001_a", create("a"), FILL), migration("0002_b", create("b")))
NAME = f"{clickhouse_lease.TABLE}1"


@pytest.fixture
def connection(clickhouse_connection: sa.Connection) -> Iterator[sa.Connection]:
    """A connection to an empty database."""
    with own_database(clickhouse_connection):
        yield clickhouse_connection


@contextmanager
def migrator(connection: sa.Connection, graph: MigrationGraph) -> Iterator[Migrator]:
    connection.rollback()
    with session(connection, lock_timeout=0.1) as opened:
        yield Migrator(session=opened, graph=graph, dialect=dialect("clickhouse"))


def rows(connection: sa.Connection, sql: str) -> list[tuple[object, ...]]:
    found = connection.exec_driver_sql(sql)
    return [tuple(row) for row in found] if found.returns_rows else []


def test_a_connection_to_it_has_its_backend(connection: sa.Connection) -> None:
    assert isinstance(backend_of(connection), ClickHouse)


def test_migrations_go_up_and_down_and_up(connection: sa.Connection) -> None:
    with migrator(connection, TWO) as one:
        assert [result.name for result in one.up()] == ["0001_a", "0002_b"]
        assert [result.name for result in one.down(steps=1)] == ["0002_b"]
        assert History.read(connection).names == ("0001_a",)
        assert [result.name for result in one.up()] == ["0002_b"]
    assert History.read(connection).names == ("0001_a", "0002_b")
    assert rows(connection, "SELECT id FROM a") == [(1,)]


def test_what_stopped_in_the_middle_goes_on_where_it_stopped(
    connection: sa.Connection,
) -> None:
    with migrator(connection, STOPS) as one:
        with pytest.raises(RunError, match="statement 3 of 3"):
            one.up()
        with pytest.raises(UnfinishedError, match="1 to 2 of 3 are done"):
            one.up()
        rows(connection, "CREATE TABLE later (x Int32) ENGINE = MergeTree ORDER BY x")
        one.resume()
    assert History.read(connection).names == ("0001_a",)
    assert rows(connection, "SELECT id FROM a") == [(1,)]
    assert rows(connection, "SELECT x FROM later") == [(1,)]
    assert rows(connection, "SELECT count() FROM makemigrations_journal") == [(0,)]


def test_a_function_that_fails_is_named_where_it_stopped(
    connection: sa.Connection,
) -> None:
    def count(_connection: object, _schema: object) -> None:
        raise LookupError("no rows")

    graph = chain(migration("0001_a", create("a"), mm.RunPython(count)))
    with migrator(connection, graph) as one, pytest.raises(RunError) as caught:
        one.up()
    assert "nobody noted its end: the function count" in str(caught.value)


def test_what_was_undone_by_hand_is_forgotten(connection: sa.Connection) -> None:
    with migrator(connection, STOPS) as one:
        with pytest.raises(RunError):
            one.up()
        rows(connection, "DROP TABLE a")
        assert one.forget().name == "0001_a"
        rows(connection, "CREATE TABLE later (x Int32) ENGINE = MergeTree ORDER BY x")
        one.up()
    assert History.read(connection).names == ("0001_a",)


def test_a_row_of_the_history_is_given_another_digest(
    connection: sa.Connection,
) -> None:
    with migrator(connection, TWO) as one:
        one.up()
    history.amend(connection, "0001_a", "another")
    first, _ = History.read(connection).records
    assert first.digest == "another"


def test_who_comes_second_is_told_who_holds_the_lock(
    connection: sa.Connection,
) -> None:
    with ClickHouse().locked(connection) as is_ours:
        assert is_ours
        with (
            migrator(connection, TWO) as other,
            pytest.raises(LockError, match=r"process \d+ on \S+; free in \d+ s"),
        ):
            other.up()
    with migrator(connection, TWO) as other:
        other.up()


def test_the_lock_of_one_who_was_killed_is_free_when_its_time_is_over(
    connection: sa.Connection,
) -> None:
    (now,) = rows(connection, "SELECT toInt64(toUnixTimestamp(now()))")[0]

    def until(moment: int) -> str:
        return f"COMMENT 'process 1 on moon; until {moment}'"

    held, over = int(str(now)) + 3600, int(str(now)) - 1
    rows(connection, f"CREATE TABLE {NAME} (held UInt8) ENGINE = Null {until(held)}")
    assert clickhouse_lease.taken(connection) is None
    rows(connection, f"ALTER TABLE {NAME} MODIFY {until(over)}")
    assert clickhouse_lease.taken(connection) is not None


def test_of_all_who_want_the_lock_at_once_one_gets_it(
    clickhouse_engine: sa.Engine, connection: sa.Connection
) -> None:
    here = rows(connection, "SELECT currentDatabase()")[0][0]
    together = Barrier(4)
    got: list[str | None] = []

    def want() -> None:
        with clickhouse_engine.connect() as other:
            other.exec_driver_sql(f"USE {here}").close()
            together.wait()
            got.append(clickhouse_lease.taken(other))

    wanting = [Thread(target=want) for _ in range(4)]
    for thread in wanting:
        thread.start()
    for thread in wanting:
        thread.join()
    assert sorted(table is None for table in got) == [False, True, True, True]


def test_a_holder_whose_time_is_over_is_told_so(connection: sa.Connection) -> None:
    backend = ClickHouse()
    with backend.locked(connection):
        backend.prove(connection)
        words = f"ALTER TABLE {NAME} MODIFY COMMENT 'process 1 on moon; until 1'"
        connection.exec_driver_sql(words).close()
        assert clickhouse_lease.taken(connection) is not None
        with pytest.raises(LostLeaseError, match="was lost"):
            backend.prove(connection)


def test_a_lock_is_renewed_while_it_is_held(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clickhouse_lease, "RENEWED_EACH", 0.1)
    with ClickHouse().locked(connection):
        first = clickhouse_lease.newest(connection)
        assert first is not None
        wait_until(lambda: _is_later(clickhouse_lease.newest(connection), first))


def _is_later(found: Lease | None, first: Lease) -> bool:
    return found is not None and found.comment > first.comment
