"""What a database holds beyond what is written down, and where that would stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import HistoryError, LockError, MMError, Position, Problem
from mm_engine.migrations.provenance import Origin
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.project.running import Place, Terms, dialect_of, opened
from mm_engine.project.things import Words, thing, words_around
from mm_engine.project.whereabouts import Whereabouts

if TYPE_CHECKING:
    from mm_engine.introspect.drift import Drift
    from mm_engine.introspect.native import Unread
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.migrations.migration import Migration
    from mm_engine.project.belongings import Belongings
    from mm_engine.runner.history import History
    from mm_engine.runner.session import Connectable


class Against(Enum):
    """What a database is compared with; the values are words of the command line."""

    APPLIED = "applied"
    MIGRATIONS = "migrations"
    SCHEMA = "schema"


@attrs.frozen(kw_only=True)
class Difference:
    """One thing that is otherwise in the database, told as what was done by hand.

    ``before`` is the schema just before the operation; ``at`` its place in the schema
    files, or that of the table around it; ``origin`` the migrations it comes from.
    """

    operation: Operation
    before: Schema = attrs.field(repr=False)
    at: Position | None = None
    origin: Origin | None = None

    @property
    def loss(self) -> str | None:
        """What went with it, in words; None where nothing did."""
        return self.operation.loses(self.before)

    @property
    def words(self) -> tuple[Words | None, Words | None]:
        """What is written down, and what is there, in the words of a schema file."""
        return words_around(self.operation, self.before)


def differences(
    operations: Iterable[Operation], before: Schema, places: Whereabouts
) -> Iterator[Difference]:
    """Operations on a schema, each with the places of what it is about."""
    for operation in operations:
        path = thing(operation, before)
        yield Difference(
            operation=operation,
            before=before,
            at=places.position(path),
            origin=places.origin(path),
        )
        before = operation.apply(before)
        places = places.after(operation)


@attrs.frozen(kw_only=True)
class Drifted:
    """A database beside what it is compared with.

    ``migrations`` are those that were counted, in their order, ``pending`` the names of
    those that were not. ``drift`` has the operations both ways.
    """

    place: Place
    against: Against
    drift: Drift = attrs.field(repr=False)
    differences: tuple[Difference, ...]
    migrations: tuple[Migration, ...] = attrs.field(repr=False)
    pending: tuple[str, ...] = ()
    has_history: bool
    findings: tuple[Problem, ...] = ()

    @property
    def can_be_repaired(self) -> bool:
        """Whether a script may bring it there: a history would not know of it.

        Only a database without one may be brought to more than it has applied.
        """
        return self.against is Against.APPLIED or not self.has_history

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What is there and has no place in a schema."""
        return self.drift.unread

    @property
    def standard(self) -> str:
        """What the database is compared with, in words."""
        count = len(self.migrations)
        match self.against:
            case Against.APPLIED:
                noun = "migration" if count == 1 else "migrations"
                return f"the {count} {noun} that it has applied"
            case Against.MIGRATIONS:
                return "all migrations" if count != 1 else "its only migration"
            case Against.SCHEMA:
                return "the schema files"


def drifted(
    project: Belongings,
    source: Connectable | None = None,
    *,
    against: Against = Against.APPLIED,
    ignore: Sequence[str] = (),
) -> Drifted:
    """Compare a database with what is written down; nothing is changed in it.

    Raises ``HistoryError`` where it is to be compared with what it has applied, and it
    has no history.
    """
    from mm_engine.introspect.drift import drift
    from mm_engine.introspect.reader import check_readable
    from mm_engine.runner.failures import explained
    from mm_engine.runner.history import History

    check_readable(dialect_of(project, source))
    with opened(project, source, Terms(), is_looking=True) as (session, place, dialect):
        connection = session.connection
        with explained(connection, "reading the history"):
            history = History.read(connection)
        base = _base(project, against, history, place)
        with explained(connection, "comparing the schema"):
            found = drift(
                connection,
                base.schema,
                dialect,
                ignore=(*project.config.drift_ignore, *ignore),
            )
            if found.operations:
                _refuse_migrating(history, History.read(connection))
    return Drifted(
        place=place,
        against=against,
        drift=found,
        differences=_differences(found, base),
        migrations=base.migrations,
        pending=base.pending,
        has_history=bool(history.records),
        findings=base.findings,
    )


def _refuse_migrating(before: History, after: History) -> None:
    """Raise ``LockError`` where what was compared is not what is applied any more."""
    if before.names != after.names:
        raise LockError(
            "somebody migrated the database while it was compared",
            hint="look again when they are done",
        )


@attrs.frozen(kw_only=True)
class _Base:
    """What a database is compared with."""

    schema: Schema
    migrations: tuple[Migration, ...]
    written: Schema
    pending: tuple[str, ...]
    findings: tuple[Problem, ...]


def _base(
    project: Belongings, against: Against, history: History, place: Place
) -> _Base:
    from mm_engine.model.naming import with_names
    from mm_engine.runner.plan import check_history

    graph = project.graph()
    if against is Against.APPLIED and not history.columns:
        raise HistoryError(
            f"{place.database} has no history of migrations, so nobody knows which of"
            " them hold there",
            hint='"--against migrations" compares it with all of them; "migrate fake"'
            " records those that it has already",
        )
    applied = history.names
    if against is Against.APPLIED:
        graph = graph.for_history(applied)
        counted = check_history(graph, applied)
        trail = tuple(graph.trail(applied))
    else:
        counted = graph.by_name
        trail = tuple(graph.trail())
    written, findings = _written(project, against)
    schema = Schema()
    for migration in trail:
        schema = migration.apply(schema)
    return _Base(
        schema=with_names(written, schema) if against is Against.SCHEMA else schema,
        migrations=trail,
        written=written,
        pending=tuple(name for name in graph.by_name if name not in counted),
        findings=(*findings, *_changed(graph, history)),
    )


def _written(
    project: Belongings, against: Against
) -> tuple[Schema, tuple[Problem, ...]]:
    """What the schema files say, only for their lines unless it is compared with."""
    if against is Against.SCHEMA:
        file = project.schema_file()
        return file.schema, file.findings
    try:
        return project.schema(), ()
    except MMError as error:
        found = Problem(
            f"the schema files cannot be read, so their lines are not told:"
            f" {error.message}",
            at=error.at,
        )
        return Schema(), (found,)


def _changed(graph: MigrationGraph, history: History) -> Iterator[Problem]:
    """A finding for each migration that is not any more what was applied."""
    from mm_engine.runner.states import State, states

    files = {**graph.replacing.kept, **graph.by_name}
    for one in states(graph, history):
        if one.state is State.CHANGED:
            yield Problem(
                f"{one.name} was changed after it was applied; it is compared with"
                " what the file says now",
                at=files[one.name].at,
            )


def _differences(found: Drift, base: _Base) -> tuple[Difference, ...]:
    # Without it nobody asks for the places, and a history is not replayed for them.
    if not found.operations:
        return ()
    places = Whereabouts.of(base.written, base.migrations, base.schema)
    return tuple(differences(found.operations, found.expected, places))
