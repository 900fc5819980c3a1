"""Things that got a new name, told apart from things dropped and added."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from mm_engine.model.constraints import Constraint
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import (
    AlterEnum,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
)

Names: TypeAlias = Mapping[str, str]
NamesWithin: TypeAlias = Mapping[tuple[str, str], str]


def _names(names: Names) -> dict[str, str]:
    return dict(names)


def _names_within(names: NamesWithin) -> dict[tuple[str, str], str]:
    return dict(names)


@attrs.frozen(kw_only=True)
class Renames:
    """Old name, new name, of everything that is known to be renamed.

    What is part of a table or enum is told by the name its owner has *now*, and by
    the name it had itself: ``fields={("articles", "title"): "headline"}``.
    """

    tables: Names = attrs.field(factory=dict, converter=_names)
    fields: NamesWithin = attrs.field(factory=dict, converter=_names_within)
    indexes: NamesWithin = attrs.field(factory=dict, converter=_names_within)
    constraints: NamesWithin = attrs.field(factory=dict, converter=_names_within)
    enums: Names = attrs.field(factory=dict, converter=_names)
    values: NamesWithin = attrs.field(factory=dict, converter=_names_within)

    def merged(self, other: Renames) -> Renames:
        """These renames and the others, which win."""
        return Renames(
            tables={**self.tables, **other.tables},
            fields={**self.fields, **other.fields},
            indexes={**self.indexes, **other.indexes},
            constraints={**self.constraints, **other.constraints},
            enums={**self.enums, **other.enums},
            values={**self.values, **other.values},
        )


def renaming(before: Schema, renames: Renames) -> tuple[Operation, ...]:
    """The operations that give everything its new name, owners before their parts.

    Renames that do not fit the schema are found when the operations are applied.
    """
    made: list[Operation] = [
        RenameEnum(old, new) for old, new in _steps(renames.enums, before.enums)
    ]
    made += [
        RenameTable(old, new) for old, new in _steps(renames.tables, before.tables)
    ]
    was = {new: old for old, new in renames.tables.items()}
    for table, names in _by_owner(renames.fields):
        known = before.table(was.get(table, table)).fields
        steps = _steps(names, [field.name for field in known])
        made += [RenameField(table, old, new=new) for old, new in steps]
    for table, names in _by_owner(renames.indexes):
        steps = _steps(names, _index_names(before.table(was.get(table, table))))
        made += [RenameIndex(table, old, new=new) for old, new in steps]
    for table, names in _by_owner(renames.constraints):
        steps = _steps(names, _constraint_names(before.table(was.get(table, table))))
        made += [RenameConstraint(table, old, new=new) for old, new in steps]
    enums_were = {new: old for old, new in renames.enums.items()}
    for name, values in _by_owner(renames.values):
        enum = before.enum(enums_were.get(name, name))
        renamed = [values.get(value, value) for value in enum.values]
        now = attrs.evolve(enum, name=name, values=renamed)
        made.append(AlterEnum(now, renamed=values))
    return tuple(made)


def _by_owner(names: NamesWithin) -> list[tuple[str, dict[str, str]]]:
    """The names within each owner, owners by name."""
    owners: dict[str, dict[str, str]] = {}
    for (owner, old), new in sorted(names.items()):
        owners.setdefault(owner, {})[old] = new
    return list(owners.items())


def _steps(names: Names, taken: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The renames one by one, each to a name that is free by then.

    A chain goes from its end; names that change places go by way of a name that
    nothing has.
    """
    for chain, in_circle in chains(names):
        if not in_circle:
            yield from ((old, names[old]) for old in reversed(chain))
            continue
        *rest, last = chain
        between = _free(f"{last}_renamed", {*taken, *names.values()})
        yield last, between
        yield from ((old, names[old]) for old in reversed(rest))
        yield between, names[last]


def chains(names: Names) -> Iterator[tuple[list[str], bool]]:
    """The old names in runs of one leading to the next, and whether in a circle.

    >>> list(chains({"a": "b", "b": "c", "x": "y", "y": "x"}))
    [(['a', 'b'], False), (['x', 'y'], True)]
    """
    done: set[str] = set()
    for start in sorted(names):
        chain: list[str] = []
        name = start
        while name in names and name not in done:
            done.add(name)
            chain.append(name)
            name = names[name]
        if chain:
            yield chain, name == chain[0]


def _free(name: str, taken: Collection[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _index_names(table: Table) -> list[str]:
    return [index.name for index in table.indexes if index.name]


def _constraint_names(table: Table) -> list[str]:
    parts: tuple[Constraint, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return [part.name for part in parts if part.name]
