"""Migrations recorded without being run, for a database that has them already."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mm_engine.errors import HistoryError, UsageError
from mm_engine.migrations.digest import is_unchanged
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner import history
from mm_engine.runner.failures import explained
from mm_engine.runner.guards import tables_of
from mm_engine.runner.history import History, Record
from mm_engine.runner.session import Session
from mm_engine.runner.transactions import transaction


def fake(
    session: Session,
    graph: MigrationGraph,
    names: Sequence[str] | None = None,
    *,
    begin: str,
    is_blind: bool = False,
) -> tuple[str, ...]:
    """Record migrations, or all that are pending, as faked; gives those it recorded.

    What they depend on must be applied, faked, or among them; and unless ``is_blind``
    the tables that they make must be there. One that was changed after being applied
    is recorded as it is now. ``begin`` is the dialect's.
    """
    with explained(session.connection, "faking"), transaction(session, begin):
        known = History.read(session.connection)
        graph = graph.for_history(known.names)
        applied = graph.counted(known.names)
        wanted = None if names is None else [graph.resolve(name) for name in names]
        chosen = [
            migration.name
            for migration in graph.order()
            if migration.name not in applied
            and (wanted is None or migration.name in wanted)
        ]
        changed = _changed(graph, known, wanted or ())
        _check_parents(graph, {*applied, *chosen}, chosen)
        if not is_blind:
            _check_tables(session, graph, known.names, chosen)
        _write(session, graph, known, chosen, changed)
    return (*changed, *chosen)


def unfake(
    session: Session, graph: MigrationGraph, names: Sequence[str], *, begin: str
) -> tuple[str, ...]:
    """Take faked rows out again; gives those it took, the last applied first.

    Raises ``HistoryError`` for a migration that was really run, or that another
    applied one depends on.
    """
    with explained(session.connection, "taking back"), transaction(session, begin):
        known = History.read(session.connection)
        graph = graph.for_history(known.names)
        wanted = [graph.resolve(name) for name in names]
        for name in wanted:
            _check_faked(known, name)
        left = [name for name in known.names if name not in wanted]
        for name in wanted:
            above = graph.descendants(name)
            if needing := [other for other in left if other in above]:
                raise HistoryError(
                    f"{', '.join(needing)} depends on {name} and is applied",
                    hint="take it back first, or name it too",
                )
        gone = tuple(name for name in reversed(known.names) if name in wanted)
        history.remove(session.connection, gone)
    return gone


def _check_faked(known: History, name: str) -> None:
    record = known.record(name)
    if record is None:
        raise UsageError(f"{name} is not applied")
    if not record.is_faked:
        raise HistoryError(
            f"{name} was run, not faked",
            hint='"migrate down" takes back what was run',
        )


def _changed(
    graph: MigrationGraph, known: History, wanted: Collection[str]
) -> tuple[str, ...]:
    """Those asked for that were applied with another digest."""
    return tuple(
        record.name
        for record in known.records
        if record.name in wanted
        and record.name in graph.by_name
        and record.digest is not None
        and not is_unchanged(graph.by_name[record.name], record.digest)
    )


def _check_parents(
    graph: MigrationGraph, done: Collection[str], chosen: Sequence[str]
) -> None:
    for name in chosen:
        if all(parent in done for parent in graph.parents[name]):
            continue
        missing = [other for other in graph.ancestors(name) if other not in done]
        raise HistoryError(
            f"{name} depends on {', '.join(missing)}, not applied either",
            at=graph.by_name[name].at,
            hint=f'fake them too: "migrate fake {" ".join([*missing, name])}"',
        )


def _check_tables(
    session: Session, graph: MigrationGraph, applied: Sequence[str], chosen: list[str]
) -> None:
    """The tables that the faked migrations are believed to have made."""
    before = graph.schema(applied).tables
    after = graph.schema((*applied, *chosen)).tables
    there = tables_of(session.connection, after)
    absent = [name for name in after if name not in before and name not in there]
    if absent:
        raise HistoryError(
            f"faking {', '.join(chosen)}: the database has no table"
            f" {', '.join(absent)}",
            hint='run them with "migrate up"; fake is for what is there already',
        )


def _write(
    session: Session,
    graph: MigrationGraph,
    known: History,
    chosen: Sequence[str],
    changed: Sequence[str],
) -> None:
    if chosen or changed:
        history.prepare(session.connection, known)
    for name in changed:
        history.amend(session.connection, name, graph.by_name[name].digest)
    rows = [
        Record(
            name=name,
            sequence=number,
            digest=graph.by_name[name].digest,
            tool_version=history.tool_version(),
            kind=history.FAKED,
        )
        for number, name in enumerate(chosen, known.next_sequence)
    ]
    for row in rows:
        history.add(session.connection, row)
