"""What an operation is about: a path, and the part of a schema that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar, assert_never

from mm_engine.migrations.facts import Path
from mm_engine.migrations.provenance import CONSTRAINTS
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
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
    RestoreData,
    RunPython,
    RunSQL,
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
    UpsertData,
)
from mm_engine.schemafile.layout import Plain
from mm_engine.schemafile.writer import Part, part_words

Words: TypeAlias = Mapping[str, Plain]
"""A part of a schema in the words of a schema file."""

Named = TypeVar("Named", Field, Index, Unique, Check, ForeignKey)


def words_around(
    operation: Operation, before: Schema
) -> tuple[Words | None, Words | None]:
    """What the thing is before and after an operation; None where it is not there.

    Of what is only renamed the names are told.
    """
    match operation:
        case (
            RenameTable(old=old, new=new)
            | RenameField(old=old, new=new)
            | RenameIndex(old=old, new=new)
            | RenameConstraint(old=old, new=new)
            | RenameEnum(old=old, new=new)
        ):
            return {"name": old}, {"name": new}
        case _:
            path = next(iter(thing_paths(operation)), None)
            if path is None:
                return None, None
            after = operation.apply(before)
            return _words_at(path, before), _words_at(path, after)


def _words_at(path: Path, schema: Schema) -> Words | None:
    part = _part_at(path, schema)
    if part is None or isinstance(part, dict):
        return part
    return part_words(part, schema)


def _part_at(path: Path, schema: Schema) -> Part | dict[str, Plain] | None:
    kind, name, *rest = path
    if kind == "enum":
        return schema.enums.get(name)
    table = schema.tables.get(name)
    if table is None:
        return None
    match kind, rest:
        case "table", _:
            return table
        case "primary key", _:
            return table.primary_key
        case "comment", _:
            return None if table.comment is None else {"comment": table.comment}
        case "options", _:
            return {"options": {key: dict(of) for key, of in table.options.items()}}
        case _, [str(part)]:
            return _called(part, kind, table)
        case _:
            return None


def _called(name: str, kind: str, table: Table) -> Part | None:
    match kind:
        case "field":
            return _first(table.fields, name)
        case "index":
            return _first(table.indexes, name)
        case "unique":
            return _first(table.uniques, name)
        case "check":
            return _first(table.checks, name)
        case _:
            return _first(table.foreign_keys, name)


def _first(parts: Iterable[Named], name: str) -> Named | None:
    return next((part for part in parts if (part.name or "") == name), None)


def thing_paths(operation: Operation) -> tuple[Path, ...]:
    """The paths of what an operation changes; several where its kind is not told.

    >>> from mm_engine.operations import DropField
    >>> thing_paths(DropField("posts", "title"))
    (('field', 'posts', 'title'),)
    """
    match operation:
        case CreateTable(name=table) | DropTable(name=table) | RenameTable(old=table):
            return (("table", table),)
        case AddField(table=table, field=field) | AlterField(table=table, field=field):
            return (("field", table, field.name),)
        case DropField(table=table, name=name) | RenameField(table=table, old=name):
            return (("field", table, name),)
        case AddIndex() | AlterIndex() | DropIndex() | RenameIndex():
            return (_part_path("index", operation),)
        case AddUnique() | AlterUnique() | DropUnique():
            return (_part_path("unique", operation),)
        case AddCheck() | AlterCheck() | DropCheck():
            return (_part_path("check", operation),)
        case AddForeignKey() | AlterForeignKey() | DropForeignKey():
            return (_part_path("foreign key", operation),)
        case RenameConstraint():
            return tuple(_part_path(kind, operation) for kind in CONSTRAINTS)
        case AlterPrimaryKey(table=table):
            return (("primary key", table),)
        case SetTableComment(table=table):
            return (("comment", table),)
        case SetTableOptions(table=table):
            return (("options", table),)
        case CreateEnum() | DropEnum() | RenameEnum() | AlterEnum():
            return (("enum", operation.subject().name or ""),)
        case (
            SetDefaults()
            | SetTypeMappings()
            | RunSQL()
            | RunPython()
            | UpsertData()
            | RestoreData()
        ):
            return ()
        case _:
            assert_never(operation)


def _part_path(kind: str, operation: Operation) -> Path:
    table, name = operation.subject()
    return (kind, table or "", name or "")
