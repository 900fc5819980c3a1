"""What makes a schema of any parts a valid one: the parts that do not fit go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from mm_engine.model import sqltext
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Field, Index, Table, index_fields
from mm_engine.model.types import (
    Array,
    BigSerial,
    EnumOf,
    FieldType,
    Native,
    Serial,
    Text,
    referencing_type,
)
from mm_engine.model.values import Literal, Symbol
from strategies.values import WORDS, words_of


def sound(schema: Schema) -> Schema:
    """The schema without what does not fit, and with words for every symbol used."""
    tables = {
        name: _sound_table(table, schema.enums) for name, table in schema.tables.items()
    }
    tables = {
        name: attrs.evolve(table, foreign_keys=list(_sound_keys(table, tables)))
        for name, table in tables.items()
    }
    defaults = words_of(
        field.default.name
        for table in tables.values()
        for field in table.fields
        if isinstance(field.default, Symbol)
    )
    kept = {
        database: {
            name: schema.defaults.get(database, {}).get(name, words)
            for name, words in chosen.items()
        }
        for database, chosen in defaults.items()
    }
    return attrs.evolve(schema, tables=tables, defaults=kept)


def _sound_table(table: Table, enums: Mapping[str, Enum]) -> Table:
    known = {field.name for field in table.fields}
    key = table.primary_key
    if key is not None and not (key.fields and known.issuperset(key.fields)):
        key = None
    keys = key.fields if key else ()
    fields = [_sound_field(field, keys, enums) for field in table.fields]
    return attrs.evolve(
        table,
        fields=fields,
        primary_key=key,
        indexes=[i for i in table.indexes if _fits(i, table, known)],
        uniques=[u for u in table.uniques if known.issuperset(u.fields)],
        checks=[c for c in table.checks if _mentions(c.expression) <= known],
    )


def _sound_field(
    field: Field, keys: tuple[str, ...], enums: Mapping[str, Enum]
) -> Field:
    type_ = _sound_type(field.type, enums)
    if keys != (field.name,):
        type_ = referencing_type(type_)
    default = field.default
    if isinstance(default, Symbol) and default.name not in WORDS:
        default = None
    if type_ != field.type or isinstance(type_, Serial | BigSerial):
        default = None
    enum = enums.get(enum_name(type_) or "")
    if enum and isinstance(default, Literal) and default.text not in enum.values:
        default = None
    nullable = field.nullable and field.name not in keys
    return attrs.evolve(field, type=type_, default=default, nullable=nullable)


def _sound_type(type_: FieldType, enums: Mapping[str, Enum]) -> FieldType:
    match type_:
        case EnumOf() if type_.name not in enums:
            return Text()
        case Array():
            return Array(_sound_type(type_.of, enums))
        case Native(otherwise=other) if other is not None:
            return attrs.evolve(type_, otherwise=_sound_type(other, enums))
        case _:
            return type_


def _fits(index: Index, table: Table, known: set[str]) -> bool:
    quoted = {name for name in index_fields(index) if name not in _SQL_WORDS}
    return bool(table.fields) and quoted <= known


_SQL_WORDS = ("IS", "NOT", "NULL", "AND")


def _mentions(sql: str) -> set[str]:
    return {word for word in sqltext.identifiers(sql) if word not in _SQL_WORDS}


def _sound_keys(table: Table, tables: Mapping[str, Table]) -> Iterator[ForeignKey]:
    types = {field.name: field for field in table.fields}
    for key in table.foreign_keys:
        target = tables.get(key.table)
        if target is None or set(key.references) not in _keys(target):
            continue
        wanted = [referencing_type(target.field(f).type) for f in key.references]
        if any(name not in types for name in key.fields):
            continue
        mine = [types[name].type for name in key.fields]
        if [referencing_type(type_) for type_ in mine] != wanted:
            continue
        required = any(not types[name].nullable for name in key.fields)
        if required and "SET NULL" in (key.on_delete, key.on_update):
            yield attrs.evolve(key, on_delete="CASCADE", on_update="CASCADE")
        else:
            yield key


def _keys(table: Table) -> list[set[str]]:
    keys = [set(unique.fields) for unique in table.uniques if not unique.deferrable]
    return [*keys, set(table.primary_key.fields)] if table.primary_key else keys
