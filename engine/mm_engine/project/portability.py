"""Whether each configured database can be told the schema, and every migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.migrations.graph import MigrationGraph


def refusals(
    schema: Schema, graph: MigrationGraph, dialect: Dialect
) -> Iterator[UnsupportedError]:
    """What a database refuses: of the schema made at once, and of each migration up.

    What is refused of both is told of the schema, with its place in the schema files.
    """
    told: set[str] = set()
    for error in _of_schema(schema, dialect):
        told.add(error.message)
        yield error
    for error in _of_migrations(graph, dialect):
        if not any(error.message.endswith(known) for known in told):
            yield error


def _of_schema(schema: Schema, dialect: Dialect) -> Iterator[UnsupportedError]:
    from mm_engine.diff import diff

    before, moves = Schema(), list[Move]()
    for number, operation in enumerate(diff(before, schema), 1):
        moves.append(Move(operation, before, number=number, mark=f"{number:08x}"))
        before = moves[-1].after
    yield from (error for _, error in _refused(moves, dialect))


def _of_migrations(
    graph: MigrationGraph, dialect: Dialect
) -> Iterator[UnsupportedError]:
    from mm_engine.runner.plan import moves, plan_up

    for step in plan_up(graph, ()):
        for move, error in _refused(moves(step), dialect):
            written = step.migration.position(move.number - 1) if move else None
            yield UnsupportedError(
                f"{step.name}: {error.message}",
                at=error.at or written or step.migration.at,
                hint=error.hint,
            )


def _refused(
    moves: Sequence[Move], dialect: Dialect
) -> Iterator[tuple[Move | None, UnsupportedError]]:
    """What is refused of each move; of all together where each alone is taken."""
    alone = [(move, _refusal((move,), dialect)) for move in moves]
    found = [(move, error) for move, error in alone if error]
    yield from found
    if not found and (error := _refusal(moves, dialect)):
        yield None, error


def _refusal(moves: Sequence[Move], dialect: Dialect) -> UnsupportedError | None:
    try:
        dialect.items(moves)
    except UnsupportedError as error:
        return error
    return None
