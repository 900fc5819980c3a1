"""What two operations on one thing come to."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from mm_engine.errors import StateError
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    CreateTable,
    DropCheck,
    DropEnum,
    DropField,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
)

Folded: TypeAlias = tuple[Operation, ...] | None
"""One operation or none; None where the two stay two."""

Added: TypeAlias = AddIndex | AddUnique | AddCheck | AddForeignKey
Altered: TypeAlias = AlterIndex | AlterUnique | AlterCheck | AlterForeignKey


def folded(early: Operation, late: Operation) -> Folded:
    """What two operations come to if nothing happens between them.

    Rows get the same values either way: a conversion, or a value that existing rows
    were given, is never folded away while its field stays.
    """
    match early, late:
        case CreateTable(), _:
            return _into_table(early, late)
        case RenameTable(), _:
            return _after_renaming_table(early, late)
        case ((AddField() | AlterField() | RenameField()), _) if _same_table(
            early, late
        ):
            return _into_field(early, late)
        case (
            (AddIndex() | AddUnique() | AddCheck() | AddForeignKey()),
            _,
        ) if _same_table(early, late):
            return _into_part(early, late)
        case (
            (AlterIndex() | AlterUnique() | AlterCheck() | AlterForeignKey()),
            _,
        ) if early.subject() == late.subject():
            return _after_altering(early, late)
        case RenameIndex(), RenameIndex() | DropIndex() if _same_table(early, late):
            return _after_renaming_index(early, late)
        case CreateEnum(), _:
            return _into_enum(early, late)
        case _:
            return _the_last(early, late)


def _same_table(early: Operation, late: Operation) -> bool:
    return early.subject().table == late.subject().table


def _into_table(early: CreateTable, late: Operation) -> Folded:
    """A new table as it is after the later operation: it has no rows to think of."""
    match late:
        case DropTable(name=name) if name == early.name:
            return ()
        case RenameTable(old=old) if old == early.name:
            alone = Schema.of(early.table).with_table_renamed(old, late.new)
            return (CreateTable.of(alone.tables[late.new]),)
        case AddForeignKey(table=table) if table == early.name:
            keys = (*early.foreign_keys, late.foreign_key)
            return (attrs.evolve(early, foreign_keys=keys),)
        case AlterForeignKey(table=table) if table == early.name:
            new = late.foreign_key
            keys = tuple(new if k.name == new.name else k for k in early.foreign_keys)
            return (attrs.evolve(early, foreign_keys=keys),)
        case (
            AddField()
            | AlterField()
            | DropField()
            | RenameField()
            | AddIndex()
            | AlterIndex()
            | DropIndex()
            | RenameIndex()
            | AlterPrimaryKey()
            | AddUnique()
            | AlterUnique()
            | DropUnique()
            | AddCheck()
            | AlterCheck()
            | DropCheck()
            | DropForeignKey()
            | RenameConstraint()
            | SetTableComment()
            | SetTableOptions()
        ) if late.table == early.name:
            try:
                alone = late.apply(Schema.of(early.table))
            except StateError:
                return None
            return (CreateTable.of(alone.tables[early.name]),)
        case _:
            return None


def _after_renaming_table(early: RenameTable, late: Operation) -> Folded:
    match late:
        case RenameTable(old=old, new=new) if old == early.new:
            return () if new == early.old else (RenameTable(early.old, new),)
        case DropTable(name=name) if name == early.new:
            return (DropTable(early.old),)
        case _:
            return None


def _into_field(early: AddField | AlterField | RenameField, late: Operation) -> Folded:
    name = early.new if isinstance(early, RenameField) else early.field.name
    match early, late:
        case AddField(), DropField() if late.name == name:
            return ()
        case AlterField(), DropField() if late.name == name:
            return (late,)
        case RenameField(), DropField() if late.name == name:
            return (DropField(early.table, early.old),)
        case RenameField(), RenameField() if late.old == name:
            back = late.new == early.old
            return () if back else (attrs.evolve(early, new=late.new),)
        case AddField(), RenameField() if late.old == name:
            field = attrs.evolve(early.field, name=late.new)
            return (attrs.evolve(early, field=field),)
        case ((AddField() | AlterField()), AlterField()) if late.field.name == name:
            return _with_new_field(early, late)
        case _:
            return None


def _with_new_field(early: AddField | AlterField, late: AlterField) -> Folded:
    """Two versions of a field as one, if rows get the same from it."""
    old, new = early.field, late.field
    touches_rows = (
        old.type != new.type
        or old.default != new.default
        or old.auto_create != new.auto_create
        or bool(late.convert)
        or (isinstance(early, AlterField) and bool(early.convert or early.one_off))
    )
    if touches_rows:
        return None
    one_off = early.one_off or late.one_off
    return (attrs.evolve(early, field=new, one_off=one_off),)


def _into_part(early: Added, late: Operation) -> Folded:
    match early, late:
        case AddIndex(), DropIndex() if late.name == early.index.name:
            return ()
        case AddIndex(), AlterIndex() if late.index.name == early.index.name:
            return (attrs.evolve(early, index=late.index),)
        case AddIndex(), RenameIndex() if late.old == early.index.name:
            index = attrs.evolve(early.index, name=late.new)
            return (attrs.evolve(early, index=index),)
        case AddUnique(), DropUnique() if late.name == early.unique.name:
            return ()
        case AddUnique(), AlterUnique() if late.unique.name == early.unique.name:
            return (attrs.evolve(early, unique=late.unique),)
        case AddUnique(), RenameConstraint() if late.old == early.unique.name:
            unique = attrs.evolve(early.unique, name=late.new)
            return (attrs.evolve(early, unique=unique),)
        case AddCheck(), DropCheck() if late.name == early.check.name:
            return ()
        case AddCheck(), AlterCheck() if late.check.name == early.check.name:
            return (attrs.evolve(early, check=late.check),)
        case AddCheck(), RenameConstraint() if late.old == early.check.name:
            check = attrs.evolve(early.check, name=late.new)
            return (attrs.evolve(early, check=check),)
        case AddForeignKey(), DropForeignKey() if late.name == early.foreign_key.name:
            return ()
        case AddForeignKey(), AlterForeignKey() if (
            late.foreign_key.name == early.foreign_key.name
        ):
            return (attrs.evolve(early, foreign_key=late.foreign_key),)
        case AddForeignKey(), RenameConstraint() if late.old == early.foreign_key.name:
            key = attrs.evolve(early.foreign_key, name=late.new)
            return (attrs.evolve(early, foreign_key=key),)
        case _:
            return None


def _after_altering(early: Altered, late: Operation) -> Folded:
    """What a part was for a while, nobody needs to know."""
    match early, late:
        case (
            (AlterIndex(), AlterIndex() | DropIndex())
            | (AlterUnique(), AlterUnique() | DropUnique())
            | (AlterCheck(), AlterCheck() | DropCheck())
            | (AlterForeignKey(), AlterForeignKey() | DropForeignKey())
        ):
            return (late,)
        case _:
            return None


def _after_renaming_index(early: RenameIndex, late: RenameIndex | DropIndex) -> Folded:
    match late:
        case RenameIndex(old=old) if old == early.new:
            back = late.new == early.old
            return () if back else (attrs.evolve(early, new=late.new),)
        case DropIndex(name=name) if name == early.new:
            return (DropIndex(early.table, early.old),)
        case _:
            return None


def _into_enum(early: CreateEnum, late: Operation) -> Folded:
    match late:
        case DropEnum(name=name) if name == early.enum.name:
            return ()
        case AlterEnum(enum=enum) if enum.name == early.enum.name:
            return (CreateEnum(enum),)
        case RenameEnum(old=old) if old == early.enum.name:
            return (CreateEnum(attrs.evolve(early.enum, name=late.new)),)
        case _:
            return None


def _the_last(early: Operation, late: Operation) -> Folded:
    """Of two that say the whole of something, the later one."""
    match early, late:
        case (SetDefaults(), SetDefaults()) | (SetTypeMappings(), SetTypeMappings()):
            return (late,)
        case (
            (AlterPrimaryKey(), AlterPrimaryKey())
            | (SetTableComment(), SetTableComment())
            | (SetTableOptions(), SetTableOptions())
        ) if _same_table(early, late):
            return (late,)
        case _:
            return None
