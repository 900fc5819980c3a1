"""Migrations on a database: applied, undone, faked, looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import attrs

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.errors import Problem
    from mm_engine.project.belongings import Belongings
    from mm_engine.runner.events import Event, Report
    from mm_engine.runner.execute import Result
    from mm_engine.runner.history import History
    from mm_engine.runner.log import Verdict
    from mm_engine.runner.plan import Step
    from mm_engine.runner.session import Connectable, Session
    from mm_engine.runner.states import MigrationState
    from mm_engine.runner.unfinished import Unfinished


@attrs.frozen(kw_only=True)
class Place:
    """The database that is being migrated, fit to be shown to anybody."""

    database: str
    type: str
    version: str


@attrs.frozen(kw_only=True)
class Intent:
    """What is about to run, and where, with everything checked.

    ``losses`` asks the database what would be lost, in words.
    """

    place: Place
    steps: tuple[Step, ...]
    losses: Callable[[], tuple[str, ...]]


Announce: TypeAlias = Callable[[Intent], None]
"""Told what is about to run; stops it by raising."""


def unannounced(intent: Intent) -> None:
    """Let it run."""
    del intent


@attrs.frozen(kw_only=True)
class Run:
    """What was done, and where."""

    place: Place
    results: tuple[Result, ...]


@attrs.frozen(kw_only=True)
class Status:
    """How every migration stands on a database, and what is odd about it."""

    database: str
    migrations: tuple[MigrationState, ...]
    findings: tuple[Problem, ...] = ()
    unfinished: Unfinished | None = None

    @property
    def pending(self) -> tuple[str, ...]:
        """The names of those that are not applied."""
        from mm_engine.runner.states import State

        return tuple(m.name for m in self.migrations if m.state is State.PENDING)


def _silent(event: Event) -> None:
    del event


@attrs.frozen(kw_only=True)
class Terms:
    """On which terms a database is migrated."""

    lock_timeout: float | None = None
    report: Report = _silent
    announce: Announce = unannounced


def migrate(
    project: Belongings,
    source: Connectable | None,
    *,
    to: str | None,
    is_review_allowed: bool,
    terms: Terms,
) -> Run:
    """Apply what is pending, or what a target needs."""
    from mm_engine.runner.guards import refuse_branches
    from mm_engine.runner.run import Migrator

    graph = project.graph()
    with opened(project, source, terms) as (session, place, dialect):
        migrator = Migrator(
            session=session, graph=graph, dialect=dialect, report=terms.report
        )
        told = _announcing(session, dialect, place, terms)

        def announce(steps: Sequence[Step]) -> None:
            if to is None:
                refuse_branches(graph, steps)
            told(steps)

        results = migrator.up(
            to, is_review_allowed=is_review_allowed, announce=announce
        )
    return Run(place=place, results=results)


def rollback(
    project: Belongings,
    source: Connectable | None,
    *,
    to: str | None,
    steps: int | None,
    terms: Terms,
) -> Run:
    """Undo the last migration, some more, or all after a target."""
    from mm_engine.runner.run import Migrator

    graph = project.graph()
    with opened(project, source, terms) as (session, place, dialect):
        migrator = Migrator(
            session=session, graph=graph, dialect=dialect, report=terms.report
        )
        results = migrator.down(
            target=to,
            steps=steps,
            announce=_announcing(session, dialect, place, terms),
        )
    return Run(place=place, results=results)


def resume(
    project: Belongings,
    source: Connectable | None,
    verdict: Verdict | None,
    *,
    terms: Terms,
) -> Run:
    """Go on with the migration that was begun and not finished."""
    from mm_engine.runner.run import Migrator

    graph = project.graph()
    with opened(project, source, terms) as (session, place, dialect):
        migrator = Migrator(
            session=session, graph=graph, dialect=dialect, report=terms.report
        )
        told = _announcing(session, dialect, place, terms)
        results = migrator.resume(verdict, announce=told)
    return Run(place=place, results=results)


def forget(project: Belongings, *, terms: Terms) -> Unfinished:
    """Take what is unfinished out of the journal, as if it had never been begun."""
    from mm_engine.runner.run import Migrator

    graph = project.graph()
    with opened(project, None, terms) as (session, _, dialect):
        return Migrator(session=session, graph=graph, dialect=dialect).forget()


def fake(
    project: Belongings,
    names: Sequence[str] | None,
    *,
    is_blind: bool,
    terms: Terms,
) -> tuple[str, ...]:
    """Record migrations as applied without running them; all pending if none named."""
    from mm_engine.runner.fake import fake as record
    from mm_engine.runner.guards import refuse_unfinished

    graph = project.graph()
    with opened(project, None, terms) as (session, _, dialect):
        refuse_unfinished(session, dialect)
        begin = dialect.features.begin
        return record(session, graph, names, begin=begin, is_blind=is_blind)


def unfake(
    project: Belongings, names: Sequence[str], *, terms: Terms
) -> tuple[str, ...]:
    """Take the records of faked migrations out again."""
    from mm_engine.runner.fake import unfake as take_out
    from mm_engine.runner.guards import refuse_unfinished

    graph = project.graph()
    with opened(project, None, terms) as (session, _, dialect):
        refuse_unfinished(session, dialect)
        return take_out(session, graph, names, begin=dialect.features.begin)


def read_history(project: Belongings) -> History:
    """What the database says was applied; nothing is written, no file made."""
    from mm_engine.runner.history import read_history as read

    url = project.url()
    project.dialect()
    return read(url, root=project.config.url_base)


def status(project: Belongings) -> Status:
    """How every migration stands on the configured database."""
    from mm_engine.runner.states import partly_applied, states

    graph, history = project.graph(), read_history(project)
    left = unfinished(project, history)
    return Status(
        database=str(project.url()),
        migrations=states(graph, history, unfinished=left.name if left else None),
        findings=(
            *partly_applied(graph, history),
            *([left.problem()] if left else []),
        ),
        unfinished=left,
    )


def unfinished(project: Belongings, history: History) -> Unfinished | None:
    """What was begun on the configured database and is not finished, if anything."""
    from mm_engine.dialects.features import Transactions
    from mm_engine.runner.guards import unfinished_at

    if project.dialect().features.transactional_ddl is Transactions.FULL:
        return None
    return unfinished_at(project.url(), root=project.config.url_base, history=history)


def plan(project: Belongings, to: str | None) -> tuple[Step, ...]:
    """What ``up`` would run now; nothing is written."""
    from mm_engine.runner.guards import refuse_branches
    from mm_engine.runner.plan import plan_up
    from mm_engine.runner.states import refuse_changed

    graph, history = project.graph(), read_history(project)
    refuse_changed(graph, history)
    steps = plan_up(graph, history.names, to)
    if to is None:
        refuse_branches(graph, steps)
    return steps


def _announcing(
    session: Session, dialect: Dialect, place: Place, terms: Terms
) -> Callable[[Sequence[Step]], None]:
    def announce(steps: Sequence[Step]) -> None:
        from mm_engine.project.losses import losses

        terms.announce(
            Intent(
                place=place,
                steps=tuple(steps),
                losses=lambda: losses(session, dialect, steps),
            )
        )

    return announce


def plan_back(
    project: Belongings, *, to: str | None, steps: int | None
) -> tuple[Step, ...]:
    """What ``down`` would undo now; nothing is written."""
    from mm_engine.runner.plan import plan_down
    from mm_engine.runner.states import refuse_changed

    graph, history = project.graph(), read_history(project)
    refuse_changed(graph, history)
    return plan_down(graph, history.names, target=to, steps=steps)


def dialect_of(project: Belongings, source: Connectable | None) -> Dialect:
    """How the caller's database is told, or the configured one; nothing connects."""
    if source is None:
        project.url()  # that there is none is the first thing to say
        return project.dialect()
    return project.dialect(project.type_behind(source))


@contextmanager
def opened(
    project: Belongings,
    source: Connectable | None,
    terms: Terms,
    *,
    is_looking: bool = False,
) -> Iterator[tuple[Session, Place, Dialect]]:
    """A session on the caller's engine or connection, or on the configured database.

    Who is only looking makes no file.
    """
    from mm_engine.runner.connect import LOCK_TIMEOUT, connected, server_version
    from mm_engine.runner.session import session

    patience = LOCK_TIMEOUT if terms.lock_timeout is None else terms.lock_timeout
    dialect = dialect_of(project, source)
    if source is None:
        url = project.url()
        with (
            connected(
                url,
                root=project.config.url_base,
                must_exist=is_looking,
                lock_timeout=patience,
            ) as connection,
            session(connection, lock_timeout=patience) as opened,
        ):
            place = Place(
                database=str(url),
                type=project.database_type(),
                version=server_version(connection),
            )
            yield opened, place, dialect
        return
    with session(source, lock_timeout=patience, database_type=dialect.name) as opened:
        place = Place(
            database=opened.connection.engine.url.render_as_string(),
            type=dialect.name,
            version=server_version(opened.connection),
        )
        yield opened, place, dialect
