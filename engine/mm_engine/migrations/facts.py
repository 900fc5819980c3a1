"""A schema as single facts, each at a path, so that three can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs

from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.table import Field, Table

Path: TypeAlias = tuple[str, ...]
"""What a fact is about: its kind, then names from the outside in."""

FIELD_WORDS = tuple(
    attribute.name
    for attribute in attrs.fields(Field)
    if attribute.eq and attribute.name != "name"
)
"""The attributes of a field that can change on their own."""


def facts(schema: Schema) -> dict[Path, object]:
    """Everything a schema says; two schemas are equal if their facts are."""
    return {
        **dict(_settings("default", schema.defaults)),
        **dict(_settings("type mapping", schema.type_mappings)),
        **{("enum", name): enum for name, enum in schema.enums.items()},
        **{
            path: value
            for table in schema.tables.values()
            for path, value in _of_table(table)
        },
    }


def _settings(kind: str, settings: PerDatabase) -> Iterator[tuple[Path, object]]:
    for database, chosen in settings.items():
        for name, sql in chosen.items():
            yield (kind, database, name), sql


def _of_table(table: Table) -> Iterator[tuple[Path, object]]:
    yield ("table", table.name), True
    yield ("primary key", table.name), table.primary_key
    yield ("comment", table.name), table.comment
    yield ("options", table.name), table.options
    for field in table.fields:
        for word in FIELD_WORDS:
            value: object = getattr(field, word)
            yield ("field", table.name, field.name, word), value
    parts: Mapping[str, Mapping[str | None, object]] = {
        "index": {part.name: part for part in table.indexes},
        "unique": {part.name: part for part in table.uniques},
        "check": {part.name: part for part in table.checks},
        "foreign key": {part.name: part for part in table.foreign_keys},
    }
    for kind, named in parts.items():
        for name, part in named.items():
            yield (kind, table.name, name or ""), part


def phrase(path: Path) -> str:
    """A path in words.

    >>> phrase(("field", "posts", "title", "nullable"))
    'nullable of posts.title'
    >>> phrase(("index", "posts", "idx_a"))
    'index posts.idx_a'
    """
    kind, *names = path
    if kind == "field":
        return f"{names[2]} of {names[0]}.{names[1]}"
    return f"{kind} {'.'.join(names)}"
