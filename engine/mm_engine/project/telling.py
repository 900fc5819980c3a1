"""SQL to look at: of migrations, of the whole schema, of one operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import ConfigError, IrreversibleError, MMError, UsageError
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.project.belongings import Belongings
    from mm_engine.runner.plan import Step


class Scope(Enum):
    """Which migrations are shown; the values are words for people."""

    ONE = "one migration"
    FROM = "a migration and those after it"
    ALL = "every migration"
    PENDING = "what is pending"


@attrs.frozen(kw_only=True)
class Choice:
    """Which migrations to show: None for what is pending if that can be known."""

    scope: Scope | None = None
    name: str | None = None


@attrs.frozen(kw_only=True)
class Shown:
    """SQL of some migrations, with what they are and why.

    ``text`` carries both ways where the settings say so.
    """

    text: str
    names: tuple[str, ...]
    scope: Scope
    database_type: str
    reason: str | None = None


def showsql(
    project: Belongings, choice: Choice, *, database_type: str | None, is_down: bool
) -> Shown:
    """The SQL of the chosen migrations; only what is pending is read from a database.

    Upwards it is followed by the way back if ``migration.include_down_sql`` is set.
    """
    graph = project.graph()
    dialect = project.dialect(database_type)
    scope, reason, applied = _scope(project, choice, dialect.name)
    up = _steps_up(graph, choice, scope, applied)
    names = tuple(step.name for step in up)
    back = is_down or project.config.include_down_sql
    down = _steps_down(graph, applied, scope, names) if back else ()
    texts = [] if is_down else list(_texts(up, dialect))
    texts += _texts(down, dialect, is_tolerant=not is_down)
    return Shown(
        text="\n".join(texts),
        names=names,
        scope=scope,
        database_type=project.type_named(database_type),
        reason=reason,
    )


def _scope(
    project: Belongings, choice: Choice, database_type: str
) -> tuple[Scope, str | None, tuple[str, ...]]:
    """What is shown, why that, and what is applied already."""
    from mm_engine.project.running import read_history

    if choice.scope is Scope.PENDING:
        return Scope.PENDING, None, read_history(project).names
    if choice.scope is not None:
        return choice.scope, None, ()
    if project.config.url is None:
        return Scope.ALL, "no database is configured", ()
    if project.database_type() != database_type:
        return Scope.ALL, f"the configured database is no {database_type}", ()
    try:
        return Scope.PENDING, None, read_history(project).names
    except ConfigError as error:
        return Scope.ALL, error.message, ()


def _steps_up(
    graph: MigrationGraph, choice: Choice, scope: Scope, applied: Sequence[str]
) -> tuple[Step, ...]:
    from mm_engine.runner.plan import plan_up

    if scope is Scope.ONE or scope is Scope.FROM:
        name = graph.resolve(choice.name or "")
        steps = plan_up(graph, ())
        if scope is Scope.ONE:
            return _only(graph, steps, name)
        needing = {name, *graph.descendants(name)}
        return tuple(step for step in steps if step.name in needing)
    return plan_up(graph, applied)


def _only(
    graph: MigrationGraph, steps: tuple[Step, ...], name: str
) -> tuple[Step, ...]:
    """The step of that name, also of a migration that a squash stands for."""
    found = tuple(step for step in steps if step.name == name)
    if found:
        return found
    from mm_engine.runner.plan import Direction, Step

    migration = graph.by_name[name]
    needed = graph.ancestors(name)
    before = graph.schema([m.name for m in graph.order() if m.name in needed])
    return (Step(migration, Direction.UP, before, before),)


def _steps_down(
    graph: MigrationGraph,
    applied: Sequence[str],
    scope: Scope,
    names: Sequence[str],
) -> tuple[Step, ...]:
    """The same migrations the other way, last one first."""
    from mm_engine.runner.plan import ZERO, Direction, Step, plan_down, plan_up

    if not names:
        return ()
    if scope is Scope.PENDING:
        down = plan_down(graph, [*applied, *names], steps=len(names))
        # What completes a squash is undone with all that the squash stands for.
        return tuple(step for step in down if step.name in names)
    if scope is Scope.ONE:
        [name] = names
        [up] = _only(graph, plan_up(graph, ()), name)
        after = up.migration.apply(up.before)
        return (Step(up.migration, Direction.DOWN, after, up.origin),)
    every = [step.name for step in plan_up(graph, ())]
    steps = plan_down(graph, every, target=ZERO)
    return tuple(step for step in steps if step.name in names)


def _texts(
    steps: Iterable[Step], dialect: Dialect, *, is_tolerant: bool = False
) -> Iterator[str]:
    """The text of each script; what cannot be undone may be told in a comment."""
    from mm_engine.runner.script import comment, script

    for step in steps:
        try:
            yield script(step, dialect).text()
        except IrreversibleError as error:
            if not is_tolerant:
                raise
            yield comment(f"{step.name} (down)\ncannot be undone: {error.message}\n")


def schema_sql(
    project: Belongings, *, database_type: str | None, is_pending: bool
) -> str:
    """The schema of the files as SQL for an empty database, or what is new in it.

    What stands outside of a transaction is a script of its own.
    """
    from mm_engine.diff import diff
    from mm_engine.project.changes import changes

    if is_pending:
        found = changes(project)
        return _sql("pending", found.operations, found.before, project, database_type)
    operations = diff(Schema(), project.schema())
    return _sql("schema", operations, Schema(), project, database_type)


def _sql(
    name: str,
    operations: tuple[Operation, ...],
    before: Schema,
    project: Belongings,
    database_type: str | None,
) -> str:
    from mm_engine.migrations.standing import parts
    from mm_engine.runner.plan import Direction, Step
    from mm_engine.runner.script import script

    texts: list[str] = []
    for part in parts(operations, before):
        migration = Migration(name=name, dependencies=(), operations=part)
        step = Step(migration, Direction.UP, before, before)
        texts.append(script(step, project.dialect(database_type)).text())
        before = migration.apply(before)
    return "\n".join(texts)


def preview(project: Belongings, operation: Operation, before: Schema) -> str | None:
    """The statements of one operation; None where no database can be told."""
    from mm_engine.dialects.statements import Move, Statement
    from mm_engine.runner.script import item_text

    try:
        move = Move(operation, before, number=1, mark="preview")
        items = project.dialect().items((move,))
    except MMError:
        return None
    return "\n".join(item_text(item) for item in items if isinstance(item, Statement))


def choice(
    *, name: str | None, start: str | None, is_all: bool, is_pending: bool
) -> Choice:
    """What the arguments of ``showsql`` mean; raises ``UsageError`` for two at once."""
    given = [
        *([Choice(scope=Scope.ONE, name=name)] if name is not None else []),
        *([Choice(scope=Scope.FROM, name=start)] if start is not None else []),
        *([Choice(scope=Scope.ALL)] if is_all else []),
        *([Choice(scope=Scope.PENDING)] if is_pending else []),
    ]
    if len(given) > 1:
        raise UsageError("NAME, --from, --all and --pending exclude each other")
    return given[0] if given else Choice()
