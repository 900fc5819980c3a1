"""The operations that make facts of a schema what they shall be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import attrs

from mm_engine.migrations.facts import Path
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.table import Field, Index, Options
from mm_engine.operations import (
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    Operation,
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
)


def reconciling(schema: Schema, wanted: Mapping[Path, object]) -> tuple[Operation, ...]:
    """Operations after which the facts hold, from whichever of two values they had.

    Settings come first, then enums, fields, keys and the rest of a table.
    """
    return (
        *_settings(schema, wanted),
        *_fields(schema, wanted),
        *(
            operation
            for path, value in wanted.items()
            for operation in _others(path, value)
        ),
    )


def _settings(schema: Schema, wanted: Mapping[Path, object]) -> Iterator[Operation]:
    if defaults := _chosen("default", wanted):
        yield SetDefaults(_with(schema.defaults, defaults))
    if mappings := _chosen("type mapping", wanted):
        yield SetTypeMappings(_with(schema.type_mappings, mappings))
    for value in wanted.values():
        if isinstance(value, Enum):
            yield AlterEnum(value)


def _chosen(kind: str, wanted: Mapping[Path, object]) -> dict[Path, object]:
    return {path: value for path, value in wanted.items() if path[0] == kind}


def _with(settings: PerDatabase, chosen: Mapping[Path, object]) -> PerDatabase:
    """Settings with some of them told anew; None takes one out."""
    told = {database: dict(words) for database, words in settings.items()}
    for (_, database, name), sql in chosen.items():
        words = told.setdefault(database, {})
        if isinstance(sql, str):
            words[name] = sql
        else:
            words.pop(name, None)
    return told


def _fields(schema: Schema, wanted: Mapping[Path, object]) -> Iterator[Operation]:
    """One operation a field, with all that is to change."""
    changed: dict[tuple[str, str], Field] = {}
    for path, value in _chosen("field", wanted).items():
        _, table, name, word = path
        field = changed.get((table, name)) or schema.table(table).field(name)
        changed[table, name] = attrs.evolve(
            field, **cast("dict[str, Any]", {word: value})
        )
    for (table, _), field in changed.items():
        yield AlterField(table, field)


def _others(path: Path, value: object) -> Iterator[Operation]:
    kind, *names = path
    match kind:
        case "primary key":
            key = value if isinstance(value, PrimaryKey) else None
            yield AlterPrimaryKey(names[0], key)
        case "comment":
            yield SetTableComment(names[0], value if isinstance(value, str) else None)
        case "options":
            options: Options = value if isinstance(value, Mapping) else {}
            yield SetTableOptions(names[0], options)
        case "index" | "unique" | "check" | "foreign key":
            yield from _altered(names[0], value)
        case _:
            pass


def _altered(table: str, value: object) -> Iterator[Operation]:
    """A part that every order has under one name, but not the same."""
    match value:
        case Index():
            yield AlterIndex(table, value)
        case Unique():
            yield AlterUnique(table, value)
        case Check():
            yield AlterCheck(table, value)
        case ForeignKey():
            yield AlterForeignKey(table, value)
        case _:
            pass
