"""Operations folded into fewer that end in the same schema.

An operation is folded into an earlier one on the same thing if everything between them
is about other things. SQL, Python and rows stop the folding, and so does any operation
with a keyword that says how it is to be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mm_engine.migrations.folding import folded
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field
from mm_engine.operations import (
    AddField,
    AddForeignKey,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    CreateTable,
    DropEnum,
    DropField,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    Operation,
    RenameEnum,
    RenameTable,
    RestoreData,
    RunPython,
    RunSQL,
    SetDefaults,
    SetTypeMappings,
    UpsertData,
)

Thing: TypeAlias = tuple[str, str]

_EVERYTHING: Thing = ("everything", "")
_USES: Thing = ("uses", "")
"""Shared by what ends a use of something, and what must come after all uses of it."""

_ENDS_USES = (
    DropTable,
    DropField,
    AlterField,
    AlterPrimaryKey,
    AlterForeignKey,
    DropForeignKey,
    AlterUnique,
    DropUnique,
    AlterIndex,
    DropIndex,
    DropEnum,
    AlterEnum,
    RenameEnum,
)


def optimized(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Fewer operations, to the same end.

    >>> from mm_engine.model.types import Text
    >>> optimized([AddField("posts", Field("a", Text())), DropField("posts", "a")])
    ()
    """
    left = list(operations)
    while True:
        fewer = _pass(left)
        if len(fewer) == len(left):
            return tuple(left)
        left = fewer


def _pass(operations: Sequence[Operation]) -> list[Operation]:
    """The operations, each folded into an earlier one where it can be."""
    done: list[Operation] = []
    for operation in operations:
        found = None if _stops(operation) else _folded_back(done, operation)
        done = [*done, operation] if found is None else found
    return done


def _folded_back(done: list[Operation], late: Operation) -> list[Operation] | None:
    """The list with the operation in it without being at its end, if that can be."""
    mine = things(late)
    late_is_free = True
    for place in range(len(done) - 1, -1, -1):
        early = done[place]
        if _stops(early):
            return None
        both = folded(early, late)
        if both is not None:
            between = done[place + 1 :]
            if late_is_free:
                return [*done[:place], *both, *between]
            if all(_apart(things(early), things(other)) for other in between):
                return [*done[:place], *between, *both]
            return None
        late_is_free = late_is_free and _apart(mine, things(early))
    return None


def _stops(operation: Operation) -> bool:
    """Whether nothing may be moved over it."""
    said = (operation.schema_only, operation.if_present, operation.review)
    return any(said) or isinstance(
        operation, RunSQL | RunPython | UpsertData | RestoreData
    )


def _apart(one: frozenset[Thing], other: frozenset[Thing]) -> bool:
    return one.isdisjoint(other) and _EVERYTHING not in one and _EVERYTHING not in other


def things(operation: Operation) -> frozenset[Thing]:
    """What an operation needs or changes; two with nothing in common change places."""
    return frozenset(_things(operation))


def _things(operation: Operation) -> Iterator[Thing]:
    if isinstance(operation, _ENDS_USES):
        yield _USES
    match operation:
        case SetDefaults() | SetTypeMappings():
            yield _EVERYTHING
        case CreateTable():
            yield "table", operation.name
            yield from (("table", key.table) for key in operation.foreign_keys)
            for field in operation.fields:
                yield from _enum(field)
        case RenameTable():
            yield "table", operation.old
            yield "table", operation.new
        case AddField() | AlterField():
            yield "table", operation.table
            yield from _enum(operation.field)
        case AddForeignKey() | AlterForeignKey():
            yield "table", operation.table
            yield "table", operation.foreign_key.table
        case RenameEnum():
            yield "enum", operation.old
            yield "enum", operation.new
        case CreateEnum() | AlterEnum():
            yield "enum", operation.enum.name
        case DropEnum():
            yield "enum", operation.name
        case _:
            yield "table", operation.subject().table or ""


def _enum(field: Field) -> Iterator[Thing]:
    if name := enum_name(field.type):
        yield "enum", name
