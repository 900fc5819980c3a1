"""What becomes of migrations on MariaDB that are not finished: noted, gone on with."""

from __future__ import annotations

import os
import signal

import attrs
import pytest
import sqlalchemy as sa

from mariadb import rows
from mm_engine.dialects.statements import (
    Expect,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
)
from mm_engine.errors import HistoryError, MMError, RunError, UnfinishedError
from mm_engine.model.schema import Schema
from mm_engine.runner.events import Event, StatementRun
from mm_engine.runner.execute import execute
from mm_engine.runner.log import Resumed, Verdict
from mm_engine.runner.script import Script
from mysql_runs import names, opened, up
from programs import program, told

pytestmark = pytest.mark.database("mariadb")

JOURNAL = "SELECT number, part, state FROM makemigrations_journal ORDER BY id"
MADE = "CREATE TABLE a (x INT)"
FILLED = "INSERT INTO a VALUES (1)"
WRONG = "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 1)"
LATER = "CREATE TABLE b (x INT)"


def run(url: str, *scripts: Script, resumed: Resumed | None = None) -> list[str]:
    """Run scripts, and give the SQL that was run."""
    said: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, StatementRun) and isinstance(event.item, Statement):
            said.append(event.item.sql)

    with opened(url) as ready:
        execute(ready, scripts, applied=names(url), report=hear, resumed=resumed)
    return said


def failed(url: str, *scripts: Script, resumed: Resumed | None = None) -> MMError:
    with pytest.raises(MMError) as caught:
        run(url, *scripts, resumed=resumed)
    return caught.value


def noted(url: str) -> list[tuple[object, ...]]:
    return rows(url, JOURNAL)


def tables(url: str) -> list[object]:
    found = [row[0] for row in rows(url, "SHOW TABLES")]
    return [name for name in found if not str(name).startswith("makemigrations_")]


@pytest.fixture
def url(mariadb_url: str) -> str:
    """An empty database of the test's own."""
    return mariadb_url


def test_a_statement_that_fails_says_what_is_done_and_what_is_not(url: str) -> None:
    error = failed(url, up("0001_a", MADE, FILLED, WRONG, LATER))
    assert isinstance(error, RunError)
    assert "statement 3 of 4" in error.message
    assert "CONSTRAINT `c` failed" in error.message
    assert error.message.endswith("; statements 1 to 2 of 4 are done")
    assert error.hint == (
        "rows that are there do not fit; mend them first, or in a RunSQL before it;"
        ' then "migrate resume" goes on with statement 3'
    )
    assert noted(url) == [
        *((1, 0, "begun"), (1, 0, "done"), (2, 0, "done")),
        *((3, 0, "begun"), (3, 0, "failed")),
    ]
    assert tables(url) == ["a"]
    assert names(url) == ()


def test_nothing_goes_on_before_somebody_says_so(url: str) -> None:
    script = up("0001_a", MADE, FILLED, WRONG, LATER)
    failed(url, script)
    for other in (script, up("0002_b", LATER), up("0003_c", FILLED)):
        error = failed(url, other)
        assert isinstance(error, UnfinishedError)
        assert error.message.startswith(
            "0001_a is unfinished: statements 1 to 2 of 4 are done,"
            " statement 3 failed and is not done: CONSTRAINT `c` failed"
        )
        assert error.hint == '"migrate resume" goes on with statement 3'
    assert tables(url) == ["a"]


def test_what_is_done_is_never_run_twice(url: str) -> None:
    script = up("0001_a", MADE, FILLED, WRONG, LATER)
    failed(url, script)
    rows(url, "UPDATE a SET x = 2")
    assert run(url, script, resumed=Resumed()) == [WRONG, LATER]
    assert names(url) == ("0001_a",)
    assert noted(url) == []
    assert rows(url, "SELECT x FROM a") == [(2,)]


def test_what_follows_in_the_plan_runs_after_it(url: str) -> None:
    script = up("0001_a", MADE, FILLED, WRONG)
    failed(url, script)
    rows(url, "UPDATE a SET x = 2")
    assert run(url, script, up("0002_b", LATER), resumed=Resumed()) == [WRONG, LATER]
    assert names(url) == ("0001_a", "0002_b")


