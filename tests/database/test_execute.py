"""Scripts on a live SQLite file: all of a migration, or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.dialects.statements import (
    Expect,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
)
from mm_engine.errors import HistoryError, RunError
from mm_engine.model.schema import Schema
from mm_engine.runner.events import Event, StatementRun, StepFinished, StepStarted
from mm_engine.runner.execute import execute
from mm_engine.runner.history import History
from mm_engine.runner.plan import Direction
from mm_engine.runner.script import Script
from runs import add, create, down, history_of, migration, opened, up, values

pytestmark = pytest.mark.database("sqlite")

TABLES = "SELECT name FROM sqlite_schema WHERE name NOT LIKE '%history%'"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file that is not there yet."""
    return tmp_path / "app.db"


def run(path: Path, *scripts: Script, applied: tuple[str, ...] = ()) -> list[Event]:
    events: list[Event] = []
    with opened(path) as ready:
        execute(ready, scripts, applied=applied, report=events.append)
    return events


def failure(path: Path, *scripts: Script) -> RunError:
    with pytest.raises(RunError) as caught:
        run(path, *scripts)
    return caught.value


def test_a_script_runs_and_is_recorded(path: Path) -> None:
    run(path, up("0001_a", "CREATE TABLE a (x)"), up("0002_b", "CREATE TABLE b (x)"))
    assert values(path, TABLES) == ["a", "b"]
    with opened(path) as ready:
        first, second = History.read(ready.connection).records
    assert (first.name, first.sequence, first.kind) == ("0001_a", 1, "applied")
    assert (second.name, second.sequence) == ("0002_b", 2)
    assert first.digest is not None
    assert first.digest.startswith("1:")
    assert first.applied_at is not None
    assert first.duration_ms is not None
    assert first.tool_version


def test_undoing_takes_the_row_out(path: Path) -> None:
    run(path, up("0001_a", "CREATE TABLE a (x)"))
    run(path, down("0001_a", "DROP TABLE a"), applied=("0001_a",))
    assert values(path, TABLES) == []
    assert history_of(path) == ()


def test_an_empty_script_is_recorded_too(path: Path) -> None:
    run(path, up("0001_a"))
    assert history_of(path) == ("0001_a",)


def test_events_tell_what_happens(path: Path) -> None:
    events = run(path, up("0001_a", "CREATE TABLE a (x)", "CREATE TABLE b (x)"))
    assert events[0] == StepStarted("0001_a", Direction.UP)
    assert [type(event) for event in events[1:3]] == [StatementRun, StatementRun]
    last = events[2]
    assert isinstance(last, StatementRun)
    assert (last.number, last.total) == (2, 2)
    assert isinstance(events[3], StepFinished)


def test_a_wrong_statement_in_the_middle_leaves_nothing(path: Path) -> None:
    made = Script(
        migration=migration("0003_x", create("c"), add("posts", "title")),
        direction=Direction.UP,
        begin="BEGIN IMMEDIATE",
        body=[
            Statement("CREATE TABLE c (x)", operations=(1, 1)),
            Statement("ALTER TABLE posts ADD COLUMN title", operations=(2, 2)),
            Statement("CREATE TABLE d (x)", operations=(2, 2)),
        ],
    )
    one = up("0001_a", "CREATE TABLE a (x)")
    two = up("0002_b", "CREATE TABLE b (x)")
    error = failure(path, one, two, made)
    assert error.message == (
        "0003_x: statement 2 of 3 (operation 2: add posts.title) failed:"
        " no such table: posts; nothing of this migration was done,"
        " 2 migrations before it stay applied"
    )
    assert '"migrate showsql 0003_x"' in str(error.hint)
    assert values(path, TABLES) == ["a", "b"]
    assert history_of(path) == ("0001_a", "0002_b")


def test_the_first_failure_leaves_not_even_a_history(path: Path) -> None:
    error = failure(path, up("0001_a", "CREATE TABLE a (x)", "nonsense"))
    assert "nothing of this migration was done" in error.message
    assert "before it" not in error.message
    assert values(path, "SELECT count(*) FROM sqlite_schema") == [0]


def test_a_failure_on_the_way_down_says_so(path: Path) -> None:
    run(path, up("0001_a"))
    with pytest.raises(RunError, match=r"^0001_a \(down\): statement 1 of 1"):
        run(path, down("0001_a", "nonsense"), applied=("0001_a",))
    assert history_of(path) == ("0001_a",)


