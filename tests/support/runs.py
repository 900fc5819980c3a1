"""Small migrations, and scripts made by hand, for tests of what runs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import mm_engine as mm
from mm_engine.dialects.statements import Item, Statement
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.operations import Operation
from mm_engine.runner.connect import connected
from mm_engine.runner.history import History
from mm_engine.runner.plan import Direction
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url

BEGIN = "BEGIN IMMEDIATE"


def create(table: str, *fields: str) -> mm.CreateTable:
    """A table with an integer key and some text fields."""
    return mm.CreateTable(
        table,
        fields=[
            mm.Field("id", mm.Integer(), nullable=False),
            *(mm.Field(name, mm.Text()) for name in fields),
        ],
        primary_key=mm.PrimaryKey(["id"], name=f"{table}_pkey"),
    )


def add(table: str, field: str) -> mm.AddField:
    """One more text field."""
    return mm.AddField(table, mm.Field(field, mm.Text()))


def migration(
    name: str, *operations: Operation, after: Sequence[str] = ()
) -> mm.Migration:
    """A migration, after others."""
    return mm.Migration(name=name, dependencies=after, operations=operations)


def chain(*migrations: mm.Migration) -> MigrationGraph:
    """A graph of migrations, each after the one before it."""
    linked: list[mm.Migration] = []
    for one in migrations:
        parents = [linked[-1].name] if linked else []
        linked.append(
            mm.Migration(name=one.name, dependencies=parents, operations=one.operations)
        )
    return MigrationGraph.of(linked)


def up(name: str, *items: Item | str, prologue: Iterable[str] = ()) -> Script:
    """A script as a dialect would make it; a text is a statement of operation 1."""
    return Script(
        migration=migration(name, mm.RunSQL("")),
        direction=Direction.UP,
        prologue=[Statement(sql) for sql in prologue],
        begin=BEGIN,
        body=[
            Statement(item, operations=(1, 1)) if isinstance(item, str) else item
            for item in items
        ],
    )


def down(name: str, *items: Item | str) -> Script:
    """The same, taking the migration back."""
    made = up(name, *items)
    return Script(
        migration=made.migration,
        direction=Direction.DOWN,
        records=[name],
        begin=made.begin,
        body=made.body,
    )


def url_of(path: Path) -> Url:
    """The URL of a file."""
    return Url.of(f"sqlite:///{path}")


@contextmanager
def opened(path: Path, *, lock_timeout: float = 5) -> Iterator[Session]:
    """A session on a file."""
    with (
        connected(url_of(path), root=path.parent) as connection,
        session(connection, lock_timeout=lock_timeout) as ready,
    ):
        yield ready


def history_of(path: Path) -> tuple[str, ...]:
    """The names that a file says are applied."""
    with opened(path) as ready:
        return History.read(ready.connection).names


def values(path: Path, query: str) -> list[object]:
    """The first value of each row."""
    with opened(path) as ready:
        return [row[0] for row in ready.rows(query)]
