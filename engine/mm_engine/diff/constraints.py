"""Indexes, constraints and foreign keys, compared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Generic, TypeVar

import attrs

from mm_engine.diff.order import Phase, Placed, Reference
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, Constraint, ForeignKey, Unique
from mm_engine.model.naming import shape
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Index, Table, index_fields
from mm_engine.operations import (
    AddCheck,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterCheck,
    AlterForeignKey,
    AlterIndex,
    AlterUnique,
    DropCheck,
    DropForeignKey,
    DropIndex,
    DropUnique,
    RenameConstraint,
    RenameIndex,
)

Part = TypeVar("Part", Index, Unique, Check, ForeignKey)


@attrs.frozen
class Compared(Generic[Part]):
    """The parts of one kind in a table: which go, come, change names, or are altered.

    Of what is altered both are told, the old one first; it keeps its name.
    """

    gone: tuple[Part, ...]
    come: tuple[Part, ...]
    renamed: tuple[tuple[str, str], ...]
    altered: tuple[tuple[Part, Part], ...]


def compared(
    old: Iterable[Part],
    new: Iterable[Part],
    *,
    names_in_use: Collection[str | None] = (),
    shaken: Callable[[Part], bool] | None = None,
    unsettled: Callable[[Part], bool] | None = None,
) -> Compared[Part]:
    """Parts of one kind, by name; those of one shape under a new name are renamed.

    A shaken part goes and comes again even where it stays as it is. One that changes
    is altered once all it may speak of is there; one that is unsettled could not stay
    as it is until then, so it goes and comes too. A name that is in use in the table
    is given only after its owner went.
    """
    before = {part.name: part for part in old}
    after = {part.name: part for part in new}
    again = {name for name, part in before.items() if shaken and shaken(part)}
    altered = [
        (part, after[name])
        for name, part in sorted(before.items(), key=_name)
        if name not in again and part != after.get(name, part)
        if not (unsettled and unsettled(part))
    ]
    kept = {part.name for part, _ in altered}
    gone = [
        part
        for name, part in sorted(before.items(), key=_name)
        if name in again or (name not in kept and part != after.get(name))
    ]
    come = [
        part
        for name, part in sorted(after.items(), key=_name)
        if name in again or (name not in kept and part != before.get(name))
    ]
    renamed = _renamed(
        [part for part in gone if part.name not in after and part.name not in again],
        [p for p in come if p.name not in before and p.name not in names_in_use],
    )
    was, now = {old.name for old, _ in renamed}, {new.name for _, new in renamed}
    return Compared(
        tuple(part for part in gone if part.name not in was),
        tuple(part for part in come if part.name not in now),
        tuple((old.name or "", new.name or "") for old, new in renamed),
        tuple(altered),
    )


def _renamed(gone: list[Part], come: list[Part]) -> list[tuple[Part, Part]]:
    """Parts of one shape, one that goes and one that comes, each but once."""
    pairs: list[tuple[Part, Part]] = []
    for part in come if gone else ():
        alike = (each for each in gone if shape(each) == shape(part))
        found = next(alike, None)
        if found is not None:
            pairs.append((found, part))
            gone.remove(found)
    return pairs


def _name(item: tuple[str | None, object]) -> str:
    return item[0] or ""


@attrs.frozen
class PartChanges:
    """What happens to the indexes, uniques and checks of one table."""

    table: str
    indexes: Compared[Index]
    uniques: Compared[Unique]
    checks: Compared[Check]


def part_changes(
    old: Table, new: Table, enums: Collection[str | None] = ()
) -> PartChanges:
    """The parts of one table compared with those of the other.

    A part whose words may name a field that goes is made anew, even if it did not
    mean the field: nobody but the database understands the SQL. One that changes, over
    a field that changes too or is of one of these *enums*, goes before the field does.
    """
    after = {field.name: field for field in new.fields}
    lost = {field.name for field in old.fields if field.name not in after}
    moved = {
        field.name
        for field in old.fields
        if field != after.get(field.name) or enum_name(field.type) in enums
    }
    in_use = _constraint_names(old)
    return PartChanges(
        new.name,
        compared(
            old.indexes,
            new.indexes,
            shaken=lambda index: not lost.isdisjoint(index_fields(index)),
            unsettled=lambda index: not moved.isdisjoint(index_fields(index)),
        ),
        compared(
            old.uniques,
            new.uniques,
            names_in_use=in_use,
            unsettled=lambda unique: not moved.isdisjoint(unique.fields),
        ),
        compared(
            old.checks,
            new.checks,
            names_in_use=in_use,
            shaken=lambda check: not lost.isdisjoint(_words(check)),
            unsettled=lambda check: not moved.isdisjoint(_words(check)),
        ),
    )


def _words(check: Check) -> tuple[str, ...]:
    return sqltext.identifiers(check.expression)


def changed_parts(changes: PartChanges) -> Iterator[Placed]:
    """The operations on indexes, uniques and checks: goers first.

    What is altered comes last: a foreign key may lean on a new index meanwhile.
    """
    table, indexes = changes.table, changes.indexes
    uniques, checks = changes.uniques, changes.checks
    for was, now in indexes.renamed:
        yield Placed(Phase.RENAMES, RenameIndex(table, was, new=now))
    for was, now in (*uniques.renamed, *checks.renamed):
        yield Placed(Phase.RENAMES, RenameConstraint(table, was, new=now))
    for check in checks.gone:
        yield Placed(Phase.DROP_PARTS, DropCheck(table, check.name or ""))
    for unique in uniques.gone:
        yield Placed(Phase.DROP_PARTS, DropUnique(table, unique.name or ""))
    for index in indexes.gone:
        yield Placed(Phase.DROP_PARTS, DropIndex(table, index.name or ""))
    for index in indexes.come:
        yield Placed(Phase.ADD_PARTS, AddIndex(table, index))
    for unique in uniques.come:
        yield Placed(Phase.ADD_PARTS, AddUnique(table, unique))
    for check in checks.come:
        yield Placed(Phase.ADD_PARTS, AddCheck(table, check))
    for _, index in indexes.altered:
        yield Placed(Phase.ADD_PARTS, AlterIndex(table, index))
    for _, unique in uniques.altered:
        yield Placed(Phase.ADD_PARTS, AlterUnique(table, unique))
    for _, check in checks.altered:
        yield Placed(Phase.ADD_PARTS, AlterCheck(table, check))


def _constraint_names(table: Table) -> frozenset[str | None]:
    parts: tuple[Constraint, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return frozenset(part.name for part in parts)


@attrs.frozen
class Shaken:
    """What changes in a table under the foreign keys that stand on it."""

    moving: frozenset[str]
    keys: tuple[frozenset[str], ...]

    def carries(self, references: tuple[str, ...]) -> bool:
        """Whether a foreign key to these fields can stay while the table changes."""
        named = frozenset(references)
        return named.isdisjoint(self.moving) and named not in self.keys


def shaken(old: Table, new: Table, parts: PartChanges) -> Shaken:
    """What of a table is dropped, changes its type, or is no longer the same key.

    Databases differ in what they alter under a foreign key; without it they all do.
    """
    after = {field.name: field for field in new.fields}
    moving = frozenset(
        field.name
        for field in old.fields
        if field.name not in after or field.type != after[field.name].type
    )
    uniques, indexes = parts.uniques, parts.indexes
    left = (*uniques.gone, *(unique for unique, _ in uniques.altered))
    keys = [frozenset(unique.fields) for unique in left]
    gone = (*indexes.gone, *(index for index, _ in indexes.altered))
    keys += [frozenset(index.field_names) for index in gone if index.unique]
    was, now = old.primary_key, new.primary_key
    if was and (now is None or was.fields != now.fields):
        keys.append(frozenset(was.fields))
    return Shaken(moving, tuple(keys))


def changed_foreign_keys(
    before: Schema,
    after: Schema,
    shaken_tables: Mapping[str, Shaken],
    cut: Collection[Reference],
) -> Iterator[Placed]:
    """Foreign keys that go and come; with every one that stands on shaken ground.

    Those of new tables are no part of this, nor those that go with their table unless
    they close a circle of tables that go (``cut``) or stand on what changes before.
    """

    def stands_on_change(table: str, key: ForeignKey) -> bool:
        own = shaken_tables.get(table)
        ground = shaken_tables.get(key.table)
        return (own is not None and not own.moving.isdisjoint(key.fields)) or (
            ground is not None and not ground.carries(key.references)
        )

    for name, old in sorted(before.tables.items()):
        new = after.tables.get(name)
        if new is None:
            for key in sorted(old.foreign_keys, key=lambda key: key.name or ""):
                if Reference(name, key.name) in cut or stands_on_change(name, key):
                    drop = DropForeignKey(name, key.name or "")
                    yield Placed(Phase.DROP_FOREIGN_KEYS, drop)
            continue
        if old.foreign_keys == new.foreign_keys and not shaken_tables:
            continue
        keys = compared(
            old.foreign_keys,
            new.foreign_keys,
            names_in_use=_constraint_names(old),
            shaken=partial(stands_on_change, name),
            unsettled=partial(_is_unsettled, old, new, after),
        )
        for was, now in keys.renamed:
            yield Placed(Phase.RENAMES, RenameConstraint(name, was, new=now))
        for key in keys.gone:
            drop = DropForeignKey(name, key.name or "")
            yield Placed(Phase.DROP_FOREIGN_KEYS, drop)
        for key in keys.come:
            yield Placed(Phase.ADD_FOREIGN_KEYS, AddForeignKey(name, key))
        for _, key in keys.altered:
            yield Placed(Phase.ADD_FOREIGN_KEYS, AlterForeignKey(name, key))


def _is_unsettled(old: Table, new: Table, after: Schema, key: ForeignKey) -> bool:
    """Whether a foreign key that changes must go before what is under it changes."""
    fields = {field.name: field for field in new.fields}
    moved = any(old.field(name) != fields.get(name) for name in key.fields)
    return moved or key.table not in after.tables
