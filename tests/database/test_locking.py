"""Two migrators, and those that die, on one live SQLite file."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from mm_engine.errors import LockError
from mm_engine.runner.execute import execute
from mm_engine.runner.history import read_history
from mm_engine.runner.script import Script
from programs import ask, program, told
from runs import history_of, opened, up, url_of, values

pytestmark = pytest.mark.database("sqlite")

HERE = Path(__file__)
COUNT = 8
ROUNDS = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file that is not there yet."""
    return tmp_path / "app.db"


HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[2], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
"""

MIGRATOR = f"""
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from mm_engine.runner.execute import execute
from programs import SUPPORT, ask, program, told
from runs import opened, up
scripts = [up(f"{{n:04}}_x", f"CREATE TABLE t{{n}} (x)") for n in range({COUNT})]
print("ready", flush=True)
for line in sys.stdin:
    with opened(Path(line.strip()), lock_timeout=30) as ready:
        results = execute(ready, scripts, applied=())
    print(sum(not result.is_skipped for result in results), flush=True)
"""

DYING = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from mm_engine.dialects.statements import PythonCall
from mm_engine.model.schema import Schema
from mm_engine.runner.execute import execute
from programs import SUPPORT, ask, program, told
from runs import opened, up

def die(connection, schema):
    os.kill(os.getpid(), signal.SIGKILL)

with opened(Path(sys.argv[2])) as ready:
    # So little is cached that half of the migration reaches the file.
    ready.run("PRAGMA cache_size = 2")
    many = " UNION ALL ".join(["SELECT randomblob(4000)"] * 100)
    scripts = [
        up("0001_a", "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"),
        up("0002_b", "DROP TABLE a", f"CREATE TABLE b AS {many}",
           PythonCall(die, Schema())),
    ]
    execute(ready, scripts, applied=())
"""


def test_a_lock_that_is_held_is_an_error_that_names_the_holder(path: Path) -> None:
    with program(HOLDER, str(path)) as holder:
        assert told(holder) == "held"
        started = time.monotonic()
        with opened(path, lock_timeout=0.3) as ready, pytest.raises(LockError) as lost:
            execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
        waited = time.monotonic() - started
    assert 0.25 < waited < 3
    assert f"process {holder.pid}" in lost.value.message
    assert "--lock-timeout" in str(lost.value.hint)
    assert values(path, "SELECT count(*) FROM sqlite_schema") == [0]


def test_the_holder_is_named_with_a_write_ahead_log_too(path: Path) -> None:
    values(path, "PRAGMA journal_mode = WAL")
    with program(HOLDER, str(path)) as holder:
        assert told(holder) == "held"
        with opened(path, lock_timeout=0) as ready, pytest.raises(LockError) as lost:
            execute(ready, [up("0001_a")], applied=())
    assert f"process {holder.pid}" in lost.value.message


def test_a_killed_holder_frees_the_lock_at_once(path: Path) -> None:
    with program(HOLDER, str(path)) as holder:
        assert told(holder) == "held"
        os.kill(holder.pid, signal.SIGKILL)
        started = time.monotonic()
        with opened(path, lock_timeout=10) as ready:
            execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
    assert time.monotonic() - started < 2
    assert history_of(path) == ("0001_a",)


def test_a_lock_is_waited_for(path: Path) -> None:
    with closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as holder:
        holder.execute("BEGIN IMMEDIATE")
        from threading import Timer

        timer = Timer(0.3, holder.execute, ["COMMIT"])
        timer.start()
        with opened(path, lock_timeout=10) as ready:
            execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
        timer.join()
    assert history_of(path) == ("0001_a",)


def test_a_reader_in_the_way_of_a_commit_is_told_and_nothing_done(path: Path) -> None:
    values(path, "CREATE TABLE mine (x)")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM mine").fetchall()
        with opened(path, lock_timeout=0.1) as ready:
            with pytest.raises(LockError, match="nothing of this migration was done"):
                execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
            assert not ready.is_in_transaction()
    assert values(path, "SELECT name FROM sqlite_schema") == ["mine"]


def test_two_processes_run_each_migration_once_in_fifty_rounds(tmp_path: Path) -> None:
    shares: list[int] = []
    with program(MIGRATOR) as one, program(MIGRATOR) as other:
        for process in (one, other):
            assert told(process) == "ready"
        for number in range(ROUNDS):
            path = tmp_path / f"{number}.db"
            for process in (one, other):
                ask(process, str(path))
            ran = [int(told(process)) for process in (one, other)]
            assert sum(ran) == COUNT
            assert len(values(path, "SELECT name FROM makemigrations_history")) == COUNT
            shares.append(ran[0])
    # Rounds in which one process was always done before the other began prove nothing.
    assert any(0 < share < COUNT for share in shares)


def test_a_kill_in_the_middle_leaves_the_database_as_before_that_migration(
    path: Path,
) -> None:
    with program(DYING, str(path)) as dying:
        assert dying.wait(60) == -signal.SIGKILL
    assert path.with_name("app.db-journal").exists()
    # Whoever comes first, even one who only looks, finds the last whole state.
    assert read_history(url_of(path), root=path.parent).names == ("0001_a",)
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"
    assert values(path, tables) == ["a", "makemigrations_history"]
    assert values(path, "SELECT x FROM a") == [1]
    assert values(path, "PRAGMA integrity_check") == ["ok"]
    with opened(path) as ready:
        execute(ready, [up("0002_b", "CREATE TABLE b (x)")], applied=("0001_a",))
    assert history_of(path) == ("0001_a", "0002_b")


COUNTED = """
INSERT INTO a WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT {})
SELECT count(*) FROM n
"""


def test_an_interrupt_in_the_middle_of_a_statement_is_nothing_else(path: Path) -> None:
    """SQLAlchemy closes the connection, which hid the interrupt behind an error."""
    script = up("0001_a", "CREATE TABLE a (x)", COUNTED.format(4_000_000))
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path, script)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert values(path, "SELECT count(*) FROM sqlite_schema") == [0]


def _interrupted(path: Path, script: Script) -> None:
    with opened(path) as ready:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        execute(ready, [script], applied=())
