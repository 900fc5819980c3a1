"""The history of a live SQLite file, ours or the original's."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import ConfigError, HistoryError, LockError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.execute import execute
from mm_engine.runner.history import TABLE, History, Record, read_history
from mm_engine.runner.states import State, refuse_changed, states
from runs import add, chain, create, down, migration, opened, up, url_of, values

pytestmark = pytest.mark.database("sqlite")

ORIGINAL = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    applied_at TEXT DEFAULT CURRENT_TIMESTAMP
)
"""
"""The table as the original makes it on SQLite."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file that is not there yet."""
    return tmp_path / "app.db"


@pytest.fixture
def original(path: Path) -> Path:
    """A database with two migrations that the original applied."""
    insert(path, ORIGINAL, "0002_b", "0001_a")
    return path


def insert(path: Path, first: str, *names: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(first)
        for name in names:
            connection.execute(f"INSERT INTO {TABLE} (name) VALUES (?)", (name,))


def graph() -> MigrationGraph:
    return chain(
        migration("0001_a", create("a")),
        migration("0002_b", add("a", "b")),
        migration("0003_c", add("a", "c")),
    )


def read(path: Path) -> History:
    return read_history(url_of(path), root=path.parent)


def told(path: Path, graph: MigrationGraph) -> list[tuple[str, str]]:
    return [(found.name, found.state.value) for found in states(graph, read(path))]


def test_a_file_that_is_not_there_has_no_history_and_is_not_made(path: Path) -> None:
    assert read(path) == History()
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error(path: Path) -> None:
    missing = path.parent / "gone" / "app.db"
    with pytest.raises(ConfigError, match="no folder"):
        read(missing)


def test_reading_leaves_a_database_as_it_is(path: Path) -> None:
    insert(path, "CREATE TABLE posts (id)")
    before = path.read_bytes()
    assert read(path) == History()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["app.db"]


def test_the_originals_rows_are_read_in_the_order_it_wrote_them(original: Path) -> None:
    first, second = read(original).records
    assert (first.name, second.name) == ("0002_b", "0001_a")
    assert first.applied_at is not None
    assert first == Record(name="0002_b", applied_at=first.applied_at)


def test_reading_gives_the_originals_table_no_columns(original: Path) -> None:
    before = original.read_bytes()
    read(original)
    assert original.read_bytes() == before


def test_a_row_without_a_digest_is_plainly_applied(path: Path) -> None:
    insert(path, ORIGINAL, "0001_a", "0002_b")
    assert told(path, graph()) == [
        ("0001_a", "applied"),
        ("0002_b", "applied"),
        ("0003_c", "pending"),
    ]


def test_the_first_write_adds_our_columns_and_keeps_the_rows(path: Path) -> None:
    insert(path, ORIGINAL, "0001_a", "0002_b")
    with opened(path) as ready:
        execute(ready, [up("0003_c")], applied=("0001_a", "0002_b"))
    records = read(path).records
    assert [record.name for record in records] == ["0001_a", "0002_b", "0003_c"]
    assert [record.sequence for record in records] == [None, None, 3]


def test_the_original_can_still_write_beside_us(path: Path) -> None:
    with opened(path) as ready:
        execute(ready, [up("0001_a")], applied=())
    insert(path, ORIGINAL, "0002_b")
    with opened(path) as ready:
        execute(ready, [up("0003_c")], applied=("0001_a", "0002_b"))
    assert read(path).names == ("0001_a", "0002_b", "0003_c")


def test_our_own_order_is_the_sequence(path: Path) -> None:
    with opened(path) as ready:
        execute(ready, [up("0002_b"), up("0001_a")], applied=())
        execute(ready, [down("0001_a")], applied=("0002_b", "0001_a"))
        execute(ready, [up("0000_x"), up("0001_a")], applied=("0002_b",))
    assert read(path).names == ("0002_b", "0000_x", "0001_a")


def test_a_failed_first_write_leaves_the_originals_table_alone(path: Path) -> None:
    insert(path, ORIGINAL, "0001_a")
    before = values(path, f"SELECT sql FROM sqlite_schema WHERE name = '{TABLE}'")
    with opened(path) as ready, pytest.raises(mm_error()):
        execute(ready, [up("0002_b", "nonsense")], applied=("0001_a",))
    after = values(path, f"SELECT sql FROM sqlite_schema WHERE name = '{TABLE}'")
    assert after == before


def mm_error() -> type[Exception]:
    from mm_engine.errors import RunError

    return RunError


def test_a_table_of_that_name_that_is_none_of_ours_is_an_error(path: Path) -> None:
    insert(path, f"CREATE TABLE {TABLE} (x)")
    with pytest.raises(HistoryError, match="none of ours"):
        read(path)


def test_states_tell_changed_faked_missing_and_pending(path: Path) -> None:
    known = graph()
    rows = [
        Record(name="0001_a", digest="1:" + "0" * 64, sequence=1),
        Record(
            name="0002_b",
            digest=known.by_name["0002_b"].digest,
            sequence=2,
            kind="faked",
        ),
        Record(name="0009_gone", sequence=3),
    ]
    found = states(known, History(rows))
    assert [(state.name, state.state) for state in found] == [
        ("0001_a", State.CHANGED),
        ("0002_b", State.FAKED),
        ("0003_c", State.PENDING),
        ("0009_gone", State.MISSING),
    ]
    assert found[3].record == rows[2]
    del path


def test_a_changed_migration_is_refused_with_what_to_do() -> None:
    rows = [Record(name="0001_a", digest="1:" + "0" * 64)]
    with pytest.raises(HistoryError, match="changed after being applied") as caught:
        refuse_changed(graph(), History(rows))
    assert '"migrate fake 0001_a"' in str(caught.value.hint)
    refuse_changed(graph(), History([attrs.evolve(rows[0], digest=None)]))


def test_a_squash_stands_as_what_it_replaces() -> None:
    squash = mm.Migration(
        name="0002_squash",
        dependencies=[],
        replaces=["0001_a", "0002_b"],
        operations=[create("a", "b")],
    )
    squashed = MigrationGraph.of([squash])
    rows = [Record(name="0001_a", kind="faked"), Record(name="0002_b")]
    [state] = states(squashed, History(rows))
    assert state.state is State.APPLIED
    assert states(squashed, History())[0].state is State.PENDING


def test_looking_does_not_wait_for_a_writer(path: Path) -> None:
    with opened(path) as ready:
        execute(ready, [up("0001_a")], applied=())
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert read(path).names == ("0001_a",)
        writer.execute("COMMIT")
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        assert read(path).names == ("0001_a",)


def test_a_file_that_nobody_else_may_read_now_is_said_to_be_busy(path: Path) -> None:
    insert(path, ORIGINAL)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockError, match="being written to right now"):
            read(path)


def test_a_read_only_file_can_be_looked_at(original: Path) -> None:
    original.chmod(stat.S_IREAD)
    assert len(read(original).names) == 2
