"""libSQL's server: reached, understood, locked, and read."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
import pytest

import mm_engine as mm
from mm_engine.dialects import dialect
from mm_engine.errors import ConfigError, LockError, RunError
from mm_engine.introspect.reader import expected, reflect
from mm_engine.runner import lease
from mm_engine.runner.connect import connected
from mm_engine.runner.events import Event, StatementRun
from mm_engine.runner.execute import execute
from mm_engine.runner.history import History, read_history
from mm_engine.runner.plan import Direction, Step
from mm_engine.runner.script import script
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url
from runs import migration, up
from sqld import connected as plain

pytestmark = pytest.mark.database("turso")

HERE = Path(__file__).parent
A = ("CREATE TABLE a (x INT)", "INSERT INTO a VALUES (1)")


def url_of(server: str) -> Url:
    return Url.of(f"libsql://{server}?secure=false&authToken=sesam")


@contextmanager
def opened(server: str, *, lock_timeout: float = 5) -> Iterator[Session]:
    with (
        connected(url_of(server), root=HERE) as connection,
        session(connection, lock_timeout=lock_timeout) as ready,
    ):
        yield ready


def rows(server: str, *statements: str) -> list[tuple[object, ...]]:
    with closing(plain(server)) as connection:
        found = [connection.execute(sql).fetchall() for sql in statements]
    return list(found[-1])


def test_a_migration_is_run_and_recorded(sqld: str) -> None:
    with opened(sqld) as ready:
        execute(ready, [up("0001_a", *A), up("0002_b")], applied=())
        history = History.read(ready.connection)
    assert history.names == ("0001_a", "0002_b")
    assert read_history(url_of(sqld), root=HERE).names == ("0001_a", "0002_b")
    assert rows(sqld, "SELECT x FROM a") == [(1,)]
    assert rows(sqld, f"SELECT count(*) FROM {lease.TABLE}") == [(0,)]


def test_a_migration_that_fails_leaves_nothing(sqld: str) -> None:
    with opened(sqld) as ready, pytest.raises(RunError) as caught:
        execute(ready, [up("0001_a", *A, "INSERT INTO b VALUES (1)")], applied=())
    assert "no such table: b; nothing of this migration was done" in str(caught.value)
    assert rows(sqld, "SELECT name FROM sqlite_schema WHERE name = 'a'") == []


def test_what_the_server_cannot_even_read_leaves_nothing(sqld: str) -> None:
    """It answers by closing the connection, transaction and all."""
    with opened(sqld) as ready, pytest.raises(RunError, match="could not be parsed"):
        execute(ready, [up("0001_a", *A, "BOGUS")], applied=())
    assert rows(sqld, "SELECT name FROM sqlite_schema WHERE name = 'a'") == []


def test_a_rebuilt_parent_keeps_the_rows_of_its_children(sqld: str) -> None:
    key = mm.PrimaryKey(["id"], name="parents_pkey")
    parents = mm.CreateTable(
        "parents",
        fields=[
            mm.Field("id", mm.Integer(), nullable=False),
            mm.Field("name", mm.Varchar(20)),
        ],
        primary_key=key,
    )
    children = mm.CreateTable(
        "children",
        fields=[mm.Field("parent", mm.Integer())],
        foreign_keys=[
            mm.ForeignKey(
                *(["parent"], "parents"),
                references=["id"],
                on_delete="CASCADE",
                name="fk_parent",
            )
        ],
    )
    first = migration("0001_a", parents, children)
    longer = mm.AlterField("parents", mm.Field("name", mm.Varchar(40)))
    second = migration("0002_b", longer, after=["0001_a"])
    before = mm.Schema()
    after = first.apply(before)
    steps = [
        Step(first, Direction.UP, before, before),
        Step(second, Direction.UP, after, after),
    ]
    turso = dialect("turso")
    with opened(sqld) as ready:
        execute(ready, [script(steps[0], turso)], applied=())
        ready.run("INSERT INTO parents VALUES (1, 'Ada')")
        ready.run("INSERT INTO children VALUES (1)")
        execute(ready, [script(steps[1], turso)], applied=["0001_a"])
        assert ready.rows("SELECT parent FROM children") == ((1,),)
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
            ready.run("INSERT INTO children VALUES (7)")
        told = reflect(ready.connection, turso)
        assert told == expected(ready.connection, second.apply(after), turso)


def test_whoever_comes_second_waits_and_then_says_who_is_there(sqld: str) -> None:
    with opened(sqld) as first, opened(sqld, lock_timeout=0.3) as second:
        with (
            first.backend.locked(first.connection),
            pytest.raises(LockError, match=r"process \d+ on .*, for \d+ s more"),
        ):
            execute(second, [up("0001_a", *A)], applied=())
        execute(second, [up("0001_a", *A)], applied=())


def test_one_who_waits_does_not_end_the_transaction_of_the_other(sqld: str) -> None:
    """The server would, five seconds after somebody else wants to write."""
    with opened(sqld) as first, opened(sqld, lock_timeout=0.3) as second:
        with first.backend.locked(first.connection):
            first.run("BEGIN IMMEDIATE")
            first.run("CREATE TABLE a (x INT)")
            time.sleep(5.2)
            with pytest.raises(LockError):
                execute(second, [up("0001_b")], applied=())
            first.run("COMMIT")
        assert rows(sqld, "SELECT count(*) FROM a") == [(0,)]


def test_a_writer_who_waits_long_ends_a_migration_and_that_is_said(sqld: str) -> None:
    def write() -> None:
        rows(sqld, "CREATE TABLE c (x INT)")

    writer = threading.Thread(target=write)
    with opened(sqld) as ready:
        ready.run("BEGIN IMMEDIATE")
        writer.start()
        writer.join()
        with pytest.raises(Exception, match="Transaction timed out") as caught:
            ready.run("CREATE TABLE a (x INT)")
        said = getattr(caught.value, "orig", None)
        assert ready.backend.trouble(said).name == "IN_USE"
    assert rows(sqld, "SELECT name FROM sqlite_schema WHERE name = 'a'") == []


def test_the_row_of_a_process_that_died_is_nobody_s(sqld: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    dead = attrs.evolve(
        lease.Lease.here(lease.SQLITE_CLOCK), token="dead", process=process.pid
    )
    with opened(sqld, lock_timeout=0) as ready:
        assert dead.take(ready.connection)
        execute(ready, [up("0001_a", *A)], applied=())
    assert rows(sqld, "SELECT x FROM a") == [(1,)]


def test_the_row_of_another_machine_holds_until_its_end(sqld: str) -> None:
    other = lease.Lease("other", "elsewhere", 1, lease.SQLITE_CLOCK)
    with opened(sqld, lock_timeout=0) as ready:
        assert other.take(ready.connection)
        with pytest.raises(LockError, match="process 1 on elsewhere"):
            execute(ready, [up("0001_a", *A)], applied=())
        ready.run(f"UPDATE {lease.TABLE} SET ends_at = ends_at - {lease.LASTS} - 1")
        execute(ready, [up("0001_a", *A)], applied=())


def overslept(ready: Session) -> None:
    """The time of whoever holds the row is over, and another one takes it."""
    other = lease.Lease("other", "elsewhere", 1, lease.SQLITE_CLOCK)
    ready.run(f"UPDATE {lease.TABLE} SET ends_at = ends_at - {lease.LASTS} - 1")
    assert other.take(ready.connection)


def test_a_holder_who_slept_past_his_end_is_refused_and_records_nothing(
    sqld: str,
) -> None:
    def report(event: Event) -> None:
        if isinstance(event, StatementRun) and event.number == 1:
            overslept(ready)

    with opened(sqld) as ready:
        with pytest.raises(LockError, match="held by process 1 on elsewhere") as caught:
            execute(ready, [up("0001_a", *A)], applied=(), report=report)
        assert "nothing of this migration was done" in str(caught.value)
        # What the sleeper did is rolled back, the other's taking with it.
        assert History.read(ready.connection).names == ()
    assert rows(sqld, "SELECT name FROM sqlite_schema WHERE name = 'a'") == []


def test_whoever_proves_that_he_holds_the_row_holds_it_for_its_whole_time(
    sqld: str,
) -> None:
    with opened(sqld) as ready, ready.backend.locked(ready.connection):
        ready.run(f"UPDATE {lease.TABLE} SET ends_at = ends_at - {lease.LASTS - 20}")
        ready.prove()
        asked = f"SELECT ends_at - {lease.SQLITE_CLOCK} > 200 FROM {lease.TABLE}"
        assert ready.rows(asked) == ((1,),)


def test_a_server_that_is_not_there_is_named_without_the_token() -> None:
    with (
        pytest.raises(ConfigError) as caught,
        connected(url_of("127.0.0.1:1"), root=HERE),
    ):
        pass
    assert "cannot connect to libsql://127.0.0.1:1" in str(caught.value)
    assert "sesam" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_column_that_was_added_is_read_as_it_was_told(sqld: str) -> None:
    """The server writes VARCHAR (30) of it."""
    with opened(sqld) as ready:
        ready.run("CREATE TABLE a (x INT)")
        ready.run("ALTER TABLE a ADD COLUMN name VARCHAR(30)")
        (_, name) = reflect(ready.connection, dialect("turso")).tables["a"].columns
    assert name.type == "VARCHAR(30)"
