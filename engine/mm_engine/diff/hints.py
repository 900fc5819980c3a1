"""What ``renamed_from`` says in the files, held against what was there before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import attrs

from mm_engine.diff.renames import Names, Renames, chains
from mm_engine.errors import Position, Problem
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.naming import shape
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table

Part: TypeAlias = Index | Unique | Check | ForeignKey
Hinting: TypeAlias = Table | Field | Enum | Part


@attrs.frozen
class Hint:
    """What something says it was called, and what it is like."""

    what: str
    old: str
    new: str
    at: Position | None
    is_told: bool = True
    """Whether it is written; some follow from others, and those are told of instead."""


@attrs.define
class Reading:
    """Hints sorted into those that count and those that are stale."""

    problems: list[Problem] = attrs.field(factory=list)

    def certain(
        self,
        hints: Iterable[Hint],
        before: Iterable[str],
        after: Iterable[str],
        likeness: Callable[[str, str], float],
    ) -> Names:
        """Old and new names of the hints that count."""
        hints, old, new = list(hints), frozenset(before), frozenset(after)
        names = _fitting({h.old: h.new for h in reversed(hints)}, old, new)
        for chain, in_circle in chains(names):
            moves = sum(likeness(name, names[name]) for name in chain)
            if in_circle and moves <= sum(likeness(name, name) for name in chain):
                names = {o: n for o, n in names.items() if o not in chain}
        for hint in hints:
            if hint.is_told and names.get(hint.old) != hint.new:
                self.problems.append(_stale(hint, old, new))
        return names


def written_renames(
    before: Schema, after: Schema
) -> tuple[Renames, tuple[Problem, ...]]:
    """The renames that are certain by the files, and the hints that are stale.

    A hint may stay in its file for ever, so it counts only while the old name is in
    *before* and not in *after*, and the new one not in *before*; a chain of hints
    counts as a whole. Names change places only if what they stand for shows that it
    has not happened yet.
    """
    reading = Reading()
    tables = reading.certain(
        _table_hints(after),
        before.tables,
        after.tables,
        lambda old, new: _shared_fields(before.tables[old], after.tables[new]),
    )
    enums = reading.certain(
        _hints("enum", after.enums.values()),
        before.enums,
        after.enums,
        lambda old, new: _shared_values(before.enums[old], after.enums[new]),
    )
    renames = Renames(tables=tables, enums=enums)
    were = {new: old for old, new in tables.items()}
    for name, table in after.tables.items():
        if _has_hints(table):
            old = before.tables.get(were.get(name, name), Table(name, ()))
            renames = renames.merged(_within_table(reading, old, table))
    enums_were = {new: old for old, new in enums.items()}
    for name, enum in after.enums.items():
        if enum.renames:
            had = before.enums.get(enums_were.get(name, name), Enum(name, ()))
            renames = renames.merged(_within_enum(reading, had, enum))
    return renames, tuple(reading.problems)


def _has_hints(table: Table) -> bool:
    return any(
        part.renamed_from for parts in (table.fields, *_kinds(table)) for part in parts
    )


def _kinds(table: Table) -> tuple[tuple[Part, ...], ...]:
    return table.indexes, table.uniques, table.checks, table.foreign_keys


def _within_table(reading: Reading, old: Table, new: Table) -> Renames:
    name = new.name
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    fields = reading.certain(
        _hints("field", new.fields, name, is_told=not _is_between(new)),
        before,
        after,
        lambda was, now: _likeness_of_fields(before[was], after[now]),
    )
    indexes = _within_kind(reading, "index", old.indexes, new.indexes, name)
    constraints: dict[str, str] = {}
    constraints |= _within_kind(
        reading, "unique constraint", old.uniques, new.uniques, name
    )
    constraints |= _within_kind(reading, "check", old.checks, new.checks, name)
    constraints |= _within_kind(
        reading, "foreign key", old.foreign_keys, new.foreign_keys, name
    )
    return Renames(
        fields={(name, was): now for was, now in fields.items()},
        indexes={(name, was): now for was, now in indexes.items()},
        constraints={(name, was): now for was, now in constraints.items()},
    )


def _within_kind(
    reading: Reading, what: str, old: Iterable[Part], new: Iterable[Part], table: str
) -> Names:
    before = {part.name: part for part in old if part.name}
    after = {part.name: part for part in new if part.name}
    return reading.certain(
        _hints(what, new, table),
        before,
        after,
        lambda was, now: float(shape(before[was]) == shape(after[now])),
    )


def _within_enum(reading: Reading, old: Enum, new: Enum) -> Renames:
    name = new.name
    hints = [
        Hint(f'value "{now}" of enum "{name}"', was, now, new.at)
        for now, was in new.renames.items()
    ]
    values = reading.certain(hints, old.values, new.values, lambda was, now: was == now)
    return Renames(values={(name, was): now for was, now in values.items()})


def _hints(
    what: str,
    things: Iterable[Hinting],
    table: str | None = None,
    *,
    is_told: bool = True,
) -> Iterable[Hint]:
    for thing in things:
        if thing.renamed_from:
            name = thing.name or ""
            whole = f"{table}.{name}" if table else name
            yield Hint(f'{what} "{whole}"', thing.renamed_from, name, thing.at, is_told)


def _table_hints(after: Schema) -> Iterable[Hint]:
    """The hints of tables; a table between two others is called after one of them."""
    between = [table.name for table in after.tables.values() if _is_between(table)]
    hints = list(_hints("table", after.tables.values()))
    written = [hint for hint in hints if hint.new not in between]
    for hint in hints:
        follows = hint.new in between and any(
            (hint.old, hint.new) == (f"{one.old}_{rest}", f"{one.new}_{rest}")
            for one in written
            for rest in [hint.new.removeprefix(f"{one.new}_")]
        )
        yield attrs.evolve(hint, is_told=not follows)


def _is_between(table: Table) -> bool:
    """Whether a ``many_to_many`` made it: all of it stands where that field stands."""
    key = table.primary_key
    return (
        table.at is not None
        and key is not None
        and len(key.fields) == len(table.fields)
        and all(field.at == table.at for field in table.fields)
    )


def _fitting(
    names: Names, before: frozenset[str], after: frozenset[str]
) -> dict[str, str]:
    """The hints that fit both schemas, together with the others that do."""
    fitting: dict[str, str] = dict(names)
    while True:
        given = frozenset(fitting.values())
        left = {
            old: new
            for old, new in fitting.items()
            if old in before
            and new in after
            and (old not in after or old in given)
            and (new not in before or new in fitting)
        }
        if len(left) == len(fitting):
            return left
        fitting = left


def _stale(hint: Hint, before: frozenset[str], after: frozenset[str]) -> Problem:
    if not hint.new:
        said = f'{hint.what} needs a name of its own to be renamed from "{hint.old}"'
        return Problem(said, at=hint.at, hint="write its new name, or remove the hint")
    if hint.old not in before:
        why = f'there is no "{hint.old}" any more'
    elif hint.new in before and hint.new != hint.old and hint.old in after:
        why = "nothing shows that names changed places; if so, say it by --rename"
    elif hint.new in before:
        why = f'"{hint.new}" was there already'
    else:
        why = f'"{hint.old}" is still there'
    return Problem(
        f'{hint.what}: renamed_from "{hint.old}" is stale',
        at=hint.at,
        hint=f"remove it: {why}",
    )


def _shared_fields(old: Table, new: Table) -> float:
    before = {field.name: field.type for field in old.fields}
    return sum(before.get(field.name) == field.type for field in new.fields)


def _shared_values(old: Enum, new: Enum) -> float:
    return sum(value in old.values for value in new.values)


def _likeness_of_fields(old: Field, new: Field) -> float:
    return sum(
        (
            old.type == new.type,
            old.nullable == new.nullable,
            old.default == new.default,
            old.comment == new.comment,
        )
    )