def test_a_statement_that_was_done_by_hand_is_left_out(url: str) -> None:
    script = up("0001_a", MADE, FILLED, WRONG, LATER)
    failed(url, script)
    rows(url, "UPDATE a SET x = 2", WRONG)
    assert run(url, script, resumed=Resumed(Verdict.DONE)) == [LATER]
    assert names(url) == ("0001_a",)


def test_a_first_statement_that_fails_leaves_nothing_to_go_on_with(url: str) -> None:
    error = failed(url, up("0001_a", WRONG, LATER))
    assert "nothing of this migration was done" in error.message
    assert noted(url) == []
    run(url, up("0001_a", MADE))
    assert names(url) == ("0001_a",)


def test_a_file_may_be_mended_as_far_as_it_is_not_done(url: str) -> None:
    failed(url, up("0001_a", MADE, FILLED, WRONG, LATER))
    mended = up("0001_a", MADE, FILLED, LATER)
    assert run(url, mended, resumed=Resumed()) == [LATER]
    assert names(url) == ("0001_a",)


def test_a_file_that_was_changed_where_it_is_done_is_refused(url: str) -> None:
    failed(url, up("0001_a", MADE, FILLED, WRONG))
    error = failed(url, up("0001_a", LATER, FILLED), resumed=Resumed())
    assert isinstance(error, HistoryError)
    assert "its statement 1, which is done, is another one now" in error.message
    assert tables(url) == ["a"]


def test_rows_alone_are_changed_altogether_or_not_at_all(url: str) -> None:
    rows(url, "CREATE TABLE a (x INT CHECK (x < 3))")
    rows_only = attrs.evolve(
        up("0001_a", FILLED, "INSERT INTO a VALUES (2)", "INSERT INTO a VALUES (3)"),
        is_atomic=True,
    )
    error = failed(url, rows_only)
    assert "nothing of this migration was done" in error.message
    assert rows(url, "SELECT x FROM a") == []
    assert noted(url) == []


def test_rows_and_their_note_are_one(url: str) -> None:
    """A failure of the note undoes the rows."""
    script = up("0001_a", MADE, FILLED)
    run(url, up("0000_z", LATER))
    rows(
        url,
        "CREATE TRIGGER t BEFORE INSERT ON makemigrations_journal FOR EACH ROW"
        " IF NEW.number = 2 THEN SIGNAL SQLSTATE '45000'; END IF",
    )
    failed(url, script)
    assert rows(url, "SELECT x FROM a") == []
    rows(url, "DROP TRIGGER t")
    assert run(url, script, resumed=Resumed()) == [FILLED]
    assert rows(url, "SELECT x FROM a") == [(1,)]


def test_a_function_is_one_entry_in_a_transaction_of_its_own(url: str) -> None:
    is_failing = True

    def fill(connection: sa.Connection, schema: Schema) -> None:
        del schema
        connection.exec_driver_sql(FILLED)
        if is_failing:
            raise ValueError("not today")

    script = up("0001_a", MADE, PythonCall(fill, Schema()), LATER)
    error = failed(url, script)
    assert "ValueError: not today; statement 1 of 3 is done" in error.message
    assert rows(url, "SELECT x FROM a") == []
    assert noted(url)[-1] == (2, 0, "failed")
    is_failing = False
    assert run(url, script, resumed=Resumed()) == [LATER]
    assert rows(url, "SELECT x FROM a") == [(1,)]


def test_a_function_that_changes_the_schema_is_told_and_nothing_guessed(
    url: str,
) -> None:
    def make(connection: sa.Connection, schema: Schema) -> None:
        del schema
        connection.exec_driver_sql(FILLED)
        connection.exec_driver_sql(LATER)

    script = up("0001_a", MADE, PythonCall(make, Schema()))
    error = failed(url, script)
    assert "ended the transaction" in error.message
    assert noted(url)[-1] == (2, 0, "torn")
    again = failed(url, script, resumed=Resumed())
    assert isinstance(again, UnfinishedError)
    assert "statement 2 may be done in part" in again.message
    assert "--undone" in str(again.hint)
    assert run(url, script, resumed=Resumed(Verdict.DONE)) == []
    assert names(url) == ("0001_a",)


