"""Moves on one table gathered, so that a table is rebuilt once and not five times.

A move may join earlier ones on its table, past moves on other tables, because no name
that it makes or drops is one that those speak of: SQLite looks at the text of a table
only when rows are written, and a step writes rows only where nothing is moved past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

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
    AlterCheck,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
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
    | AlterIndex
    | DropIndex
    | RenameIndex
    | AlterPrimaryKey
    | AddForeignKey
    | AlterForeignKey
    | DropForeignKey
    | AddUnique
    | AlterUnique
    | DropUnique
    | AddCheck
    | AlterCheck
    | DropCheck
    | RenameConstraint
    | SetTableComment
    | SetTableOptions
)
"""What a rebuild of one table can take in. Renaming a field is not among it: only
SQLite itself can rename it in views and triggers."""


@attrs.define(eq=False)
class _Groups:
    """The groups so far, and where each table and each name was last spoken of."""

    turns: Callable[[Move], bool]
    groups: list[list[Move]] = attrs.field(factory=list)
    changed: list[set[str]] = attrs.field(factory=list)
    of_table: dict[str, int] = attrs.field(factory=dict)
    last: dict[str, int] = attrs.field(factory=dict)

    def alone(self, move: Move, names: frozenset[str] | None) -> None:
        """A group that nothing joins; without names, that nothing is moved past."""
        if names is None:
            self.of_table, self.last = {}, {}
        self._new(move, names or frozenset())

    def joined(self, move: Move, operation: OnTable) -> None:
        """A move in the last group on its table, if nothing is in the way."""
        names, place = _names(operation, move), self.of_table.get(operation.table)
        free = place is not None and place >= self._last(names)
        if place is None or not free or not self._agrees(place, operation, move):
            place = self.of_table[operation.table] = self._new(move, names)
        else:
            self.groups[place].append(move)
            self.last |= dict.fromkeys(sorted(names), place)
        self.changed[place] |= self._changed(operation, move)

    def _new(self, move: Move, names: frozenset[str]) -> int:
        self.groups.append([move])
        self.changed.append(set())
        place = len(self.groups) - 1
        self.last |= dict.fromkeys(sorted(names), place)
        return place

    def _last(self, names: Iterable[str]) -> int:
        return max((self.last.get(name, -1) for name in names), default=-1)

    def _agrees(self, place: int, operation: OnTable, move: Move) -> bool:
        """Whether what the operation reads is the same in a row of before the group."""
        changed = self.changed[place]
        for sql in own_sql(operation):
            if changed & {_lower(word) for word in sqltext.identifiers(sql)}:
                return False
        if not isinstance(operation, AlterField) or not self.turns(move):
            return True
        return _lower(operation.field.name) not in changed

    def _changed(self, operation: OnTable, move: Move) -> frozenset[str]:
        """The fields that have other values now than in a row of before the group."""
        match operation:
            case AlterField(one_off=None) if not self.turns(move):
                return frozenset()
            case AddField(field=field) | AlterField(field=field):
                return frozenset({_lower(field.name)})
            case DropField(name=name):
                return frozenset({_lower(name)})
            case _:
                return frozenset()


def gathered(
    moves: Sequence[Move], turns: Callable[[Move], bool]
) -> tuple[tuple[Move, ...], ...]:
    """The moves in groups, each on one table, in the order of their first moves.

    ``turns`` tells of an alteration whether values of the field become others.
    """
    groups = _Groups(turns)
    for move in moves:
        operation = move.operation
        if not _is_free(operation):
            groups.alone(move, None)
        elif isinstance(operation, OnTable):
            groups.joined(move, operation)
        elif isinstance(operation, CreateTable | DropTable):
            groups.alone(move, _names(operation, move))
        else:
            groups.alone(move, None)
    return tuple(tuple(group) for group in groups.groups)


def drops(group: Sequence[Move]) -> bool:
    """Whether all that a group does is dropping tables."""
    return all(
        isinstance(move.operation, DropTable) and not move.operation.schema_only
        for move in group
    )


def drops_together(groups: Iterable[Sequence[Move]]) -> list[Sequence[Move]]:
    """The groups, with tables that are dropped one after the other in one of them."""
    together: list[Sequence[Move]] = []
    for all_drop, neighbours in groupby(groups, drops):
        if all_drop:
            together.append([move for group in neighbours for move in group])
        else:
            together += neighbours
    return together


def _is_free(operation: Operation) -> bool:
    """Whether nothing of an operation depends on rows of other tables."""
    if operation.schema_only or operation.if_present:
        return False
    return not any("select" in _lower(sql) for sql in own_sql(operation))


def _names(operation: OnTable | CreateTable | DropTable, move: Move) -> frozenset[str]:
    """The names of tables and indexes that an operation makes, drops or is about."""
    match operation:
        case CreateTable():
            return _all_names(operation.table)
        case DropTable(name=name):
            return _all_names(move.before.table(name))
        case AddIndex(table=table, index=index) | AlterIndex(table=table, index=index):
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
