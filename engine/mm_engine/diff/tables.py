"""Tables made, dropped and described, and the way from one schema to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from mm_engine.diff.constraints import Shaken
from mm_engine.diff.order import Phase, Placed, Reference, parents_first
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import (
    AddForeignKey,
    CreateTable,
    DropTable,
    SetTableComment,
    SetTableOptions,
)


def created_tables(
    before: Schema, after: Schema, shaken: Mapping[str, Shaken]
) -> Iterator[Placed]:
    """New tables, parents first, with each foreign key whose target is there by then.

    Foreign keys stand inside of the table where they can: SQLite knows no other way.
    """
    new = {n: t for n, t in after.tables.items() if n not in before.tables}
    order, closing = parents_first(new)
    for name in order:
        table = new[name]
        late = [
            key
            for key in sorted(table.foreign_keys, key=lambda key: key.name or "")
            if Reference(name, key.name) in closing
            or not (key.table in new or _is_ready(key, before, after, shaken))
        ]
        inside = [key for key in table.foreign_keys if key not in late]
        made = attrs.evolve(table, foreign_keys=inside)
        yield Placed(Phase.CREATE_TABLES, CreateTable.of(made))
        for key in late:
            yield Placed(Phase.ADD_FOREIGN_KEYS, AddForeignKey(name, key))


def _is_ready(
    key: ForeignKey, before: Schema, after: Schema, shaken: Mapping[str, Shaken]
) -> bool:
    """Whether a table that stays has that key, as it will be, before tables are made.

    Primary keys have moved by then; new uniques and new types come later.
    """
    old, new = before.tables.get(key.table), after.tables.get(key.table)
    if old is None or new is None:
        return False
    references = set(key.references)
    if not references.issubset(field.name for field in old.fields):
        return False
    primary = new.primary_key
    ground = shaken.get(key.table)
    if ground is not None and not ground.moving.isdisjoint(references):
        return False
    if primary is not None and set(primary.fields) == references:
        return True
    return references in _unique_keys(old) and (
        ground is None or references not in ground.keys
    )


def _unique_keys(table: Table) -> list[set[str]]:
    keys = [set(unique.fields) for unique in table.uniques]
    keys += [set(index.field_names) for index in table.indexes if index.unique]
    return keys


def dropped_tables(
    before: Schema, after: Schema
) -> tuple[list[Placed], frozenset[Reference]]:
    """Tables that go, children first, and the references that must go before them."""
    old = {n: t for n, t in before.tables.items() if n not in after.tables}
    order, closing = parents_first(old)
    drops = [Placed(Phase.DROP_TABLES, DropTable(name)) for name in reversed(order)]
    return drops, closing


def described_tables(old: Table, new: Table) -> Iterator[Placed]:
    """Comment and options of one table."""
    if old.comment != new.comment:
        yield Placed(Phase.TABLE_WORDS, SetTableComment(new.name, new.comment))
    if old.options != new.options:
        yield Placed(Phase.TABLE_WORDS, SetTableOptions(new.name, new.options))
