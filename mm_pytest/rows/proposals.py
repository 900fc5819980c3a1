"""Rows proposed for a table; whether they may be is for the database to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import TypeAlias

import attrs

from mm_engine.model import sqltext
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table, index_fields, is_computed
from mm_engine.model.types import Native
from mm_pytest.rows.values import conditions, constants, numbered, texts

Row: TypeAlias = dict[str, str | None]
"""Fields by name, each with its value as a literal of schema files has it, or null."""

Known: TypeAlias = Mapping[str, Sequence[Row]]
"""The rows that there are, by table."""

CanHold: TypeAlias = Callable[[str, str], bool]

ROWS = 8
"""So many a table are tried for: enough for every awkward text, and for null."""


@attrs.frozen
class Proposer:
    """What rows of one table may hold.

    The first row that is proposed for each number shows all that fields can hold in
    turn; the next ones change what conditions and keys speak of, by a fixed seed.
    """

    table: Table
    schema: Schema
    given: tuple[Field, ...]
    """The fields that a row gives; the database has values for the rest."""
    postponed: frozenset[ForeignKey] = frozenset()
    """Foreign keys that have to be null at first."""
    can_hold: CanHold = lambda _name, _text: True
    """Whether a field of that name can be told to hold the text."""

    @classmethod
    def of(
        cls,
        table: Table,
        schema: Schema,
        *,
        counted: Sequence[str] = (),
        postponed: frozenset[ForeignKey] = frozenset(),
        can_hold: CanHold | None = None,
    ) -> Proposer:
        """For a table of which the database counts some fields up itself."""
        given = [
            f for f in table.fields if f.name not in counted and not is_computed(f)
        ]
        made = cls(table, schema, tuple(given), postponed)
        return attrs.evolve(made, can_hold=can_hold) if can_hold else made

    def rows(self, number: int, known: Known, tries: int) -> Iterator[Row]:
        """Rows to be tried, one after the other, for one place in the table."""
        loose, choices = self.loose, self.choices
        for attempt in range(tries):
            random = Random(f"{self.table.name} {number} {attempt}")  # noqa: S311
            row: Row = {}
            for field in self.given:
                values = choices[field.name]
                is_free = attempt and field.name in loose
                at = random.randrange(len(values)) if is_free else number
                row[field.name] = values[at % len(values)]
            at = random.randrange(1000) if attempt else number
            if self._refers(row, known, at):
                yield row

    @cached_property
    def choices(self) -> dict[str, tuple[str | None, ...]]:
        """What each field may hold, in the order in which rows show it."""
        return {field.name: self._choices(field) for field in self.given}

    @cached_property
    def loose(self) -> frozenset[str]:
        """What a refused row may have been refused for."""
        table = self.table
        said = [name for sql in conditions(table) for name in sqltext.identifiers(sql)]
        key = table.primary_key.fields if table.primary_key else ()
        alone = [name for unique in table.uniques for name in unique.fields]
        alone += [n for i in table.indexes if i.unique for n in index_fields(i)]
        natives = [f.name for f in self.given if isinstance(f.type, Native)]
        return frozenset([*said, *key, *alone, *natives])

    def _choices(self, field: Field) -> tuple[str | None, ...]:
        more = [numbered(field.type, number) for number in range(2, 2 + ROWS)]
        found: list[str | None] = [*texts(field.type, self.schema)]
        if field.nullable:
            # What a native type takes is not known here: null is the surest.
            found.insert(0 if isinstance(field.type, Native) else 1, None)
        if field.name in self.loose:
            found += [*constants(self.table, field), *more]
        held = [v for v in found if v is None or self.can_hold(field.name, v)]
        return tuple(dict.fromkeys(held or found))

    def _refers(self, row: Row, known: Known, at: int) -> bool:
        """Have the row refer to rows that there are; False where it cannot."""
        fixed: set[str] = set()
        for key in self.table.foreign_keys:
            free = [n for n in key.fields if n not in fixed and self._is_nullable(n)]
            values = self._referred(key, row, known, fixed)
            if free:
                values.insert(1, dict.fromkeys(free))
            if not values:
                return False
            row.update(values[at % len(values)])
            fixed.update(key.fields)
        return True

    def _referred(
        self, key: ForeignKey, row: Row, known: Known, fixed: set[str]
    ) -> list[Row]:
        """What the fields of a foreign key may hold; the row's own key at last."""
        parents = [] if key in self.postponed else [*known.get(key.table, ())]
        if key.table == self.table.name and all(n in row for n in key.references):
            parents.append(row)
        values = [
            {n: parent[r] for n, r in zip(key.fields, key.references, strict=True)}
            for parent in parents
            if all(parent.get(name) is not None for name in key.references)
        ]
        return [v for v in values if all(row[n] == v[n] for n in fixed & v.keys())]

    def _is_nullable(self, name: str) -> bool:
        return self.table.field(name).nullable
