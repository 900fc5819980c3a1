"""Migrations recorded without being run, on a live SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from mm_engine.errors import GraphError, HistoryError, RunError, UsageError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.connect import connected
from mm_engine.runner.execute import execute
from mm_engine.runner.fake import fake, unfake
from mm_engine.runner.history import History
from mm_engine.runner.session import Session, session
from mm_engine.runner.states import State, states
from mm_engine.runner.url import Url
from runs import BEGIN, add, chain, create, migration, opened, up, values

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Session]:
    """A session on a database that has the first table already."""
    with opened(tmp_path / "app.db") as opening:
        opening.run("CREATE TABLE a (x)")
        yield opening


def graph() -> MigrationGraph:
    return chain(
        migration("0001_a", create("a")),
        migration("0002_b", add("a", "b")),
        migration("0003_c", create("c")),
    )


def names(ready: Session) -> tuple[str, ...]:
    return History.read(ready.connection).names


def test_a_faked_migration_is_recorded_as_such(ready: Session) -> None:
    assert fake(ready, graph(), ["0001"], begin=BEGIN) == ("0001_a",)
    [record] = History.read(ready.connection).records
    assert (record.name, record.kind, record.sequence) == ("0001_a", "faked", 1)
    assert record.digest == graph().by_name["0001_a"].digest


def test_what_it_depends_on_is_demanded(ready: Session) -> None:
    with pytest.raises(HistoryError) as caught:
        fake(ready, graph(), ["0003_c"], begin=BEGIN)
    assert "0003_c depends on 0001_a, 0002_b" in caught.value.message
    assert '"migrate fake 0001_a 0002_b 0003_c"' in str(caught.value.hint)
    assert names(ready) == ()


def test_several_are_recorded_in_the_order_of_the_graph(ready: Session) -> None:
    assert fake(ready, graph(), ["0002_b", "0001_a"], begin=BEGIN) == (
        "0001_a",
        "0002_b",
    )


def test_tables_that_are_not_there_cannot_be_faked(ready: Session) -> None:
    with pytest.raises(HistoryError, match="the database has no table c"):
        fake(ready, graph(), begin=BEGIN)
    assert names(ready) == ()
    assert len(fake(ready, graph(), begin=BEGIN, is_blind=True)) == 3


def test_all_that_is_pending_is_faked_at_once(ready: Session) -> None:
    ready.run("CREATE TABLE c (x)")
    execute(ready, [up("0001_a")], applied=())
    assert fake(ready, graph(), begin=BEGIN) == ("0002_b", "0003_c")
    assert names(ready) == ("0001_a", "0002_b", "0003_c")


def test_faking_twice_is_harmless(ready: Session) -> None:
    fake(ready, graph(), ["0001_a"], begin=BEGIN)
    assert fake(ready, graph(), ["0001_a"], begin=BEGIN) == ()


def test_an_unknown_name_is_an_error(ready: Session) -> None:
    with pytest.raises(GraphError):
        fake(ready, graph(), ["0007"], begin=BEGIN)


def test_faking_what_was_changed_records_it_as_it_is(ready: Session) -> None:
    fake(ready, graph(), ["0001_a", "0002_b"], begin=BEGIN)
    edited = [
        attrs.evolve(m, operations=[*m.operations, add("a", "z")])
        if m.name == "0001_a"
        else m
        for m in graph().order()
    ]
    changed = MigrationGraph.of(edited)
    assert states(changed, History.read(ready.connection))[0].state is State.CHANGED
    assert fake(ready, changed, ["0001_a"], begin=BEGIN) == ("0001_a",)
    assert states(changed, History.read(ready.connection))[0].state is State.FAKED
    assert names(ready) == ("0001_a", "0002_b")


def test_a_read_only_database_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    values(path, "CREATE TABLE a (x)")
    url = Url.of(f"sqlite:///{path}?mode=ro")
    with (
        connected(url, root=tmp_path) as connection,
        session(connection) as ready,
        pytest.raises(RunError, match=r"^faking failed: .* readonly database"),
    ):
        fake(ready, graph(), ["0001_a"], begin=BEGIN)


def test_what_was_faked_can_be_taken_back(ready: Session) -> None:
    fake(ready, graph(), ["0001_a", "0002_b"], begin=BEGIN)
    assert unfake(ready, graph(), ["0001", "0002"], begin=BEGIN) == ("0002_b", "0001_a")
    assert names(ready) == ()


def test_what_others_depend_on_stays(ready: Session) -> None:
    fake(ready, graph(), ["0001_a", "0002_b"], begin=BEGIN)
    with pytest.raises(HistoryError, match="0002_b depends on 0001_a"):
        unfake(ready, graph(), ["0001_a"], begin=BEGIN)
    assert names(ready) == ("0001_a", "0002_b")


def test_what_was_run_cannot_be_unfaked(ready: Session) -> None:
    execute(ready, [up("0001_a")], applied=())
    with pytest.raises(HistoryError, match="was run, not faked"):
        unfake(ready, graph(), ["0001_a"], begin=BEGIN)
    with pytest.raises(UsageError, match="not applied"):
        unfake(ready, graph(), ["0002_b"], begin=BEGIN)