@pytest.mark.parametrize(
    "text", ["100 %", "%s %(x)s %%", ":x", "a ? b", "::text", "$1"]
)
def test_every_sign_of_a_literal_means_itself(path: Path, text: str) -> None:
    run(path, up("0001_a", f"CREATE TABLE a AS SELECT '{text}' AS x"))
    assert values(path, "SELECT x FROM a") == [text]


def test_two_statements_in_one_are_a_failure(path: Path) -> None:
    failure(path, up("0001_a", "CREATE TABLE a (x); CREATE TABLE b (x)"))
    assert values(path, TABLES) == []


def test_an_expectation_that_is_not_met_stops_the_migration(path: Path) -> None:
    expected = Expect(
        "SELECT name FROM sqlite_schema",
        rows=(),
        message="there are tables nobody knows",
        hint="drop them",
        operations=(1, 1),
    )
    error = failure(path, up("0001_a", "CREATE TABLE a (x)", expected))
    assert "there are tables nobody knows (found a);" in error.message
    assert error.hint == "drop them"
    assert values(path, TABLES) == []
    run(path, up("0001_a", expected, "CREATE TABLE a (x)"))


def test_what_was_remembered_is_run_again(path: Path) -> None:
    run(
        path,
        up(
            "0001_a",
            "CREATE TABLE a (x)",
            "CREATE INDEX i ON a (x)",
            Remember("indexes", "SELECT sql FROM sqlite_schema WHERE type = 'index'"),
            "DROP TABLE a",
            "CREATE TABLE a (x, y)",
            Recall("indexes"),
        ),
    )
    assert values(path, TABLES) == ["a", "i"]


def test_a_condition_decides_about_its_items(path: Path) -> None:
    there = "SELECT 1 FROM sqlite_schema WHERE name = 'a'"
    drop = When(there, items=(Statement("DROP TABLE a"),))
    run(path, up("0001_a", drop, "CREATE TABLE a (x)"), up("0002_b", drop))
    assert values(path, TABLES) == []


def test_statements_inside_of_conditions_are_counted(path: Path) -> None:
    never = When("SELECT 1 WHERE 0", items=(Statement("a"), Statement("b")))
    error = failure(path, up("0001_a", never, "nonsense"))
    assert "statement 4 of 4" in error.message


def test_the_epilogue_runs_whatever_happened(path: Path) -> None:
    script = Script(
        migration=migration("0001_a"),
        direction=Direction.UP,
        prologue=[Statement("PRAGMA foreign_keys=OFF")],
        begin="BEGIN IMMEDIATE",
        body=[Statement("nonsense")],
        epilogue=[Statement("PRAGMA foreign_keys=ON")],
    )
    with opened(path) as ready:
        with pytest.raises(RunError):
            execute(ready, [script], applied=())
        assert ready.rows("PRAGMA foreign_keys") == ((1,),)
        assert not ready.is_in_transaction()


def test_foreign_keys_are_enforced_and_looked_at_before_committing(path: Path) -> None:
    key = "REFERENCES a (x) DEFERRABLE INITIALLY DEFERRED"
    script = up(
        "0001_a",
        "CREATE TABLE a (x PRIMARY KEY)",
        f"CREATE TABLE b (x {key})",
        "INSERT INTO b VALUES (1)",
    )
    error = failure(path, script)
    assert "FOREIGN KEY constraint failed" in error.message
    assert values(path, TABLES) == []


def fill(connection: sa.Connection, schema: Schema) -> None:
    """Use a savepoint, bound parameters, and what the schema says."""
    with connection.begin_nested():
        connection.execute(
            sa.text("INSERT INTO a VALUES (:x)"), {"x": ",".join(schema.tables)}
        )


def test_a_function_gets_the_connection_and_the_schema(path: Path) -> None:
    call = PythonCall(fill, create("posts").apply(Schema()))
    run(path, up("0001_a", "CREATE TABLE a (x)", call))
    assert values(path, "SELECT x FROM a") == ["posts"]


def divide(connection: sa.Connection, schema: Schema) -> None:
    """Fail in the user's own way."""
    del connection, schema
    raise ZeroDivisionError("of my own")


def test_a_function_that_raises_is_told_with_its_line(path: Path) -> None:
    script = up("0001_a", "CREATE TABLE a (x)", PythonCall(divide, Schema()))
    error = failure(path, script)
    assert "ZeroDivisionError: of my own; nothing of this" in error.message
    assert error.at is not None
    assert error.at.file == __file__
    assert error.at.line == divide.__code__.co_firstlineno + 3
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert values(path, TABLES) == []


