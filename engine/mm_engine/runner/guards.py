"""What stops a run before it begins, because it would only make things worse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.features import Transactions
from mm_engine.errors import GraphError, HistoryError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.model.names import OUR_TABLES, place_of
from mm_engine.operations import CreateTable
from mm_engine.runner import journal, lock
from mm_engine.runner.backends import backend_of
from mm_engine.runner.connect import connected
from mm_engine.runner.failures import explained
from mm_engine.runner.history import History
from mm_engine.runner.plan import Direction, Step
from mm_engine.runner.session import Session
from mm_engine.runner.unfinished import Unfinished
from mm_engine.runner.url import Url
from mm_engine.runner.waiting import GLANCE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect


def refuse_branches(graph: MigrationGraph, steps: Sequence[Step]) -> None:
    """Raise ``GraphError`` where branches would be applied that nobody has merged.

    They may alter the same thing, and the last one applied would win.
    """
    leaves = graph.leaves()
    if steps and len(leaves) > 1:
        raise GraphError(
            f"the migrations end in {len(leaves)} branches: {', '.join(leaves)}",
            hint='"makemigrations makemigrations --merge" brings them together;'
            " --to NAME applies one of them",
        )


def unfinished(session: Session, dialect: Dialect) -> Unfinished | None:
    """What was begun and not finished, where DDL commits by itself.

    One who is still at it is waited for. Raises ``LockError`` when the time is over.
    """
    connection = session.connection
    if dialect.features.transactional_ddl is Transactions.FULL:
        return None
    with explained(connection, "reading the journal"):
        if not journal.read(connection):
            return None
        with lock.outside(connection, session.backend):
            entries = journal.read(connection)
            applied = History.read(connection).names if entries else ()
    found = Unfinished.of(entries, applied)
    return None if found is None or found.is_nothing else found


def unfinished_at(url: Url, *, root: Path, history: History) -> Unfinished | None:
    """The same of a database that is only looked at, where nobody is waited for."""
    with connected(url, root=root) as connection:
        backend = backend_of(connection)
        with (
            explained(connection, "reading the journal"),
            backend.waiting(connection, GLANCE),
        ):
            found = Unfinished.of(journal.read(connection), history.names)
            holder = backend.holder(connection) if found else None
    if found is None or (found.is_nothing and holder is None):
        return None
    return attrs.evolve(found, holder=holder)


def refuse_unfinished(session: Session, dialect: Dialect) -> None:
    """Raise ``UnfinishedError`` where nothing else may run before that is settled."""
    if found := unfinished(session, dialect):
        raise found.error()


def refuse_unrecorded(
    connection: sa.Connection, history: History, steps: Iterable[Step]
) -> None:
    """Raise ``HistoryError`` where tables stand that no history speaks of.

    A database made by hand, by the original without its history, or by another tool
    would answer "table exists" in the middle of the first migration.
    """
    if history.records:
        return
    pending = tuple(steps)
    found = first_tables_present(connection, pending)
    # Somebody else may have made them, and recorded it, since the history was read.
    if found and not History.read(connection).records:
        raise HistoryError(
            f"the database has no history of migrations, but already the tables"
            f" {', '.join(found)} that {_first(pending)} makes",
            hint=f'"migrate fake {_first(pending)}" records a migration as applied'
            " without running it; otherwise use an empty database",
        )


def first_tables_present(
    connection: sa.Connection, steps: Iterable[Step]
) -> tuple[str, ...]:
    """Tables that the first migration with new tables would make, and that are there.

    Those made with ``if_present`` or ``schema_only`` do not count.
    """
    for step in steps:
        if made := _made(step):
            there = tables_of(connection, made)
            return tuple(name for name in made if name in there)
    return ()


def tables_of(connection: sa.Connection, wanted: Iterable[str] = ()) -> frozenset[str]:
    """The tables and views of a database, without our own.

    Those in other namespaces are told only of namespaces that the wanted ones lie in.
    """
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    names = {*inspector.get_table_names(), *inspector.get_view_names()}
    if backend_of(connection).has_namespaces:
        there = set(inspector.get_schema_names())
        spaces = dict.fromkeys(place_of(name)[0] for name in wanted)
        for space in (s for s in spaces if s is not None and s in there):
            inside = inspector.get_table_names(space) + inspector.get_view_names(space)
            names |= {f"{space}.{name}" for name in inside}
    return frozenset(name for name in names if not name.startswith(OUR_TABLES))


def _made(step: Step) -> tuple[str, ...]:
    if step.direction is Direction.DOWN:
        return ()
    return tuple(
        operation.name
        for operation in step.migration.operations
        if isinstance(operation, CreateTable)
        and not operation.if_present
        and not operation.schema_only
    )


def _first(steps: Iterable[Step]) -> str:
    return next((step.name for step in steps if _made(step)), "")
