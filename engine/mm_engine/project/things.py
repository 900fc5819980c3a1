"""What an operation is about: a path, and the part of a schema that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TypeAlias, TypeVar

from mm_engine.migrations.facts import Path
from mm_engine.migrations.provenance import Renaming, changed_things
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import Operation
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
    names = Renaming.of(operation)
    if names.places:
        return {"name": names.old}, {"name": names.new}
    path = thing(operation, before)
    if path is None:
        return None, None
    return _words_at(path, before), _words_at(path, operation.apply(before))


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


def thing(operation: Operation, before: Schema) -> Path | None:
    """The path of what an operation is about, under its old name if it renames.

    It is what differs after the operation and is what the operation says it is about:
    a table, else a part of one, else what is said of a table or an enum. None where
    no fact about a thing is another afterwards.
    """
    changed = changed_things(before, operation.apply(before))
    table, name = operation.subject()
    ranked = (
        [path for path in changed if path == ("table", table)],
        [path for path in changed if path[1:] == (table or "", name or "")],
        [path for path in changed if path[1:] == (table or name,)],
    )
    return next(chain.from_iterable(ranked), None)
