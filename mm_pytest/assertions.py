"""Assertions about migrations; each message holds what differs, where, what to type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.migrations.migration import Migration
    from mm_engine.migrations.provenance import Touch
    from mm_engine.model.schema import Schema
    from mm_engine.operations import Operation
    from mm_engine.project import Project
    from mm_engine.project.drifting import Difference
    from mm_pytest.live import LiveSchema


def assert_migrations_match_schema(project: Project) -> None:
    """The migrations make exactly what the schema files say."""
    __tracebackhide__ = True
    found = project.schema_diff()
    if found.operations:
        differing = _differences(found.operations, project, found.before)
        raise AssertionError(
            "the schema files say what no migration makes:\n"
            + "\n".join(map(_line, differing))
            + '\n"makemigrations makemigrations" writes the migration'
            + _unwritten(differing)
        )


def assert_one_leaf(project: Project) -> None:
    """The migrations end in one, not in several branches."""
    __tracebackhide__ = True
    graph = project.graph()
    leaves = graph.leaves()
    if len(leaves) > 1:
        ends = "\n".join(_end(graph.by_name[name]) for name in leaves)
        raise AssertionError(
            f"the migrations end in {len(leaves)} branches:\n{ends}\n"
            '"makemigrations makemigrations --merge" brings them together'
        )


def assert_no_drift(
    source: sa.Engine | sa.Connection, project: Project, schema: Schema | None = None
) -> None:
    """A live database is what the migrations that it has applied add up to.

    ``schema`` is what it should be instead.
    """
    __tracebackhide__ = True
    from mm_pytest.drifted import drift

    found = drift(source, project, schema)
    if found.operations:
        lines = told(found.operations, project, found.expected)
        raise AssertionError(
            f"the database is not what its migrations make of it; it was changed"
            f" by:\n{lines}\n"
            '"makemigrations db-diff" shows it, and how to go on'
        )


def live_schema(source: sa.Engine | sa.Connection, project: Project) -> LiveSchema:
    """The schema of a live database, to be compared with another by ``==``.

    It is read when it is compared; an ``assert`` that fails tells how they differ.
    """
    from mm_pytest.live import LiveSchema

    return LiveSchema(source, project)


def assert_reversible(project: Project, engine: sa.Engine) -> None:
    """Every migration goes up, down and up again on an empty database.

    What it leaves is compared with what the migrations say, each time.
    """
    __tracebackhide__ = True
    from mm_pytest.stairway import Stairway

    stairs = Stairway(project, engine)
    for migration in project.graph().order():
        stairs.step(migration.name)


def told(operations: Iterable[Operation], project: Project, before: Schema) -> str:
    """Operations as a message has them: what, where it is written, what made it."""
    return "\n".join(map(_line, _differences(operations, project, before)))


def placed(migration: Migration) -> str:
    """The name of a migration as a message has it, with the place of its file."""
    return f"{migration.name}" + (f" ({migration.at})" if migration.at else "")


def _differences(
    operations: Iterable[Operation], project: Project, before: Schema
) -> list[Difference]:
    from mm_engine.project.drifting import differences
    from mm_engine.project.whereabouts import Whereabouts

    graph = project.graph()
    places = Whereabouts.of(project.schema(), graph.order(), graph.schema())
    return [*differences(operations, before, places)]


def _end(leaf: Migration) -> str:
    """The last migration of a branch: its name, its file, what it does."""
    said = "; ".join(operation.describe() for operation in leaf.operations)
    return f"  {leaf.name}: {said or 'nothing'}" + (f" ({leaf.at})" if leaf.at else "")


def _line(one: Difference) -> str:
    said, name = one.operation.describe(), _name(one)
    known = [str(one.at)] if one.at else []
    if one.origin:
        made, touched = one.origin.made, one.origin.touched
        known.append(f"made by {_touched(made)}")
        known += [] if touched == made else [f"changed by {_touched(touched)}"]
    return (
        f"  {said}"
        + ("" if name in said else f": {name}")
        + (f" ({', '.join(known)})" if known else "")
    )


def _name(one: Difference) -> str:
    """The table and what of it is meant, once where that is the table itself."""
    subject = one.operation.subject()
    return ".".join(dict.fromkeys(part for part in subject if part))


def _touched(touch: Touch) -> str:
    return touch.name + (f" at {touch.at}" if touch.at else "")


def _unwritten(differing: Iterable[Difference]) -> str:
    """What to do where a migration was written, and the schema files forgotten."""
    dropped, made = dict[str, None](), dict[str, None]()
    for one in differing:
        was_there, is_there = one.words
        if one.origin and was_there and not is_there:
            dropped[_name(one)] = made[one.origin.made.name] = None
    if not dropped:
        return ""
    return (
        f"; it would drop {', '.join(dropped)}:\nif the schema files were forgotten"
        f" when {', '.join(made)} was written, say there what it makes"
    )
