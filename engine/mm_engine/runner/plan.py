"""Which migrations to run, which way, and from which schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TypeVar

import attrs

from mm_engine.dialects.statements import Move
from mm_engine.errors import (
    HistoryError,
    IrreversibleError,
    MMError,
    StateError,
    UsageError,
)
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema

ZERO = "zero"
"""The target that stands for the database before any migration."""


class Direction(Enum):
    """Which way a migration runs."""

    UP = "up"
    DOWN = "down"


@attrs.frozen
class Step:
    """One migration one way.

    ``before`` is the schema when the step runs, ``origin`` the one the migration was
    applied to, or will be: two branches may have arrived in an order of their own.
    ``records`` are the names that leave the history with it; a squash may stand there
    by what it replaces.
    """

    migration: Migration
    direction: Direction
    before: Schema = attrs.field(repr=False)
    origin: Schema = attrs.field(repr=False)
    records: tuple[str, ...] = attrs.field(
        default=(), converter=tuple[str, ...], kw_only=True
    )

    @property
    def name(self) -> str:
        """The name of its migration."""
        return self.migration.name


def plan_up(
    graph: MigrationGraph, applied: Sequence[str], target: str | None = None
) -> tuple[Step, ...]:
    """What is pending, or those of it that a target needs, each after its parents.

    ``applied`` comes in the order of application, and the schema is replayed so: a
    branch that arrives late finds the tables as they are. Raises ``HistoryError``
    where the history cannot be of these migrations.
    """
    graph = graph.for_history(applied)
    done = check_history(graph, applied)
    wanted = None
    if target is not None:
        name = graph.resolve(target)
        wanted = {name, *graph.ancestors(name)}
    steps: list[Step] = []
    schema = graph.schema(applied)
    for migration in graph.order():
        if migration.name in done or (wanted and migration.name not in wanted):
            continue
        steps.append(Step(migration, Direction.UP, schema, schema))
        schema = migration.apply(schema)
    return tuple(steps)


def plan_down(
    graph: MigrationGraph,
    applied: Sequence[str],
    *,
    target: str | None = None,
    steps: int | None = None,
) -> tuple[Step, ...]:
    """What to undo, the last applied first.

    With a target everything that was applied after it goes, and it stays; ``zero`` is
    the target before all. Else the last ``steps`` go, or the last one; and always what
    depends on one that goes. Of a squash go the migrations that were applied, if their
    files are there. Raises ``IrreversibleError`` here, before anything has run.
    """
    graph = graph.for_history(applied)
    counted = tuple(check_history(graph, applied))
    going = _with_descendants(graph, counted[_kept(graph, counted, target, steps) :])
    trail: list[tuple[Migration, Schema]] = []
    schema = Schema()
    for migration in graph.replacing.trail(applied, counted):
        trail.append((migration, schema))
        schema = migration.apply(schema)
    planned: list[Step] = []
    for migration, origin in reversed(trail):
        if graph.replacing.by_original.get(migration.name, migration.name) in going:
            records = _records(graph, applied, migration.name)
            step = Step(migration, Direction.DOWN, schema, origin, records=records)
            _, schema = _backwards(step)
            planned.append(step)
    return tuple(planned)


def plan_again(
    graph: MigrationGraph, applied: Sequence[str], name: str, direction: Direction
) -> Step:
    """The step that was begun when just these migrations were applied.

    Raises ``HistoryError`` where there is no file of it any more.
    """
    if direction is Direction.DOWN:
        planned = plan_down(graph, applied)
    else:
        graph = graph.for_history(applied)
        check_history(graph, applied)
        schema, migration = graph.schema(applied), graph.by_name.get(name)
        step = migration and Step(migration, Direction.UP, schema, schema)
        planned = (step,) if step else ()
    for step in planned:
        if step.name == name:
            return step
    raise HistoryError(
        f"{name} was begun on this database, but it is not among the migrations now",
        hint="bring its file back, perhaps from another branch",
    )


def _with_descendants(graph: MigrationGraph, names: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.children[name]
    return frozenset(found)


def _records(
    graph: MigrationGraph, applied: Sequence[str], name: str
) -> tuple[str, ...]:
    """The rows of a migration: its own, or those of all that it replaces."""
    if name in applied:
        return (name,)
    squash_of = graph.replacing.by_original
    return tuple(other for other in applied if squash_of.get(other) == name)


def _kept(
    graph: MigrationGraph,
    applied: Sequence[str],
    target: str | None,
    steps: int | None,
) -> int:
    """How many of the applied stay, counted from the first."""
    if target is not None and steps is not None:
        raise UsageError("a target and a number of steps contradict each other")
    if target == ZERO:
        return 0
    if target is not None:
        name = graph.resolve(target)
        if name not in applied:
            raise UsageError(
                f"{name} is not applied, so nothing can go back to it",
                hint='"migrate status" shows what is applied',
            )
        return applied.index(name) + 1
    if steps is not None and steps < 1:
        raise UsageError(
            f"the number of steps must be at least 1, not {steps}",
            hint=f'the target "{ZERO}" undoes everything',
        )
    return max(0, len(applied) - (1 if steps is None else steps))


def check_history(
    graph: MigrationGraph, applied: Sequence[str]
) -> Mapping[str, Migration]:
    """What is applied by the names that count, in its order.

    Raises ``HistoryError`` unless each of them has a file, and its parents are applied
    too: else nobody knows what the database looks like.
    """
    counted = graph.counted(applied)
    if gone := [name for name in counted if name not in graph.by_name]:
        raise HistoryError(
            f"applied to this database, but there is no file of {', '.join(gone)}",
            hint="bring the files back, perhaps from another branch",
        )
    done = {name: graph.by_name[name] for name in counted}
    for name, migration in done.items():
        for parent in graph.parents[name]:
            if parent not in done:
                raise HistoryError(
                    f"{name} is applied, but {parent} is not, on which it depends",
                    at=migration.at,
                    hint=f'"migrate fake {parent}" records it if the database has it',
                )
    return done


def refuse_reviews(steps: Iterable[Step]) -> None:
    """Raise ``UsageError`` if anything waits for a person to look at it."""
    waiting = [
        (step.migration, number, operation)
        for step in steps
        if step.direction is Direction.UP
        for number, operation in enumerate(step.migration.operations, 1)
        if operation.review is not None
    ]
    if waiting:
        said = "; ".join(
            f"{migration.name}, operation {number} ({operation.describe()}):"
            f" {operation.review}"
            for migration, number, operation in waiting
        )
        migration, number, _ = waiting[0]
        raise UsageError(
            f"marked for review: {said}",
            at=migration.position(number - 1),
            hint="look at it, then remove review=... or give --allow-review",
        )


def moves(step: Step) -> tuple[Move, ...]:
    """The operations to be told to a database, each with the schema just before it.

    Downwards they are the reverses along the trail that the migration went, and they
    run on the schema of today, stepping it back one by one.
    """
    if step.direction is Direction.UP:
        return _forwards(step.migration, step.before)
    return _backwards(step)[0]


def _forwards(migration: Migration, schema: Schema) -> tuple[Move, ...]:
    """The moves of a migration."""
    trail: list[Move] = []
    for number, operation in enumerate(migration.operations, 1):
        mark = f"{migration.name}_{number}"
        trail.append(Move(operation, schema, number=number, mark=mark))
        schema = operation.apply(schema)
    return tuple(trail)


def _backwards(step: Step) -> tuple[tuple[Move, ...], Schema]:
    """The moves that undo a migration, and the schema after them."""
    schema = step.before
    undoing: list[Move] = []
    for move in reversed(_forwards(step.migration, step.origin)):
        try:
            for operation in move.operation.reverse(move.before):
                undoing.append(attrs.evolve(move, operation=operation, before=schema))
                schema = operation.apply(schema)
        except (IrreversibleError, StateError) as error:
            raise _not_undone(error, step.migration, move) from error
    return tuple(undoing), schema


Located = TypeVar("Located", bound=MMError)


def _not_undone(error: Located, migration: Migration, move: Move) -> Located:
    """The error again, saying which operation of which migration stays."""
    phrase = move.operation.describe()
    return type(error)(
        f"{migration.name}: cannot undo operation {move.number} ({phrase}):"
        f" {error.message.removeprefix(f'{phrase}: ')}",
        at=error.at or migration.position(move.number - 1),
        hint=error.hint,
    )
