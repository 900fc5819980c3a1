"""Which parts of a table can be told at its fields, and which need words of their own.

The reader's rules backwards: what is told short must come back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from mm_engine.model.constraints import ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.model.types import referencing_type
from mm_engine.schemafile.tables import first_fields

Part = TypeVar("Part", Index, Unique)


@attrs.frozen(kw_only=True)
class Reference:
    """A foreign key told at its field.

    ``gives_type`` says that the field needs no type of its own, ``makes_index`` that
    it gets the index it has by itself.
    """

    key: ForeignKey
    gives_type: bool
    makes_index: bool
    names_field: bool


@attrs.frozen(kw_only=True)
class Shorthands:
    """A table's parts, taken apart into those told at fields and the rest."""

    primary_key: str | None
    uniques: frozenset[str]
    indexes: frozenset[str]
    references: Mapping[str, Reference]
    other_uniques: tuple[Unique, ...]
    other_indexes: tuple[Index, ...]
    other_keys: tuple[ForeignKey, ...]


def shorthands(table: Table, schema: Schema) -> Shorthands:
    """What can be told short about a table of a schema."""
    keys = {
        name: key
        for key in reversed(table.foreign_keys)
        if (name := _field_that_refers(key, schema)) is not None
        and table.has_field(name)
    }
    unique_fields = _first_by_field(table.uniques)
    index_fields = _first_by_field(table.indexes)
    automatic = {
        name: index_fields.pop(name)
        for name in keys
        if name in index_fields and not _begun(table, name, index_fields[name])
    }
    told_indexes = [*index_fields.values(), *automatic.values()]
    told_uniques = list(unique_fields.values())
    return Shorthands(
        primary_key=_flagged(table),
        uniques=frozenset(unique_fields),
        indexes=frozenset(index_fields),
        references={
            name: _reference(table, key, schema, name in automatic)
            for name, key in keys.items()
        },
        other_uniques=tuple(_others(table.uniques, told_uniques)),
        other_indexes=tuple(_others(table.indexes, told_indexes)),
        other_keys=tuple(
            key for key in table.foreign_keys if not _is_one_of(key, keys.values())
        ),
    )
