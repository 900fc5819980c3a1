"""Names for indexes and constraints that were written without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

import attrs

from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Index, Table

Named: TypeAlias = Index | Unique | Check | ForeignKey
Part = TypeVar("Part", Index, Unique, Check, ForeignKey)


def shape(part: Named) -> Named:
    """What an index or constraint is, whatever it is called."""
    return attrs.evolve(part, name=None)


def with_names(after: Schema, before: Schema) -> Schema:
    """The schema with a name on everything, taken over from *before* where it can be.

    A part without a name is the part of the same shape in the table of the same name
    before; where there is none it gets a name that nothing else has. Primary keys are
    called as PostgreSQL calls them, the rest as the original did:
    ``fk_posts_user_id``.
    """
    taken = {*_written_names(after), *_written_names(before)}
    return attrs.evolve(
        after,
        tables={
            name: _named_table(table, before.tables.get(name), taken)
            for name, table in after.tables.items()
        },
    )


def named_table(table: Table) -> Table:
    """One table with a name on everything, as in a schema of its own."""
    return with_names(Schema.of(table), Schema()).tables[table.name]


def _named_table(table: Table, old: Table | None, taken: set[str]) -> Table:
    key = table.primary_key
    if key is not None and key.name is None:
        same = old.primary_key if old else None
        key = attrs.evolve(key, name=(same and same.name) or f"{table.name}_pkey")
    if key is table.primary_key and all(part.name for part in _parts(table)):
        return table
    return attrs.evolve(
        table,
        primary_key=key,
        indexes=_named(table.indexes, old.indexes if old else (), table, taken),
        uniques=_named(table.uniques, old.uniques if old else (), table, taken),
        checks=_named(table.checks, old.checks if old else (), table, taken),
        foreign_keys=_named(
            table.foreign_keys, old.foreign_keys if old else (), table, taken
        ),
    )


def _named(
    parts: Iterable[Part], old: Iterable[Part], table: Table, taken: set[str]
) -> Iterator[Part]:
    """Written names stay; then names of the same shape, of the same place, new ones."""
    parts = tuple(parts)
    names = {number: part.name for number, part in enumerate(parts) if part.name}
    spare = [part for part in old if part.name not in names.values()]
    for same in (shape, _place):
        for number, part in enumerate(parts):
            if number not in names:
                for candidate in spare:
                    if candidate.name and same(candidate) == same(part):
                        names[number] = candidate.name
                        spare.remove(candidate)
                        break
    for number, part in enumerate(parts):
        name = names.get(number) or _free(_plain_name(part, table), taken)
        yield part if part.name else attrs.evolve(part, name=name)


def _place(part: Named) -> object:
    """What an index or constraint is on, so that a changed one keeps its name."""
    return part.expression if isinstance(part, Check) else part.fields


def _plain_name(part: Named, table: Table) -> str:
    match part:
        case Index():
            return "_".join(["idx", table.name, *_index_words(part)])
        case Unique():
            return "_".join(["uq", table.name, *part.fields])
        case ForeignKey():
            return "_".join(["fk", table.name, *part.fields])
        case Check():
            words = sqltext.identifiers(part.expression)
            spoken_of = [word for word in words if table.has_field(word)]
            return "_".join(["ck", table.name, *spoken_of])


def _index_words(index: Index) -> Iterator[str]:
    for part in index.fields:
        match part:
            case str():
                yield part
            case Desc():
                yield part.name
            case _:
                yield "expr"


def _free(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    taken.add(candidate)
    return candidate


def _parts(table: Table) -> tuple[Named, ...]:
    return (*table.indexes, *table.uniques, *table.checks, *table.foreign_keys)


def _written_names(schema: Schema) -> Iterator[str]:
    for table in schema.tables.values():
        yield from (part.name for part in _parts(table) if part.name)
