"""Several migrations made into one that replaces them."""

from __future__ import annotations

from collections.abc import Sequence

from mm_engine.errors import GraphError, StateError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.naming import number_of
from mm_engine.migrations.optimize import optimized
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation


def squash(graph: MigrationGraph, first: str, last: str) -> Migration:
    """The migration that stands for all from *first* to *last*, both included.

    It ends in the same schema, with its fields in the same order (this is tried; what
    cannot be folded so stays as written), and depends on what they depend on from
    outside. Raises ``GraphError`` if *last* does not come after *first*, and for what
    stands alone in its migration. Only an index of a table that is new here need not:
    it is made with the table.
    """
    inside = _between(graph, first, last)
    names = {migration.name for migration in inside}
    outside = (parent for name in names_of(inside) for parent in graph.parents[name])
    written = [operation for migration in inside for operation in migration.operations]
    before = _schema_before(graph, last, names)
    operations = _proven(before, written, optimized(written))
    _refuse_alone(before, operations, inside)
    return Migration(
        name=f"{number_of(last):04}_squashed_from_{number_of(first):04}",
        dependencies=dict.fromkeys(name for name in outside if name not in names),
        operations=operations,
        replaces=names_of(inside),
    )


def _refuse_alone(
    before: Schema, operations: Sequence[Operation], inside: Sequence[Migration]
) -> None:
    for operation in operations:
        if operation.stands_alone(before):
            holder = next(
                (m.name for m in inside if operation in m.operations), inside[-1].name
            )
            raise GraphError(
                f"{holder} stands alone, since no transaction holds it:"
                f" {operation.describe()}",
                at=operation.at,
                hint=f"squash what comes before {holder}, and what comes after it",
            )
        before = operation.apply(before)


def names_of(migrations: Sequence[Migration]) -> list[str]:
    """The names, in order."""
    return [migration.name for migration in migrations]


def _between(graph: MigrationGraph, first: str, last: str) -> list[Migration]:
    """The migrations on every way from the first to the last, in order."""
    above = {last, *graph.ancestors(last)}
    below = {first, *graph.descendants(first)}
    inside = [m for m in graph.order() if m.name in above and m.name in below]
    if first not in above:
        raise GraphError(
            f'"{last}" does not come after "{first}", so they cannot be squashed',
            hint=f'is it the other way round? "{first}" comes after "{last}"'
            if last in graph.ancestors(first)
            else None,
        )
    if len(inside) == 1:
        raise GraphError(
            f'"{first}" alone is nothing to squash', hint="name a later last migration"
        )
    return inside


def _schema_before(graph: MigrationGraph, last: str, inside: set[str]) -> Schema:
    """The schema of all that the last one needs and that stays."""
    schema = Schema()
    above = set(graph.ancestors(last))
    for migration in graph.order():
        if migration.name in above and migration.name not in inside:
            schema = migration.apply(schema)
    return schema


def _proven(
    before: Schema, written: Sequence[Operation], fewer: tuple[Operation, ...]
) -> tuple[Operation, ...]:
    """The fewer operations if they end as the written ones do, else those written."""
    expected = _after(before, written)
    try:
        found = _after(before, fewer)
    except StateError:
        return tuple(written)
    same = expected == found and field_orders(expected) == field_orders(found)
    return fewer if same else tuple(written)


def _after(schema: Schema, operations: Sequence[Operation]) -> Schema:
    for operation in operations:
        schema = operation.apply(schema)
    return schema


def field_orders(schema: Schema) -> dict[str, list[str]]:
    """The order of the fields, which the equality of tables does not look at."""
    return {
        name: [field.name for field in table.fields]
        for name, table in schema.tables.items()
    }
