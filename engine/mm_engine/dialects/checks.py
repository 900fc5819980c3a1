"""What a database would only find out later, or in the middle, found before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.features import Namespace
from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import (
    AddField,
    AddForeignKey,
    AddIndex,
    AlterPrimaryKey,
    CreateTable,
    DropIndex,
    DropUnique,
    Operation,
    RenameField,
    RenameIndex,
    RenameTable,
)

_NAMING_TABLES = (CreateTable, RenameTable)
_NAMING_FIELDS = (AddField, RenameField)
_NAMING = (*_NAMING_TABLES, *_NAMING_FIELDS, AddIndex, RenameIndex)
_REFERRING = (CreateTable, AddForeignKey, AlterPrimaryKey, DropIndex, DropUnique)


def check_names(words: Clauses, moves: Sequence[Move]) -> None:
    """Refuse two things of one name where the database can have only one.

    Only what these moves name can clash: the rest was looked at when it was made.
    """
    named = [m.operation for m in moves if isinstance(m.operation, _NAMING)]
    if not named:
        return
    schema = moves[-1].after
    if any(isinstance(operation, _NAMING_TABLES) for operation in named):
        _check_once(words, (("table", name) for name in schema.tables))
    for name in dict.fromkeys(_table_of(operation) for operation in named):
        if name in schema.tables:
            _check_table(words, schema.tables[name])
    if words.features.index_names_are_unique_in is Namespace.DATABASE and any(
        not isinstance(operation, _NAMING_FIELDS) for operation in named
    ):
        _check_once(words, _index_names(words, schema))


def _table_of(operation: Operation) -> str:
    match operation:
        case RenameTable(new=name):
            return name
        case _:
            return operation.subject().table or ""


def _check_table(words: Clauses, table: Table) -> None:
    of_table = f'in "{table.name}"'
    _check_once(words, (("field", f.name) for f in table.fields), of_table)
    if words.features.index_names_are_unique_in is Namespace.TABLE:
        names = (("index", str(i.name)) for i in table.indexes)
        _check_once(words, names, of_table)


def check_references(words: Clauses, moves: Sequence[Move]) -> None:
    """Refuse a foreign key to fields of which two rows may hold the same values."""
    if not words.features.enforces_foreign_keys:
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


def _index_names(words: Clauses, schema: Schema) -> Iterator[tuple[str, str]]:
    if words.features.index_names_are_table_names:
        yield from (("table", name) for name in schema.tables)
    for table in schema.tables.values():
        yield from (("index", str(index.name)) for index in table.indexes)


def _check_once(
    words: Clauses, named: Iterator[tuple[str, str]], where: str = ""
) -> None:
    taken: dict[str, tuple[str, str]] = {}
    for kind, name in named:
        plain = name if words.features.tells_case_apart else _lower(name)
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