def test_an_expectation_is_asked_again_and_leaves_no_trace(url: str) -> None:
    empty = Expect("SELECT x FROM a", rows=(), message="a has rows")
    script = up("0001_a", MADE, empty, LATER)
    rows(url, "CREATE TABLE old (x INT)", "INSERT INTO old VALUES (1)")
    error = failed(url, up("0000_z", attrs.evolve(empty, query="SELECT x FROM old")))
    assert "nothing of this migration was done" in error.message
    assert noted(url) == []
    assert run(url, script) == [MADE, LATER]


def test_a_condition_that_held_holds_when_it_is_gone_on_with(url: str) -> None:
    absent = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM information_schema.tables"
    absent += " WHERE table_schema = DATABASE() AND table_name = 'a')"
    inside = (Statement(MADE), Statement(FILLED), Statement(WRONG))
    script = up("0001_a", When(absent, items=inside), LATER)
    failed(url, script)
    assert noted(url)[-1] == (4, 0, "failed")
    rows(url, "UPDATE a SET x = 2")
    assert run(url, script, resumed=Resumed()) == [WRONG, LATER]


def test_a_condition_that_did_not_hold_is_not_asked_again(url: str) -> None:
    rows(url, "CREATE TABLE a (x INT)")
    made = "SELECT 1 FROM information_schema.tables"
    made += " WHERE table_schema = DATABASE() AND table_name = 'b'"
    script = up("0001_a", When(made, items=(Statement("DROP TABLE a"),)), LATER, "x")
    failed(url, script)
    error = failed(url, script, resumed=Resumed())
    assert "statement 4 of 4" in error.message
    assert tables(url) == ["a", "b"]


def test_what_was_remembered_is_known_later(url: str) -> None:
    told_back = "SELECT concat('CREATE TABLE c', x, ' (x INT)') FROM a ORDER BY x"
    script = up(
        "0001_a",
        MADE,
        "INSERT INTO a VALUES (1), (2), (3)",
        Remember("them", told_back),
        "DROP TABLE a",
        Recall("them"),
        LATER,
    )
    rows(url, "CREATE TABLE c2 (x INT)")
    error = failed(url, script)
    assert "statement 5 of 6" in error.message
    assert noted(url)[-3:] == [(5, 1, "done"), (5, 2, "begun"), (5, 2, "failed")]
    rows(url, "DROP TABLE c2")
    run(url, script, resumed=Resumed())
    assert tables(url) == ["b", "c1", "c2", "c3"]


DYING = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from mm_engine.dialects.statements import PythonCall
from mm_engine.model.schema import Schema
from mm_engine.runner import events
from mm_engine.runner.execute import execute
from mysql_runs import opened, up

