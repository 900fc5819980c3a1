"""What a database would only find out later, or in the middle, found before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.features import EnumStyle, ForeignKeys, Namespace
from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    CreateTable,
    DropIndex,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
)

_NAMING_TABLES = (CreateTable, RenameTable, CreateEnum, RenameEnum)
_NAMING_FIELDS = (AddField, RenameField)
_NAMING_PARTS = (
    *(AddIndex, RenameIndex, AlterPrimaryKey),
    *(AddUnique, AddCheck, AddForeignKey, RenameConstraint),
)
_NAMING = (*_NAMING_TABLES, *_NAMING_FIELDS, *_NAMING_PARTS)
_REFERRING = (
    *(CreateTable, AddForeignKey, AlterForeignKey, AlterPrimaryKey),
    *(AlterIndex, DropIndex, AlterUnique, DropUnique),
)


def check(words: Clauses, moves: Sequence[Move]) -> None:
    """Refuse what stands against something that the moves leave alone."""
    _check_names(words, moves)
    _check_references(words, moves)


def _check_names(words: Clauses, moves: Sequence[Move]) -> None:
    """Refuse two things of one name where the database can have only one.

    Only what these moves name can clash: the rest was looked at when it was made.
    """
    named = [m.operation for m in moves if isinstance(m.operation, _NAMING)]
    if not named:
        return
    schema = moves[-1].after
    if any(isinstance(operation, _NAMING_TABLES) for operation in named):
        _check_once(words, _type_names(words, schema))
    for name in dict.fromkeys(_table_of(operation) for operation in named):
        if name in schema.tables:
            _check_table(words, schema.tables[name])
    facts = words.features
    if facts.constraint_names_are_unique_in is Namespace.DATABASE:
        _check_once(words, _object_names(words, schema))
    if all(isinstance(operation, _NAMING_FIELDS) for operation in named):
        return
    if words.features.index_names_are_unique_in is Namespace.DATABASE:
        _check_once(words, _index_names(words, schema))
    for kind in words.features.unique_in_the_database:
        tables = schema.tables.values()
        parts = (part for table in tables for part in _constraints(words, table))
        _check_once(words, (part for part in parts if part[0] == kind))


def _table_of(operation: Operation) -> str:
    match operation:
        case RenameTable(new=name):
            return name
        case _:
            return operation.subject().table or ""


def _check_table(words: Clauses, table: Table) -> None:
    of_table = f'in "{table.name}"'
    facts = words.features
    fields = (("field", f.name, words.quote(f.name)) for f in table.fields)
    _check_once(words, fields, of_table)
    if facts.index_names_are_unique_in is Namespace.TABLE:
        _check_once(words, _indexes(words, table), of_table)
    if facts.constraint_names_are_unique_in is Namespace.TABLE:
        _check_once(words, _constraints(words, table), of_table)


def _check_references(words: Clauses, moves: Sequence[Move]) -> None:
    """Refuse a foreign key to fields of which two rows may hold the same values."""
    if words.features.foreign_keys is not ForeignKeys.ENFORCED:
        return
    if not any(isinstance(move.operation, _REFERRING) for move in moves):
        return
    schema = moves[-1].after
    for table in schema.tables.values():
        for key in table.foreign_keys:
            target = schema.tables.get(key.table)
            if target and not words.is_unique(target, key.references):
                raise UnsupportedError(
                    f'foreign key "{key.name}" of "{table.name}" refers to'
                    f" {key.table} ({', '.join(key.references)}), which is neither"
                    f" the primary key nor unique; {words.title} refuses that",
                    at=key.at,
                    hint="put a unique constraint on what it refers to",
                )


Named: TypeAlias = tuple[str, str, str]
"""What something is, what it is called, and its name as the database is told it."""


def _type_names(words: Clauses, schema: Schema) -> Iterator[Named]:
    """Tables, and enums where those are types: a table is one too."""
    yield from (("table", name, words.thing(name)) for name in schema.tables)
    if words.features.enums is EnumStyle.TYPE:
        yield from (("enum", name, words.thing(name)) for name in schema.enums)


def _index_names(words: Clauses, schema: Schema) -> Iterator[Named]:
    if words.features.index_names_are_table_names:
        yield from (("table", name, words.thing(name)) for name in schema.tables)
    for table in schema.tables.values():
        yield from _indexes(words, table)


def _indexes(words: Clauses, table: Table) -> Iterator[Named]:
    """The indexes of a table, and the keys that have one of their name."""
    key = table.primary_key
    parts: list[tuple[str, str | None]] = [("index", i.name) for i in table.indexes]
    if words.features.keys_have_index_names:
        parts += [("primary key", key.name)] if key else []
        parts += [("unique constraint", unique.name) for unique in table.uniques]
    for kind, name in parts:
        yield kind, str(name), words.part_beside(table.name, str(name))


def _object_names(words: Clauses, schema: Schema) -> Iterator[Named]:
    """Tables, and what stands on them, where all of it is one kind of thing."""
    yield from (("table", name, words.thing(name)) for name in schema.tables)
    for table in schema.tables.values():
        for kind, name, _ in _constraints(words, table):
            yield kind, name, words.part_beside(table.name, name)
        for kind, name in words.own_constraints(table):
            yield kind, name, words.part_beside(table.name, name)


def _constraints(words: Clauses, table: Table) -> Iterator[Named]:
    key = table.primary_key
    parts: list[tuple[str, str | None]] = [("primary key", key.name)] if key else []
    parts += [("unique constraint", unique.name) for unique in table.uniques]
    parts += [("check", check.name) for check in table.checks]
    parts += [("foreign key", key.name) for key in table.foreign_keys]
    for kind, name in parts:
        yield kind, str(name), words.part_name(str(name))


def _check_once(words: Clauses, named: Iterable[Named], where: str = "") -> None:
    taken: dict[str, tuple[str, str]] = {}
    for kind, name, told in named:
        plain = told if words.features.tells_case_apart else _lower(told)
        if plain in taken:
            other, same = taken[plain]
            raise UnsupportedError(
                f'{words.title} cannot have both {other} "{same}" and {kind} "{name}"'
                f" {where}".rstrip(),
                hint="give one of them another name",
            )
        taken[plain] = (kind, name)


def _lower(name: str) -> str:
    """The name without the case of ASCII letters, the only one SQL passes over."""
    return name.encode("utf-8", "replace").lower().decode()
