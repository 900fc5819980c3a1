"""Migrations on several ways to one end: down again, reordered, squashed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.migrations.migration import Migration
    from mm_engine.model.schema import Schema
    from mm_engine.project import Project


def assert_no_trace(project: Project, engine: sa.Engine) -> None:
    """All migrations down again leave an empty database as empty as it was.

    Raises ``IrreversibleError`` where one says that it cannot be undone.
    """
    __tracebackhide__ = True
    from mm_engine.model.schema import Schema
    from mm_pytest.drifted import lines_of
    from mm_pytest.natives import differing, native

    empty = native(engine, project)
    project.migrate(engine)
    project.rollback(engine, steps=len(project.graph().order()))
    left = native(engine, project)
    if left != empty:
        unread = [f"  {one.kind} {one.name}" for one in left.unread]
        tables = differing(empty, left)
        lines = lines_of(engine, project, Schema(), tables) if tables else ""
        raise AssertionError(
            "with every migration undone the database is not empty; there still is:\n"
            + "\n".join(line for line in (lines, *unread) if line)
            + '\n"makemigrations migrate showsql --all --down" shows what runs'
        )


def assert_commutes(
    project: Project, name: str, first: sa.Engine, second: sa.Engine
) -> None:
    """What a migration merges makes the same, whichever branch arrives first.

    Both engines are on empty databases.
    """
    __tracebackhide__ = True
    graph = project.graph()
    one, other = graph.ancestors(name), other_order(graph, name)
    _climb(project, first, (*one, name))
    _climb(project, second, (*other, name))
    _assert_same(
        project,
        (first, second),
        graph.schema((*one, name)),
        ": the branches that it merges make something else in the order"
        f" {', '.join(_moved(one, other))}",
        name,
    )


def assert_squash_equals(
    project: Project, name: str, first: sa.Engine, second: sa.Engine
) -> None:
    """A squash makes what the migrations that it replaces make.

    Both engines are on empty databases; the files of the originals have to be there.
    """
    __tracebackhide__ = True
    from mm_pytest.standing import StandingProject

    graph = project.graph()
    apart = StandingProject(project.config, given=without(graph, name))
    originals = [one.name for one in apart.graph().order()]
    _climb(apart, first, originals)
    _climb(project, second, (*graph.ancestors(name), name))
    _assert_same(
        project,
        (first, second),
        apart.graph().schema(),
        " makes something else than the migrations that it replaces",
        name,
    )


def other_order(graph: MigrationGraph, name: str) -> tuple[str, ...]:
    """What a migration needs, with the branches in the opposite order."""
    wanted = graph.ancestors(name)
    ordered: list[str] = []
    while len(ordered) < len(wanted):
        left = [one for one in wanted if one not in ordered]
        ordered.append(max(one for one in left if not {*graph.parents[one]} & {*left}))
    return tuple(ordered)


def merges(graph: MigrationGraph) -> tuple[str, ...]:
    """The migrations that bring branches together which may arrive in any order."""
    return tuple(one.name for one in graph.order() if is_merge(graph, one.name))


def is_merge(graph: MigrationGraph, name: str) -> bool:
    """Whether it comes after branches that may arrive in any order."""
    several = len(graph.parents[name]) > 1
    return several and other_order(graph, name) != graph.ancestors(name)


def squashes(graph: MigrationGraph) -> tuple[str, ...]:
    """The squashes that can be held against what they replace."""
    kept = graph.replacing.kept
    return tuple(
        one.name
        for one in graph.order()
        if one.replaces and all(name in kept for name in one.replaces)
    )


def without(graph: MigrationGraph, squash: str) -> MigrationGraph:
    """What comes before a squash, and the migrations that it replaces in its place."""
    from mm_engine.migrations.graph import MigrationGraph

    before = [graph.by_name[name] for name in graph.ancestors(squash)]
    return MigrationGraph.of([*before, *_replaced(graph, graph.by_name[squash])])


def _replaced(graph: MigrationGraph, squash: Migration) -> list[Migration]:
    found: list[Migration] = []
    for name in squash.replaces:
        one = graph.replacing.kept[name]
        found += _replaced(graph, one) if one.replaces else [one]
    return found


def _climb(project: Project, engine: sa.Engine, names: Sequence[str]) -> None:
    for name in names:
        project.migrate(engine, to=name)


def _moved(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The part of another order that differs."""
    return [b for a, b in zip(one, other, strict=True) if a != b]


def _assert_same(
    project: Project,
    engines: tuple[sa.Engine, sa.Engine],
    schema: Schema,
    what: str,
    name: str,
) -> None:
    __tracebackhide__ = True
    from mm_pytest.assertions import placed
    from mm_pytest.drifted import lines_of
    from mm_pytest.natives import differing, native

    first, second = engines
    one, other = native(first, project), native(second, project)
    if one != other:
        lines = lines_of(second, project, schema, differing(one, other))
        raise AssertionError(
            f"{placed(project.graph().by_name[name])}{what}; the database differs"
            f" by:\n{lines}\n"
            f'"makemigrations migrate showsql {name}" shows what runs'
        )
