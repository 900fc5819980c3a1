"""What is to become of drift: a migration that takes it over, or SQL that undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

import attrs

from mm_engine.errors import DriftError, StateError, UsageError
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.standing import parts
from mm_engine.operations import Operation
from mm_engine.project.drafts import Draft, chosen_name, split
from mm_engine.project.drifting import Against, Drifted
from mm_engine.project.making import one_leaf
from mm_engine.project.running import Terms, opened
from mm_engine.questions.question import Questioner, Silent

if TYPE_CHECKING:
    from mm_engine.dialects.statements import Expect, Item
    from mm_engine.model.schema import Schema
    from mm_engine.project.belongings import Belongings
    from mm_engine.runner.session import Connectable, Session


def taken_over(
    project: Belongings,
    drifted: Drifted,
    *,
    name: str | None,
    questioner: Questioner | None,
) -> Draft | None:
    """A migration of what was done by hand; None if nothing was.

    It is to be faked on this database and run on others, so what it loses there is
    asked about. Raises ``UsageError`` where the database is not at the end of the
    migrations.
    """
    if not drifted.drift.operations:
        return None
    _refuse_other_ground(drifted)
    graph = project.graph()
    leaves = one_leaf(graph)
    before = graph.schema()
    operations = _decided(drifted.drift.operations, before, questioner)
    first, *rest = parts(operations, before)
    migration = Migration(
        name=chosen_name(graph.names, name, first, before),
        dependencies=leaves,
        operations=first,
    )
    drafted = Draft(migration=migration, before=before)
    return split(drafted, rest, name, graph.names)


def _refuse_other_ground(drifted: Drifted) -> None:
    if drifted.against is not Against.APPLIED:
        raise UsageError(
            "a migration takes over what differs from what is applied, not from"
            f" {drifted.standard}",
            hint="leave --against out",
        )
    if drifted.pending:
        count = len(drifted.pending)
        raise UsageError(
            f"{count} migration{'s are' if count > 1 else ' is'} pending, and a new one"
            f" would come after {drifted.pending[-1]}",
            hint='"migrate up" applies what is pending; then look again',
        )


def _decided(
    operations: tuple[Operation, ...], before: Schema, questioner: Questioner | None
) -> tuple[Operation, ...]:
    from mm_engine.questions.decide import decide

    return decide(operations, before, questioner or Silent())


@attrs.frozen(kw_only=True)
class Repair:
    """A script that makes a database again what it is compared with.

    ``left_out`` are operations that somebody chose not to have done.
    """

    text: str
    operations: tuple[Operation, ...]
    before: Schema = attrs.field(repr=False)
    left_out: tuple[Operation, ...] = ()


def repair(
    project: Belongings,
    drifted: Drifted,
    source: Connectable | None,
    *,
    questioner: Questioner | None,
) -> Repair | None:
    """The script that undoes what was done by hand; None if nothing was.

    It is for this database as it is now: what stands on a table that has to be rebuilt
    is read from it and comes along.
    """
    from mm_engine.runner.plan import Direction, Step
    from mm_engine.runner.script import script

    live = drifted.drift.live
    if not drifted.drift.repair:
        return None
    if not drifted.can_be_repaired:
        raise UsageError(
            f"{drifted.place.database} has a history, which would not know how it came"
            f" to agree with {drifted.standard}",
            hint='leave --against out; "migrate up" does what is pending',
        )
    decided = _decided(drifted.drift.repair, live, questioner)
    chosen = tuple(one for one in decided if not _is_left_out(one))
    left_out = tuple(one for one in decided if _is_left_out(one))
    notes = dict(_notes(chosen, live, left_out))
    migration = Migration(name="repair", dependencies=(), operations=chosen)
    with opened(project, source, Terms(), is_looking=True) as (session, place, dialect):
        made = script(Step(migration, Direction.UP, live, live), dialect)
        body = tuple(_resolved(made.body, session))
    title = f"{place.database}, back to {drifted.standard}"
    told = "".join(f"\nleft out: {one.describe()}" for one in left_out)
    return Repair(
        text=attrs.evolve(made, body=body).text(title=title + told, notes=notes),
        operations=chosen,
        before=live,
        left_out=left_out,
    )


def _is_left_out(operation: Operation) -> bool:
    """Whether the answer was to leave it, or to have somebody look at it first."""
    return operation.schema_only or operation.review is not None


def _notes(
    operations: tuple[Operation, ...], before: Schema, left_out: tuple[Operation, ...]
) -> Iterator[tuple[int, str]]:
    """What each operation does, and loses; they have to fit without the others."""
    for number, operation in enumerate(operations, 1):
        try:
            after = operation.apply(before)
        except StateError as error:
            if not left_out:
                raise
            others = "; ".join(one.describe() for one in left_out)
            raise UsageError(
                f"{operation.describe()} cannot be done without {others}:"
                f" {error.message}",
                hint="answer generate to those too",
            ) from error
        loss = operation.loses(before)
        loses = f"\nDESTRUCTIVE: {loss} will be lost" if loss else ""
        yield number, f"{operation.describe()}{loses}"
        before = after


def _require(item: Expect, session: Session) -> None:
    """Raise ``DriftError`` where a script could not be run, as ``up`` would not.

    Once statements come before it, only who runs them can know.
    """
    found = session.rows(item.query)
    if found != item.rows:
        said = ", ".join(" ".join(map(str, row)) for row in found) or "no rows"
        raise DriftError(f"{item.message} (found {said})", hint=item.hint)


def _resolved(items: tuple[Item, ...], session: Session) -> Iterator[Item]:
    """The items with what a run would remember and run again read from the database."""
    from mm_engine.dialects.statements import (
        Expect,
        PythonCall,
        Recall,
        Remember,
        Statement,
        When,
    )

    remembered: dict[str, tuple[str, ...]] = {}
    is_begun = False
    for item in items:
        match item:
            case Expect() if not is_begun:
                _require(item, session)
                yield item
            case Statement():
                is_begun = True
                yield item
            case Remember(name=name, query=query):
                remembered[name] = tuple(str(row[0]) for row in session.rows(query))
            case Recall(name=name, operations=operations):
                for sql in remembered.get(name, ()):
                    yield Statement(sql, operations=operations)
            case Expect() | When() | PythonCall():
                yield item
            case _:
                assert_never(item)
