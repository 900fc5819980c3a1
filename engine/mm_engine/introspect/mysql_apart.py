"""What MySQL does not tell apart, told apart as a schema does.

An enum is a list of values in a type, and has no name. A unique constraint is a unique
index. And some indexes are there for a foreign key or a counter alone, which no schema
speaks of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.dialects.mysql_keys import COUNTER
from mm_engine.introspect.native import (
    Native,
    NativeColumn,
    NativeIndex,
    NativeKey,
    NativePart,
    NativeTable,
)
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

_ENUM = "enum("
_VALUE = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)

_Naming: TypeAlias = Callable[[NativeTable, NativeColumn], str | None]


def apart(native: Native, schema: Schema | None, dialect: Dialect) -> Native:
    """A description with names for enums, and its indexes sorted as a schema has them.

    Without a schema, enums are called as their columns are; with one, an enum that it
    does not have is only a type.
    """
    naming = _said(schema, dialect) if schema else _invented(native)
    known = schema.tables if schema else {}
    tables = {
        name: _table(table, known.get(name), naming, dialect)
        for name, table in native.tables.items()
    }
    return attrs.evolve(native, tables=tables)


def values_of(type_: str) -> tuple[str, ...] | None:
    r"""The values of an enum, if a type is one.

    >>> values_of(r"enum('it''s','a\\b')"), values_of("int(11)")
    (("it's", 'a\\b'), None)
    """
    if not type_.casefold().startswith(_ENUM):
        return None
    return tuple(
        match[1].replace("''", "'").replace("\\\\", "\\")
        for match in _VALUE.finditer(type_)
    )


def _table(
    table: NativeTable, said: Table | None, naming: _Naming, dialect: Dialect
) -> NativeTable:
    columns = tuple(_column(table, column, naming) for column in table.columns)
    uniques, moved = _uniques(table, said, dialect)
    indexes = tuple(
        index
        for index in (*table.indexes, *moved)
        if not _is_support(table, index, said, dialect)
    )
    if (columns, uniques, indexes) == (table.columns, table.uniques, table.indexes):
        return table
    indexes = tuple(sorted(indexes, key=lambda index: index.name))
    return attrs.evolve(table, columns=columns, uniques=uniques, indexes=indexes)


def _column(table: NativeTable, column: NativeColumn, naming: _Naming) -> NativeColumn:
    values = values_of(column.type)
    name = None if values is None else naming(table, column)
    if values is None or name is None:
        return column
    return attrs.evolve(column, enum=name, allowed=values)


def _said(schema: Schema, dialect: Dialect) -> _Naming:
    """Names as a schema has them, by the field or else by the values."""
    fields = {
        (table.name, field.name): name
        for table in schema.tables.values()
        for field in table.fields
        for name in [enum_name(dialect.spoken(field.type))]
        if name is not None and not dialect.is_mapped(field, schema)
    }
    values = {enum.values: name for name, enum in schema.enums.items()}

    def named(table: NativeTable, column: NativeColumn) -> str | None:
        return fields.get((table.name, column.name)) or values.get(
            values_of(column.type) or ()
        )

    return named


def _invented(native: Native) -> _Naming:
    """The column's name, where all columns of that name have the same values."""
    types: dict[str, set[str]] = defaultdict(set)
    for table in native.tables.values():
        for column in table.columns:
            if values_of(column.type) is not None:
                types[column.name].add(column.type)

    def named(table: NativeTable, column: NativeColumn) -> str:
        is_plain = len(types[column.name]) == 1
        return column.name if is_plain else f"{table.name}_{column.name}"

    return named


def _uniques(
    table: NativeTable, said: Table | None, dialect: Dialect
) -> tuple[tuple[NativeKey, ...], tuple[NativeIndex, ...]]:
    """The unique constraints, and those that the schema calls unique indexes."""
    indexes = _index_names(said, dialect)
    here = {unique.name for unique in table.uniques}
    known = {dialect.cut_name(str(u.name)) for u in said.uniques} if said else set()
    # One that got another name by hand is an index still.
    gone = [
        index.field_names
        for name, index in indexes.items()
        if index.unique and name not in here
    ]
    uniques: list[NativeKey] = []
    moved: list[NativeIndex] = []
    for unique in table.uniques:
        is_index = unique.name in indexes or (
            unique.name not in known and unique.fields in gone
        )
        if is_index:
            parts = tuple(NativePart(column=name) for name in unique.fields)
            moved.append(NativeIndex(name=str(unique.name), parts=parts, unique=True))
        else:
            uniques.append(unique)
    return tuple(uniques), tuple(moved)


def _is_support(
    table: NativeTable, index: NativeIndex, said: Table | None, dialect: Dialect
) -> bool:
    """Whether it is there for a foreign key of its name, or for a counter.

    See ``mysql_keys.supports``.
    """
    columns = tuple(part.column for part in index.parts if not part.descending)
    is_plain = len(columns) == len(index.parts) and not index.options
    if index.unique or not is_plain or index.name in _index_names(said, dialect):
        return False
    for key in table.foreign_keys:
        if index.name == key.name and columns == key.fields:
            return True
    counters = [(column.name,) for column in table.columns if column.identity]
    return index.name.startswith(COUNTER) and columns in counters


def _index_names(said: Table | None, dialect: Dialect) -> Mapping[str, Index]:
    indexes = said.indexes if said else ()
    return {dialect.cut_name(str(index.name)): index for index in indexes}
