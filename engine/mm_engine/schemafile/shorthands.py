"""Which parts of a table can be told at its fields, and which need words of their own.

The reader's rules backwards: what is told short must come back as it was.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from mm_engine.model.constraints import ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.model.types import referencing_type
from mm_engine.schemafile.tables import first_fields

Part = TypeVar("Part", Index, Unique, ForeignKey)


@attrs.frozen(kw_only=True)
class Reference:
    """A foreign key told at its field.

    ``gives_type`` says that the field needs no type of its own, ``names_field`` that
    the key which is meant has to be named, ``no_index`` that an index which the field
    would get is not wanted.
    """

    key: ForeignKey
    gives_type: bool
    names_field: bool
    no_index: bool


@attrs.frozen(kw_only=True)
class Shorthands:
    """A table's parts, taken apart into those told at fields and the rest."""

    primary_key: str | None
    unique_fields: frozenset[str]
    indexed_fields: frozenset[str]
    references: Mapping[str, Reference]
    other_uniques: tuple[Unique, ...]
    other_indexes: tuple[Index, ...]
    other_keys: tuple[ForeignKey, ...]


def shorthands(table: Table, schema: Schema) -> Shorthands:
    """What can be told short about a table of a schema."""
    names = {field.name for field in table.fields}
    keys = {
        key.fields[0]: key
        for key in reversed(table.foreign_keys)
        if _refers_by_one_field(key, schema) and key.fields[0] in names
    }
    uniques = {
        unique.fields[0]: unique
        for unique in reversed(table.uniques)
        if unique == Unique(unique.fields[:1]) and unique.renamed_from is None
    }
    indexes = {
        index.field_names[0]: index
        for index in reversed(table.indexes)
        if index == Index(index.field_names[:1])
        and index.renamed_from is None
        and not index.concurrently
    }
    begun = {name for name in keys if _is_begun(table, name, indexes.get(name))}
    automatic = {name for name in keys if name in indexes and name not in begun}
    return Shorthands(
        primary_key=_flagged(table),
        unique_fields=frozenset(uniques) & names,
        indexed_fields=(frozenset(indexes) & names) - automatic,
        references={
            name: _reference(
                table,
                key,
                schema,
                no_index=not (name in begun or name in indexes),
            )
            for name, key in keys.items()
        },
        other_uniques=_others(table.uniques, _known(uniques, names)),
        other_indexes=_others(table.indexes, _known(indexes, names)),
        other_keys=_others(table.foreign_keys, list(keys.values())),
    )


def _refers_by_one_field(key: ForeignKey, schema: Schema) -> bool:
    target = schema.tables.get(key.table)
    return (
        target is not None
        and len(key.fields) == 1
        and len(key.references) == 1
        and target.has_field(key.references[0])
    )


def _is_begun(table: Table, name: str, own: Index | None) -> bool:
    """Whether anything but the field's own index begins with the field."""
    keys = [unique.fields for unique in table.uniques]
    if table.primary_key is not None:
        keys.append(table.primary_key.fields)
    if any(fields[:1] == (name,) for fields in keys):
        return True
    return name in first_fields(i for i in table.indexes if i is not own)


def _flagged(table: Table) -> str | None:
    """The field that is the primary key, if it is one and the key has no name."""
    key = table.primary_key
    if key is None or key.name is not None or len(key.fields) != 1:
        return None
    return key.fields[0] if table.has_field(key.fields[0]) else None


def _reference(
    table: Table, key: ForeignKey, schema: Schema, *, no_index: bool
) -> Reference:
    target = schema.tables[key.table]
    other = target.field(key.references[0])
    refers_on = any(k.fields == key.references for k in target.foreign_keys)
    single = target.primary_key is not None and (
        target.primary_key.fields == key.references
    )
    return Reference(
        key=key,
        # A key that refers on may lead back here, and then neither has a type.
        gives_type=not refers_on
        and table.field(key.fields[0]).type == referencing_type(other.type),
        names_field=not single,
        no_index=no_index,
    )


def _known(parts: Mapping[str, Part], names: Container[str]) -> list[Part]:
    return [part for name, part in parts.items() if name in names]


def _others(parts: Iterable[Part], told: Sequence[Part]) -> tuple[Part, ...]:
    """The parts that are not told otherwise; the same part, not an equal one."""
    return tuple(part for part in parts if not any(part is one for one in told))
