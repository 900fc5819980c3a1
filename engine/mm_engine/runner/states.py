"""How each migration stands: what the files and the history say together."""

from __future__ import annotations

from enum import Enum

import attrs

from mm_engine.errors import HistoryError
from mm_engine.migrations.digest import is_unchanged
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.runner.history import History, Record


class State(Enum):
    """How one migration stands; the values are words of the command line."""

    APPLIED = "applied"
    PENDING = "pending"
    FAKED = "faked"
    CHANGED = "changed"
    MISSING = "missing"


@attrs.frozen
class MigrationState:
    """A migration's name, its state, and its row of history if it has one."""

    name: str
    state: State
    record: Record | None = attrs.field(default=None, repr=False)


def states(graph: MigrationGraph, history: History) -> tuple[MigrationState, ...]:
    """Every migration in the order of the graph, then those without a file."""
    counted = graph.counted(history.names)
    records = _records(graph, history)
    found = [
        MigrationState(migration.name, _state(graph, migration, records))
        for migration in graph.order()
    ]
    gone = [name for name in counted if name not in graph.by_name]
    found += [MigrationState(name, State.MISSING) for name in gone]
    by_name = {record.name: record for record in history.records}
    return tuple(attrs.evolve(s, record=by_name.get(s.name)) for s in found)


def _records(graph: MigrationGraph, history: History) -> dict[str, list[Record]]:
    """The rows of each migration; a squash may have those of all that it replaces."""
    found: dict[str, list[Record]] = {}
    for record in history.records:
        name = graph.replacing.by_original.get(record.name, record.name)
        found.setdefault(name, []).append(record)
    return found


def _state(
    graph: MigrationGraph, migration: Migration, records: dict[str, list[Record]]
) -> State:
    rows = records.get(migration.name, [])
    if not rows:
        return State.PENDING
    files = {**graph.replacing.kept, migration.name: migration}
    for row in rows:
        file = files.get(row.name)
        if file and row.digest is not None and not is_unchanged(file, row.digest):
            return State.CHANGED
    return State.FAKED if all(row.is_faked for row in rows) else State.APPLIED


def refuse_changed(graph: MigrationGraph, history: History) -> None:
    """Raise ``HistoryError`` if a migration was edited after it was applied."""
    changed = [
        found.name for found in states(graph, history) if found.state is State.CHANGED
    ]
    if changed:
        raise HistoryError(
            f"changed after being applied to this database: {', '.join(changed)}",
            at=graph.by_name[changed[0]].at,
            hint="put the file back as it was and write the change as a new migration;"
            f' or, if the database has it already, "migrate fake {changed[0]}"',
        )
