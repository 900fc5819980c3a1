"""A schema as YAML text that a person could have written and that reads back equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Desc, Field, Index, IndexPart, Options, Table
from mm_engine.model.types import FieldType
from mm_engine.model.values import Default, Expression, Literal, Symbol
from mm_engine.schemafile.defaults import Vocabulary, decided
from mm_engine.schemafile.fieldtypes import FOREIGN_KEY
from mm_engine.schemafile.layout import (
    Inline,
    Plain,
    Tagged,
    Value,
    plain,
    yaml_text,
)
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.shorthands import Reference, Shorthands, shorthands
from mm_engine.schemafile.typewords import type_words

Words = dict[str, Value]

Part: TypeAlias = (
    Table | Field | Index | PrimaryKey | Unique | Check | ForeignKey | Enum
)
"""What a schema consists of, one by one."""


def schema_yaml(
    schema: Schema, *, name: str | None = None, version: str | None = None
) -> str:
    """The schema as a file; reading it gives an equal schema.

    Built-in symbols that mean what they always mean are not spelled out.
    """
    defaults = _own_defaults(schema)
    words = _vocabulary(schema)
    sections: Words = {}
    about = {"name": name, "version": version}
    if about := {key: text for key, text in about.items() if text is not None}:
        sections["database"] = about
    if defaults:
        sections["defaults"] = defaults
    if schema.type_mappings:
        sections["type_mappings"] = schema.type_mappings
    if schema.enums:
        sections["enums"] = [_enum(enum) for enum in schema.enums.values()]
    sections["tables"] = [
        _table(table, schema, words) for table in schema.tables.values()
    ]
    return yaml_text(sections)


def part_words(part: Part, schema: Schema) -> Mapping[str, Plain]:
    """One part of a schema in the words that a file has for it, as plain values.

    A field says ``nullable`` in any case, and a key is not told at its field.
    """
    match part:
        case Table():
            words = _table(part, schema, _vocabulary(schema))
        case Field():
            words = _lone_field(part, schema)
        case Index():
            words = _index(part)
        case ForeignKey():
            words = _foreign_key(part)
        case Enum():
            words = _enum(part)
        case PrimaryKey():
            words = _mapping("fields", _key(part))
        case Unique():
            words = _mapping("fields", _unique(part))
        case Check():
            words = _mapping("expression", _check(part))
        case _:
            assert_never(part)
    return {key: plain(value) for key, value in words.items()}


def _lone_field(field: Field, schema: Schema) -> Words:
    table = Table("", [field])
    words = _field(field, table, shorthands(table, schema), _vocabulary(schema))
    return {**words, "nullable": field.nullable}


def _mapping(key: str, value: Value) -> Words:
    """What may be told by one value alone, under the key that it stands for."""
    return dict(value) if isinstance(value, Mapping) else {key: value}


def _vocabulary(schema: Schema) -> Vocabulary:
    defaults = _own_defaults(schema)
    symbols = dict.fromkeys(word for chosen in defaults.values() for word in chosen)
    return Vocabulary(tuple(symbols), schema.enums)


def _own_defaults(schema: Schema) -> PerDatabase:
    """What the file must say: all but the built-in words for symbols in use."""
    used = {
        field.default.name
        for table in schema.tables.values()
        for field in table.fields
        if isinstance(field.default, Symbol)
    }
    own = {
        database: {
            name: sql
            for name, sql in chosen.items()
            if name not in used or BUILT_IN_DEFAULTS.get(database, {}).get(name) != sql
        }
        for database, chosen in schema.defaults.items()
    }
    return {database: chosen for database, chosen in own.items() if chosen}


def _enum(enum: Enum) -> Words:
    values: list[Value] = [
        Inline({"name": value, "renamed_from": enum.renames[value]})
        if value in enum.renames
        else value
        for value in enum.values
    ]
    return {
        "name": enum.name,
        **_said("renamed_from", enum.renamed_from),
        **_said("comment", enum.comment),
        "values": Inline(values),
    }


def _said(key: str, value: Value | None) -> Words:
    """A key with its value, unless there is none."""
    return {} if value is None else {key: value}


def _options(options: Options) -> Words:
    return {"options": {k: dict(v) for k, v in options.items()}} if options else {}


def default_value(
    default: Default | None, type_: FieldType, words: Vocabulary
) -> Value | None:
    """A default as it is written: its text, with a tag where the text is not enough."""
    match default:
        case None:
            return None
        case Symbol():
            tagged = Tagged("!symbol", default.name)
        case Literal():
            tagged = Tagged("!literal", default.text)
        case Expression():
            tagged = Tagged("!expression", default.sql)
        case _:
            assert_never(default)
    attempt = Report()
    read = tagged.text and decided(tagged.text, type_, words, attempt)
    return tagged.text if read == default and not attempt.findings else tagged


def _table(table: Table, schema: Schema, words: Vocabulary) -> Words:
    """One table: shorthands where they say all there is to say."""
    short = shorthands(table, schema)
    lists: dict[str, list[Value]] = {
        "unique": [_unique(unique) for unique in short.other_uniques],
        "checks": [_check(check) for check in table.checks],
        "foreign_keys": [_foreign_key(key) for key in short.other_keys],
        "indexes": [_index(index) for index in short.other_indexes],
    }
    key = table.primary_key
    return {
        "name": table.name,
        **_said("renamed_from", table.renamed_from),
        **_said("comment", table.comment),
        "fields": [_field(field, table, short, words) for field in table.fields],
        **({} if key is None or short.primary_key else {"primary_key": _key(key)}),
        **{name: entries for name, entries in lists.items() if entries},
        **_options(table.options),
    }


def _field(field: Field, table: Table, short: Shorthands, words: Vocabulary) -> Words:
    name = field.name
    reference = short.references.get(name)
    type_: Words = type_words(field.type)
    if reference is not None and reference.gives_type:
        type_ = {"type": FOREIGN_KEY}
    in_key = table.primary_key is not None and name in table.primary_key.fields
    default = default_value(field.default, field.type, words)
    flags = {
        "primary_key": short.primary_key == name,
        "unique": name in short.unique_fields,
        "index": name in short.indexed_fields,
        "auto_create": field.auto_create,
        "auto_update": field.auto_update,
    }
    return {
        "name": name,
        **_said("renamed_from", field.renamed_from),
        **type_,
        **({} if reference is None else {"foreign_key": _reference(reference)}),
        **({} if field.nullable or in_key else {"nullable": False}),
        **{flag: True for flag, is_set in flags.items() if is_set},
        **_said("default", default),
        **_said("comment", field.comment),
        **_options(field.options),
    }


def _reference(reference: Reference) -> Words:
    key = reference.key
    return {
        "table": key.table,
        **({"field": key.references[0]} if reference.names_field else {}),
        **_rest(key),
        **({"index": False} if reference.no_index else {}),
    }


def _foreign_key(key: ForeignKey) -> Words:
    return {
        "fields": Inline(key.fields),
        "table": key.table,
        "references": Inline(key.references),
        **_rest(key),
    }


def _rest(key: ForeignKey) -> Words:
    """What both spellings of a foreign key have in common."""
    actions = {"on_delete": key.on_delete, "on_update": key.on_update}
    return {
        **{k: v for k, v in actions.items() if v != _UNSAID[k]},
        **_said("deferrable", key.deferrable),
        **_said("name", key.name),
        **_said("renamed_from", key.renamed_from),
    }


_UNSAID = {"on_delete": "RESTRICT", "on_update": "NO ACTION"}


def _key(key: PrimaryKey) -> Value:
    if key.name is None:
        return Inline(key.fields)
    return {"fields": Inline(key.fields), "name": key.name}


def _unique(unique: Unique) -> Value:
    if unique == Unique(unique.fields) and unique.renamed_from is None:
        return Inline(unique.fields)
    return {
        **_said("name", unique.name),
        **_said("renamed_from", unique.renamed_from),
        "fields": Inline(unique.fields),
        **({"nulls_not_distinct": True} if unique.nulls_not_distinct else {}),
        **_said("deferrable", unique.deferrable),
    }


def _check(check: Check) -> Value:
    if check.name is None and check.renamed_from is None:
        return check.expression
    return {
        **_said("name", check.name),
        **_said("renamed_from", check.renamed_from),
        "expression": check.expression,
    }


def _index(index: Index) -> Words:
    flags = {
        "unique": index.unique,
        "nulls_not_distinct": index.nulls_not_distinct,
        "concurrently": index.concurrently,
    }
    return {
        **_said("name", index.name),
        **_said("renamed_from", index.renamed_from),
        "fields": Inline([_index_part(part) for part in index.fields]),
        **{flag: True for flag, is_set in flags.items() if is_set},
        **_said("method", index.method),
        **_said("where", index.where),
        **({"include": Inline(index.include)} if index.include else {}),
        **_options(index.options),
    }


def _index_part(part: IndexPart) -> Value:
    match part:
        case Desc():
            return {"field": part.name, "desc": True}
        case Expression():
            return {"expression": part.sql}
        case _:
            return part
