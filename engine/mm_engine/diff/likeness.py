"""Renames that nobody wrote down, guessed from what things have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import attrs

from mm_engine.diff.renames import Renames, renaming
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table

LEAST_SHARED = 0.5
"""So much of the larger table must be in the other for a question about both."""

MOST_ALIKE = 50
"""A field that more tables have than these tells none of them from the others."""

LEAST_SIMILAR = 0.5
"""So similar must the names of two fields be that stand in different places."""


@attrs.frozen
class Candidate:
    """A rename that is likely, from 0 to 1, and worth a question.

    For a field, ``table`` is the name that its table has now.
    """

    kind: Literal["table", "field"]
    table: str | None
    old: str
    new: str
    likeness: float

    def renames(self) -> Renames:
        """The rename, as an answer to the question."""
        if self.table is None:
            return Renames(tables={self.old: self.new})
        return Renames(fields={(self.table, self.old): self.new})


def rename_candidates(
    before: Schema, after: Schema, renames: Renames | None = None
) -> tuple[Candidate, ...]:
    """Renames that *after* makes likely beyond those that are known, best first.

    Each name is in one candidate at most. Fields are told of tables that are in both
    schemas under a known name: ask again when a table's rename has been settled.
    """
    for operation in renaming(before, renames) if renames else ():
        before = operation.apply(before)
    found = _best(_alike_tables(before, after))
    for name in sorted(after.tables):
        if name in before.tables:
            found += _best(_alike_fields(before.tables[name], after.tables[name]))
    return tuple(found)


def _best(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates by likeness, each old and each new name used once."""
    chosen: dict[str, Candidate] = {}
    taken: set[str] = set()
    for each in sorted(candidates, key=lambda c: (-c.likeness, c.old, c.new)):
        if each.old not in chosen and each.new not in taken:
            chosen[each.old] = each
            taken.add(each.new)
    return list(chosen.values())


def _alike_tables(before: Schema, after: Schema) -> Iterator[Candidate]:
    """Pairs of a table that goes and one that comes with much in common.

    Found by a field that they share and that few others have, so that a thousand
    tables are never held against a thousand, and an ``id`` makes no pair.
    """
    gone = {n: t for n, t in sorted(before.tables.items()) if n not in after.tables}
    looks = {name: _looks(table) for name, table in gone.items()}
    having: defaultdict[Look, list[str]] = defaultdict(list)
    for name, fields in looks.items():
        for field in fields:
            having[field].append(name)
    for name in sorted(after.tables) if gone else ():
        if name in before.tables:
            continue
        mine, letters = _looks(after.tables[name]), _pairs(name)
        rare = [having[look] for look in mine if look in having]
        near = {old for names in rare if len(names) <= MOST_ALIKE for old in names}
        for old in sorted(near):
            shared = len(mine & looks[old]) / max(len(mine), len(looks[old]))
            if shared >= LEAST_SHARED:
                likeness = 0.8 * shared + 0.2 * _similarity(_pairs(old), letters)
                yield Candidate("table", None, old, name, round(likeness, 3))


Look: TypeAlias = tuple[str, str]


def _looks(table: Table) -> frozenset[Look]:
    """Names and types of the fields, as something that can be counted."""
    return frozenset((field.name, repr(field.type)) for field in table.fields)


def _alike_fields(old: Table, new: Table) -> Iterator[Candidate]:
    """Pairs of fields of one type that stand in one place, or are called alike."""
    before, after = _places(old, new), _places(new, old)
    for gone in old.fields if before and after else ():
        for come in new.fields if gone.name in before else ():
            if come.name not in after or come.type != gone.type:
                continue
            similar = _similarity(_pairs(gone.name), _pairs(come.name))
            same_place = before[gone.name] == after[come.name]
            if same_place or similar >= LEAST_SIMILAR:
                likeness = 0.5 + 0.2 * same_place + 0.3 * similar
                yield Candidate(
                    "field", new.name, gone.name, come.name, round(likeness, 3)
                )


def _places(table: Table, other: Table) -> dict[str, str | None]:
    """Of each field that the other table lacks: after which common field it stands."""
    common = {field.name for field in other.fields}
    places: dict[str, str | None] = {}
    last = None
    for field in table.fields:
        if field.name in common:
            last = field.name
        else:
            places[field.name] = last
    return places


def _pairs(name: str) -> frozenset[str]:
    """The neighbouring letters of a name, as a measure that is quick to compare."""
    lowered = f" {name.lower()} "
    return frozenset(lowered[i : i + 2] for i in range(len(lowered) - 1))


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: shared pairs among all pairs, from 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other))
