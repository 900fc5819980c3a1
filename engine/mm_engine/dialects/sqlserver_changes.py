"""Keys, constraints and options of a table of SQL Server, added, altered, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.base import Items
from mm_engine.dialects.statements import Item, Move, When
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.table import Table
from mm_engine.operations import (
    AddCheck,
    AddForeignKey,
    AddUnique,
    AlterCheck,
    AlterForeignKey,
    AlterPrimaryKey,
    AlterUnique,
    DropCheck,
    DropForeignKey,
    DropUnique,
    Operation,
    RenameConstraint,
    SetTableOptions,
)

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver import SQLServer


def changed(dialect: SQLServer, move: Move, table: str) -> Items:
    """Make a table's keys, constraints and options what they now are."""
    operation, tolerant = move.operation, move.operation.if_present
    items = _table_changed(dialect, move, operation, table)
    name = operation.subject().name
    exists = _part_exists(dialect, table, name)
    match operation:
        case AddForeignKey() | AddUnique() | AddCheck():
            yield from dialect.when(tolerant, dialect.absent_sql(exists), items)
        case AlterPrimaryKey() | SetTableOptions():
            yield from items
        case AlterForeignKey() | AlterUnique() | AlterCheck() if tolerant:
            dropped, added = items
            yield When(exists, items=(dropped,))
            yield added
        case _:
            yield from dialect.when(tolerant, exists, items)


def _part_exists(dialect: SQLServer, table: str, name: str | None) -> str:
    """A query that gives a row if there is such a constraint, or its index."""
    constraint = dialect.constraint_exists_sql(table, name)
    return f"{constraint} UNION {dialect.index_exists_sql(table, name)}"


def _table_changed(
    dialect: SQLServer, move: Move, operation: Operation, name: str
) -> list[Item]:
    before, after = move.before.table(name), move.after.table(name)
    match operation:
        case AddForeignKey(foreign_key=part):
            return [dialect.part_added(after, part)]
        case AddUnique(unique=part):
            return [dialect.part_added(after, part)]
        case AddCheck(check=part):
            return [dialect.part_added(after, part)]
        case AlterForeignKey(foreign_key=part):
            was = before.foreign_key(str(part.name))
            return [dialect.part_dropped(before, was), dialect.part_added(after, part)]
        case AlterUnique(unique=part):
            gone = before.unique(str(part.name))
            return [dialect.part_dropped(before, gone), dialect.part_added(after, part)]
        case AlterCheck(check=part):
            old = before.check(str(part.name))
            return [dialect.part_dropped(before, old), dialect.part_added(after, part)]
        case DropForeignKey(name=part_name):
            return [dialect.part_dropped(before, before.foreign_key(part_name))]
        case DropUnique(name=part_name):
            return [dialect.part_dropped(before, before.unique(part_name))]
        case DropCheck(name=part_name):
            return [dialect.part_dropped(before, before.check(part_name))]
        case RenameConstraint(old=old_name, new=new_name):
            return [_constraint_renamed(dialect, before, old_name, new_name)]
        case AlterPrimaryKey(primary_key=key):
            return [
                *_key_changed(dialect, before, after, key),
                *dialect.triggers_changed(move, name),
            ]
        case _:
            return _packed_anew(dialect, before, after)


def _constraint_renamed(dialect: SQLServer, table: Table, old: str, new: str) -> Item:
    unique = next((u for u in table.uniques if u.name == old), None)
    if unique is None or not dialect.is_by_index(table, unique):
        return dialect.part_renamed(table.name, old, new)
    path = f"{dialect.thing(table.name)}.{dialect.part_name(old)}"
    return dialect.renamed("INDEX", path, dialect.cut_name(new))


def _key_changed(
    dialect: SQLServer, before: Table, after: Table, key: PrimaryKey | None
) -> Iterator[Item]:
    old = before.primary_key
    if old and key and old.fields == key.fields:
        yield dialect.part_renamed(before.name, str(old.name), str(key.name))
        return
    if old:
        yield dialect.part_dropped(before, old)
    if key:
        yield dialect.part_added(after, key)


def _packed_anew(dialect: SQLServer, before: Table, after: Table) -> list[Item]:
    old, new = dialect.compression(before), dialect.compression(after)
    if old == new:
        return []
    packed = f"DATA_COMPRESSION = {new or 'NONE'}"
    return [dialect.altered(after.name, f"REBUILD WITH ({packed})")]