def die(connection, schema):
    connection.exec_driver_sql("INSERT INTO a VALUES (2)")
    print("there", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

def hear(event):
    if isinstance(event, events.StatementRun) and sys.argv[3] == str(event.number):
        os.kill(os.getpid(), signal.SIGKILL)

with opened(sys.argv[2]) as ready:
    items = ["CREATE TABLE a (x INT)", "INSERT INTO a VALUES (1)"]
    items += [PythonCall(die, Schema()), "CREATE TABLE b (x INT)"]
    if sys.argv[3] != "function":
        items[2] = "ALTER TABLE a ADD y INT"
    execute(ready, [up("0001_a", *items)], applied=(), report=hear)
"""


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_kill_between_statements_is_known_to_the_statement(
    url: str, number: int
) -> None:
    with program(DYING, url, str(number)) as dying:
        assert dying.wait(60) == -signal.SIGKILL
    added = "ALTER TABLE a ADD y INT"
    script = up("0001_a", MADE, FILLED, added, LATER)
    error = failed(url, script)
    assert f"statement {number + 1} was not begun" in error.message
    left = [MADE, FILLED, added, LATER][number:]
    assert run(url, script, resumed=Resumed()) == left
    assert rows(url, "SELECT x FROM a") == [(1,)]
    assert names(url) == ("0001_a",)


def test_a_kill_after_the_last_statement_leaves_only_the_record(url: str) -> None:
    with program(DYING, url, "4") as dying:
        assert dying.wait(60) == -signal.SIGKILL
    script = up("0001_a", MADE, FILLED, "ALTER TABLE a ADD y INT", LATER)
    error = failed(url, script)
    assert "all its 4 statements are done, but it is not recorded" in error.message
    assert run(url, script, resumed=Resumed()) == []
    assert names(url) == ("0001_a",)


def test_a_kill_in_a_function_undoes_it(url: str) -> None:
    with program(DYING, url, "function") as dying:
        assert told(dying) == "there"
        assert dying.wait(60) == -signal.SIGKILL
    assert rows(url, "SELECT x FROM a") == [(1,)]
    assert noted(url)[-1] == (2, 0, "done")


def test_a_statement_whose_end_nobody_noted_is_asked_about(url: str) -> None:
    """The connection goes in the middle of a statement."""
    slow = "CREATE TABLE b AS SELECT SLEEP(20) AS x"
    script = up("0001_a", MADE, slow)
    with opened(url) as ready:
        [[number]] = ready.rows("SELECT CONNECTION_ID()")
        from threading import Timer

        timer = Timer(0.5, rows, [url, f"KILL {number}"])
        timer.start()
        with pytest.raises(RunError) as caught:
            execute(ready, [script], applied=())
        timer.join()
    assert "statement 1 of 2 is done, statement 2 was begun" in caught.value.message
    assert noted(url)[-1] == (2, 0, "begun")
    error = failed(url, script, resumed=Resumed())
    assert isinstance(error, UnfinishedError)
    assert f"nobody noted its end: {slow}" in error.message
    assert "migrate resume --undone" in str(error.hint)
    assert run(url, script, resumed=Resumed(Verdict.DONE)) == []
    assert names(url) == ("0001_a",)


MIGRATOR = """
import sys
sys.path.insert(0, sys.argv[1])
from mm_engine.runner.execute import execute
from mysql_runs import opened, up
scripts = [up(f"{n:04}_x", f"CREATE TABLE t{n} (x INT)", f"INSERT INTO t{n} VALUES (1)")
           for n in range(6)]
while line := sys.stdin.readline():
    with opened(line.strip(), lock_timeout=30) as ready:
        # Both begin at once, however long it took to connect.
        print("ready", flush=True)
        sys.stdin.readline()
        results = execute(ready, scripts, applied=())
    print(sum(not result.is_skipped for result in results), flush=True)
"""


def test_two_processes_run_each_statement_once_in_twenty_rounds(
    mariadb_server: str,
) -> None:
    from mariadb import database
    from programs import ask

    shares: list[int] = []
    with program(MIGRATOR) as one, program(MIGRATOR) as other:
        while len(shares) < 20 or (len(shares) < 100 and not _is_shared(shares)):
            with database(mariadb_server) as made:
                for process in (one, other):
                    ask(process, made)
                assert [told(process) for process in (one, other)] == ["ready"] * 2
                for process in (one, other):
                    ask(process, "go")
                ran = [int(told(process)) for process in (one, other)]
                assert sum(ran) == 6
                assert len(names(made)) == 6
                assert noted(made) == []
                for number in range(6):
                    assert rows(made, f"SELECT x FROM t{number}") == [(1,)]
            shares.append(ran[0])
    assert _is_shared(shares)


def _is_shared(shares: list[int]) -> bool:
    """Whether both ran some of it; a round of which one did all proves nothing."""
    return any(0 < share < 6 for share in shares)


def test_a_killed_migrator_frees_the_lock_with_its_connection(url: str) -> None:
    import time

    code = DYING.replace(
        "os.kill(os.getpid(), signal.SIGKILL)", "import time; time.sleep(60)"
    )
    with program(code, url, "function") as dying:
        assert told(dying) == "there"
        os.kill(dying.pid, signal.SIGKILL)
        began = time.monotonic()
        error = failed(url, up("0002_b", LATER))
        assert time.monotonic() - began < 2
    assert isinstance(error, UnfinishedError)
