"""Foreign keys on a database that has none: kept in the schema, told to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.features import ForeignKeys, Unsupported
from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    AddForeignKey,
    AlterForeignKey,
    CreateTable,
    DropForeignKey,
    Operation,
    RenameConstraint,
    RunPython,
    RunSQL,
)

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect


def told_moves(dialect: Dialect, moves: Sequence[Move]) -> Sequence[Move]:
    """The moves as a dialect has to tell them: all, where there are foreign keys.

    Else they are those of a schema that never had any, so that no dialect can make a
    key, or trip over one, wherever it writes down a table.

    Raises ``UnsupportedError`` for a key that is made where the settings refuse it.
    """
    if dialect.features.foreign_keys is not ForeignKeys.ABSENT:
        return moves
    if dialect.absent_keys is Unsupported.ERROR:
        for move in moves:
            with dialect.explained(move.operation):
                _refuse(dialect, move.operation)
    return tuple(_without_keys(moves))


def _refuse(dialect: Dialect, operation: Operation) -> None:
    for key in () if operation.schema_only else _made(operation):
        raise UnsupportedError(
            f'{dialect.title} has no foreign keys, and "{key.name}" is one',
            at=key.at,
            hint="leave it out, or keep it in the schema only:"
            f" unsupported.foreign_keys: {Unsupported.DECLARE_ONLY.value}",
        )


def _made(operation: Operation) -> tuple[ForeignKey, ...]:
    match operation:
        case CreateTable(foreign_keys=keys):
            return keys
        case AddForeignKey(foreign_key=key) | AlterForeignKey(foreign_key=key):
            return (key,)
        case _:
            return ()


def _without_keys(moves: Sequence[Move]) -> Iterator[Move]:
    """The same moves from a schema without keys on; those about keys are left out."""
    before: Schema | None = None
    for move in moves:
        if _is_about_keys(move):
            continue
        if isinstance(move.operation, RunSQL | RunPython):
            # The user's functions see, and their state is told, the whole schema.
            yield move
            before = move.after.without_foreign_keys()
            continue
        told = attrs.evolve(
            move,
            operation=_without_key(move.operation),
            before=before or move.before.without_foreign_keys(),
        )
        yield told
        before = told.after


def _is_about_keys(move: Move) -> bool:
    match move.operation:
        case AddForeignKey() | AlterForeignKey() | DropForeignKey():
            return True
        case RenameConstraint(table=table, old=old):
            keys = move.before.table(table).foreign_keys
            return any(key.name == old for key in keys)
        case _:
            return False


def _without_key(operation: Operation) -> Operation:
    match operation:
        case CreateTable(foreign_keys=keys) if keys:
            return attrs.evolve(operation, foreign_keys=())
        case _:
            return operation
