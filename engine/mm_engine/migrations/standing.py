"""Operations that stand alone in their migration, since no transaction holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from mm_engine.errors import MigrationFileError, Position
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

Part: TypeAlias = tuple[Operation, ...]
"""The operations of one migration."""


def parts(operations: Iterable[Operation], before: Schema) -> tuple[Part, ...]:
    """The operations cut into those of one migration each; one that is empty if none.

    >>> from mm_engine.operations import RunSQL
    >>> one, alone = RunSQL("SELECT 1"), RunSQL("VACUUM", transactional=False)
    >>> [len(part) for part in parts([one, one, alone, one], Schema())]
    [2, 1, 1]
    """
    found: list[Part] = []
    open_part: Part = ()
    for operation in operations:
        if operation.stands_alone(before):
            found += [open_part, (operation,)]
            open_part = ()
        else:
            open_part = (*open_part, operation)
        before = operation.apply(before)
    return tuple(filter(None, [*found, open_part])) or ((),)


def mixed(
    operation: Operation, name: str | None = None, at: Position | None = None
) -> MigrationFileError:
    """What is said of an operation that has others beside it and must have none."""
    where = f"{name}: " if name else ""
    return MigrationFileError(
        f"{where}no transaction holds this, so it stands alone in its migration:"
        f" {operation.describe()}",
        at=at or operation.at,
        hint="move it into a migration of its own, which depends on this one",
    )
