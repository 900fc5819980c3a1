"""Which rows a migration may change, by what its operations say."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Symbol
from mm_engine.operations import (
    AlterEnum,
    AlterField,
    DropField,
    DropTable,
    Operation,
    RenameTable,
    RunPython,
    RunSQL,
    UpsertData,
)

Row = Mapping[str, object]
Rows = Mapping[str, tuple[Row, ...]]
"""The rows of every table, fields by name, in an order that only they decide."""


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows in an order that only they decide."""
    return tuple(sorted(rows, key=lambda row: repr(sorted(row.items()))))


def without(rows: Rows, fields: Container[tuple[str, str]]) -> Rows:
    """The rows without some fields, told by table and name."""
    return {
        table: ordered(
            {name: row[name] for name in row if (table, name) not in fields}
            for row in some
        )
        for table, some in rows.items()
    }


def lost_there(migration: Migration, before: Schema) -> set[tuple[str, str]]:
    """Fields of the schema after that are made anew, with values nobody can foresee."""
    after = migration.apply(before)
    return {
        (table.name, field.name)
        for table in after.tables.values()
        for field in table.fields
        if not _has(before, table.name, field.name)
        if field.auto_create or field.auto_update or isinstance(field.default, Symbol)
    }


def lost_back(migration: Migration, before: Schema) -> set[tuple[str, str]]:
    """Fields of the schema before that do not come back as they were."""
    found: set[tuple[str, str]] = set()
    old_names: dict[str, str] = {}
    for operation in parts(migration):
        match operation:
            case RenameTable(old, new):
                old_names[new] = old
            case DropTable(name):
                found |= {(name, field.name) for field in before.table(name).fields}
            case DropField(table, name):
                found.add((table, name))
            case AlterField(table, field, one_off=value) if value:
                found.add((table, field.name))
            case AlterEnum(enum, replaced=replaced) if replaced:
                places = before.fields_of_enum(enum.name)
                found |= {(table.name, field.name) for table, field in places}
            case RunSQL() | RunPython() | UpsertData():
                # An UPDATE of the user's own is one: its time is kept.
                found |= {(t.name, f.name) for t, f in _self_updating(before)}
            case _:
                pass
    return {(old_names.get(table, table), name) for table, name in found}


def _self_updating(schema: Schema) -> Iterator[tuple[Table, Field]]:
    for table in schema.tables.values():
        for field in table.fields:
            if field.auto_update:
                yield table, field


def _has(schema: Schema, table: str, field: str) -> bool:
    found = schema.tables.get(table)
    return found is not None and any(one.name == field for one in found.fields)


def parts(migration: Migration) -> Iterator[Operation]:
    """Its operations, and those that its SQL and Python stand for."""
    for operation in migration.operations:
        yield operation
        if isinstance(operation, RunSQL | RunPython):
            yield from operation.state_operations


def disturbed(
    rows: Rows, other: Rows, migration: Migration, text: str
) -> Iterator[str]:
    """The tables of which a migration changed rows without a word about it.

    A table that its text does not name keeps everything. One that it does keeps the
    fields that it does not name, unless rows are its very business.
    """
    is_free = any(
        isinstance(op, RunSQL | RunPython | UpsertData) for op in migration.operations
    )
    words = set(re.findall(r"\w+", text))
    for table in sorted(rows.keys() & other.keys()):
        if table not in words:
            if rows[table] != other[table]:
                yield table
        elif not is_free:
            common = (_names(rows[table]) & _names(other[table])) - words
            if _only(rows[table], common) != _only(other[table], common):
                yield table


def _names(rows: Iterable[Row]) -> set[str]:
    return {name for row in rows for name in row}


def _only(rows: Iterable[Row], names: set[str]) -> tuple[Row, ...]:
    return ordered({name: row[name] for name in names} for row in rows)
