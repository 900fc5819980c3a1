"""A schema as YAML text that a person could have written and that reads back equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Desc, Field, Index, IndexPart, Options, Table
from mm_engine.model.types import FieldType, referencing_type
from mm_engine.model.values import Default, Expression, Literal, Symbol
from mm_engine.schemafile.defaults import Vocabulary, decided
from mm_engine.schemafile.layout import Inline, Tagged, Value, yaml_text
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.typewords import type_words

Words = dict[str, Value]


def schema_yaml(
    schema: Schema, *, name: str | None = None, version: str | None = None
) -> str:
    """The schema as a file; reading it gives an equal schema.

    Built-in symbols that mean what they always mean are not spelled out.
    """
    defaults = _own_defaults(schema)
    symbols = dict.fromkeys(word for chosen in defaults.values() for word in chosen)
    words = Vocabulary(tuple(symbols), schema.enums)
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
        TableWords(table, schema, words).all() for table in schema.tables.values()
    ]
    return yaml_text(sections)


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
            if name not in used
            or BUILT_IN_DEFAULTS.get(database, {}).get(name) != sql
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
    """A default as it is written: its text, with a tag where that alone would not do."""
    match default:
        case None:
            return None
        case Symbol(text):
            tag = "!symbol"
        case Literal(text):
            tag = "!literal"
        case Expression(text):
            tag = "!expression"
    attempt = Report()
    is_plain = text != "" and decided(text, type_, words, attempt) == default
    return text if is_plain and not attempt.findings else Tagged(tag, text)


@attrs.frozen
class TableWords:
    """One table in the words of YAML: shorthands where they say all there is."""

    table: Table
    schema: Schema
    words: Vocabulary

    def all(self) -> Words:
        """The whole block."""