def test_a_function_that_fails_on_sql_shows_no_parameters(path: Path) -> None:
    def insert(connection: sa.Connection, schema: Schema) -> None:
        del schema
        connection.execute(sa.text("INSERT INTO b VALUES (:x)"), {"x": "secret"})

    error = failure(path, up("0001_a", PythonCall(insert, Schema())))
    assert "OperationalError: no such table: b; nothing" in error.message
    assert "secret" not in str(error)


@pytest.mark.parametrize("way", ["commit", "rollback", "begin_nested"])
def test_a_function_that_ends_the_transaction_is_found_out(
    path: Path, way: str
) -> None:
    def meddle(connection: sa.Connection, schema: Schema) -> None:
        del schema
        getattr(connection, way)()

    error = failure(
        path,
        up("0001_a", "CREATE TABLE a (x)", PythonCall(meddle, Schema())),
    )
    assert "meddle ended the transaction" in error.message
    assert "begin_nested" in str(error.hint)
    assert history_of(path) == ()


class Interruption(BaseException):
    """What no ``except Exception`` catches, as Ctrl-C."""


def test_an_interruption_rolls_back_and_goes_on_up(path: Path) -> None:
    def interrupt(connection: sa.Connection, schema: Schema) -> None:
        del connection, schema
        raise Interruption

    with opened(path) as ready:
        script = up("0001_a", "CREATE TABLE a (x)", PythonCall(interrupt, Schema()))
        with pytest.raises(Interruption):
            execute(ready, [script], applied=())
        assert not ready.is_in_transaction()
    assert values(path, "SELECT count(*) FROM sqlite_schema") == [0]


def test_a_listener_that_raises_stops_the_run_cleanly(path: Path) -> None:
    def broken_pipe(event: Event) -> None:
        if isinstance(event, StatementRun):
            raise BrokenPipeError

    with opened(path) as ready, pytest.raises(BrokenPipeError):
        execute(
            ready, [up("0001_a", "CREATE TABLE a (x)")], applied=(), report=broken_pipe
        )
    assert values(path, TABLES) == []


def test_a_full_disk_leaves_the_database_as_it_was(path: Path) -> None:
    run(path, up("0001_a", "CREATE TABLE a (x)"))
    blob = up("0002_b", "CREATE TABLE b (x)", "INSERT INTO b VALUES (zeroblob(900000))")
    with opened(path) as ready:
        ready.run("PRAGMA max_page_count = 20")
        with pytest.raises(RunError, match="database or disk is full") as caught:
            execute(ready, [blob], applied=("0001_a",))
    assert "make room" in str(caught.value.hint)
    assert values(path, TABLES) == ["a"]
    assert history_of(path) == ("0001_a",)


def test_what_must_stand_alone_runs_outside_of_a_transaction(path: Path) -> None:
    script = Script(
        migration=migration("0001_a"),
        direction=Direction.UP,
        begin="BEGIN IMMEDIATE",
        is_atomic=False,
        body=[Statement("VACUUM", transactional=False)],
    )
    run(path, script)
    assert history_of(path) == ("0001_a",)


def test_what_was_planned_from_another_history_is_refused(path: Path) -> None:
    run(path, up("0001_a"))
    with pytest.raises(HistoryError, match="somebody else migrated"):
        run(path, up("0002_b"), applied=())
    with pytest.raises(HistoryError, match="somebody else migrated"):
        run(path, up("0003_c"), applied=("0001_a", "0002_b"))
    assert history_of(path) == ("0001_a",)


def test_what_another_did_of_the_same_plan_is_skipped(path: Path) -> None:
    run(path, up("0001_a", "CREATE TABLE a (x)"))
    with opened(path) as ready:
        results = execute(
            ready,
            [up("0001_a", "CREATE TABLE a (x)"), up("0002_b", "CREATE TABLE b (x)")],
            applied=(),
        )
    assert [result.is_skipped for result in results] == [True, False]
    assert history_of(path) == ("0001_a", "0002_b")


def test_digests_of_equal_operations_are_equal(path: Path) -> None:
    run(path, up("0001_a"), up("0002_b"))
    assert len(set(values(path, "SELECT digest FROM makemigrations_history"))) == 1
    assert mm.RunSQL("") == mm.RunSQL("")
