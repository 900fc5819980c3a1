"""Moves on one table gathered, so that a table is rebuilt once and not five times.

A move may join earlier ones on its table, past moves on other tables, because no name
that it makes or drops is one that those speak of: SQLite looks at the text of a table
only when rows are written, and a step writes rows only where nothing is moved past.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from mm_engine.dialects.copies import own_sql
from mm_engine.dialects.statements import Move
from mm_engine.model import sqltext
from mm_engine.model.table import Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterField,
    AlterPrimaryKey,
    CreateTable,
    DropCheck,
    DropField,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameIndex,
    SetTableComment,
    SetTableOptions,
)

OnTable = (
    AddField
    | DropField
    | AlterField
    | AddIndex
    | DropIndex
    | RenameIndex
    | AlterPrimaryKey
    | AddForeignKey
    | DropForeignKey
    | AddUnique
    | DropUnique
    | AddCheck
    | DropCheck
    | RenameConstraint
    | SetTableComment
    | SetTableOptions
)
"""What a rebuild of one table can take in. Renaming a field is not among it: only
SQLite itself can rename it in views and triggers."""


@attrs.frozen
class _Gathered:
    """Moves on one table; on none if nothing may join them, or move past them."""

    table: str | None
    moves: tuple[Move, ...]
    names: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()

    def joined_by(self, move: Move, operation: OnTable) -> _Gathered:
        return attrs.evolve(
            self,
            moves=(*self.moves, move),
            names=self.names | _names(operation, move),
            altered=self.altered | _altered(operation),
        )


def gathered(moves: Sequence[Move]) -> tuple[tuple[Move, ...], ...]:
    """The moves in groups, each on one table, in the order of their first moves."""
    groups: list[_Gathered] = []
    for move in moves:
        operation = move.operation
        if isinstance(operation, OnTable) and _is_free(operation):
            place = _place(groups, move, operation)
            if place is None:
                groups.append(_Gathered(operation.table, ()))
                place = len(groups) - 1
            groups[place] = groups[place].joined_by(move, operation)
        elif isinstance(operation, CreateTable | DropTable) and _is_free(operation):
            groups.append(_Gathered("", (move,), _names(operation, move)))
        else:
            groups.append(_Gathered(None, (move,)))
    return tuple(group.moves for group in groups)


def _place(groups: Sequence[_Gathered], move: Move, operation: OnTable) -> int | None:
    """The group that a move can join, looking back until something is in the way."""
    names = _names(operation, move)
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group.table is None:
            return None
        if group.table == operation.table:
            return place if _agrees(group, operation) else None
        if group.names & names:
            return None
    return None


def _agrees(group: _Gathered, operation: OnTable) -> bool:
    """Whether the operation's own SQL can be read on the table before the group."""
    for sql in own_sql(operation):
        if group.altered & {_lower(word) for word in sqltext.identifiers(sql)}:
            return False
    again = isinstance(operation, AlterField)
    return not (again and group.altered & _altered(operation))


def _is_free(operation: Operation) -> bool:
    """Whether nothing of an operation depends on rows of other tables."""
    if operation.schema_only or operation.if_present:
        return False
    return not any("select" in _lower(sql) for sql in own_sql(operation))


def _altered(operation: OnTable) -> frozenset[str]:
    match operation:
        case AddField(field=field) | AlterField(field=field):
            return frozenset({_lower(field.name)})
        case DropField(name=name):
            return frozenset({_lower(name)})
        case _:
            return frozenset()


def _names(operation: OnTable | CreateTable | DropTable, move: Move) -> frozenset[str]:
    """The names of tables and indexes that an operation makes, drops or is about."""
    match operation:
        case CreateTable():
            return _all_names(operation.table)
        case DropTable(name=name):
            return _all_names(move.before.table(name))
        case AddIndex(table=table, index=index):
            return frozenset({_lower(table), _lower(index.name or "")})
        case DropIndex(table=table, name=name):
            return frozenset({_lower(table), _lower(name)})
        case RenameIndex(table=table, old=old, new=new):
            return frozenset({_lower(table), _lower(old), _lower(new)})
        case _:
            return frozenset({_lower(operation.table)})


def _all_names(table: Table) -> frozenset[str]:
    indexes = (_lower(index.name or "") for index in table.indexes)
    return frozenset({_lower(table.name), *indexes})


def _lower(name: str) -> str:
    return name.lower()
