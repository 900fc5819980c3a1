"""How each migration stands: what the files and the history say together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum

import attrs

from mm_engine.errors import HistoryError, Problem
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
    UNFINISHED = "unfinished"


@attrs.frozen
class MigrationState:
    """A migration's name, its state, and its row of history if it has one."""

    name: str
    state: State
    record: Record | None = attrs.field(default=None, repr=False)


def states(
    graph: MigrationGraph, history: History, *, unfinished: str | None = None
) -> tuple[MigrationState, ...]:
    """Every migration in the order of the graph, then those without a file.

    The one that is ``unfinished`` is neither pending nor applied.
    Of a squash that is partly applied come the parts first that are.
    """
    graph = graph.for_history(history.names)
    told = graph.replacing.told(history.names)
    records = _records(graph, history, frozenset(told))
    squash_of = graph.replacing.by_original
    parts: dict[str, list[str]] = {}
    for name in told:
        if name in squash_of:
            parts.setdefault(squash_of[name], []).append(name)
    files = {**graph.replacing.kept, **graph.by_name}
    found: list[MigrationState] = []
    for migration in graph.order():
        found += [
            MigrationState(name, _state(files, records.get(name, [])))
            for name in (*parts.get(migration.name, ()), migration.name)
        ]
    known = {*graph.by_name, *squash_of}
    found += [MigrationState(n, State.MISSING) for n in told if n not in known]
    found = [
        attrs.evolve(one, state=State.UNFINISHED) if one.name == unfinished else one
        for one in found
    ]
    by_name = {record.name: record for record in history.records}
    return tuple(attrs.evolve(s, record=by_name.get(s.name)) for s in found)


def _records(
    graph: MigrationGraph, history: History, told: Collection[str]
) -> dict[str, list[Record]]:
    """The rows of each migration; a squash may have those of all that it replaces."""
    found: dict[str, list[Record]] = {}
    for record in history.records:
        squash = graph.replacing.by_original.get(record.name, record.name)
        name = squash if squash in told else record.name
        found.setdefault(name, []).append(record)
    return found


def _state(files: Mapping[str, Migration], rows: Sequence[Record]) -> State:
    if not rows:
        return State.PENDING
    for row in rows:
        file = files.get(row.name)
        if file and row.digest is not None and not is_unchanged(file, row.digest):
            return State.CHANGED
    return State.FAKED if all(row.is_faked for row in rows) else State.APPLIED


def partly_applied(graph: MigrationGraph, history: History) -> tuple[Problem, ...]:
    """What there is to say about squashes of which only a part is applied.

    Those that nothing can be done about without their files come as they stop ``up``.
    """
    replacing = graph.replacing
    partly = replacing.partly(history.names)
    if graph.for_history(history.names) is graph:
        errors = [replacing.partly_error(one, history.names) for one in partly]
        return tuple(problem for error in errors for problem in error.problems)
    return tuple(
        Problem(
            f'only a part of "{squash.name}" is applied',
            at=squash.at,
            hint='"migrate up" applies the rest of what it replaces, and it counts as'
            " applied then",
        )
        for squash in partly
    )


def refuse_changed(graph: MigrationGraph, history: History) -> None:
    """Raise ``HistoryError`` if a migration was edited after it was applied."""
    changed = [
        found.name for found in states(graph, history) if found.state is State.CHANGED
    ]
    if changed:
        files = {**graph.replacing.kept, **graph.by_name}
        raise HistoryError(
            f"changed after being applied to this database: {', '.join(changed)}",
            at=files[changed[0]].at,
            hint="put the file back as it was and write the change as a new migration;"
            f' or, if the database has it already, "migrate fake {changed[0]}"',
        )
