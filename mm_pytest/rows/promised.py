"""What a migration promises of the rows before it: they meet what it adds.

A constraint that is added holds for the rows that there are, or its author would have
mended them first; rows made at random would refuse every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table, index_fields
from mm_engine.model.types import FieldType
from mm_pytest.rows.fates import Fates, Place


@attrs.frozen
class Promised:
    """Constraints in the names of before that the database does not know yet."""

    uniques: Mapping[str, tuple[tuple[str, ...], ...]] = attrs.field(factory=dict)
    checks: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    keys: Mapping[str, tuple[ForeignKey, ...]] = attrs.field(factory=dict)
    types: Mapping[Place, FieldType] = attrs.field(factory=dict)

    @classmethod
    def by(
        cls,
        before: Schema,
        after: Schema,
        fates: Fates,
        fitting: Iterable[Place] = (),
    ) -> Promised:
        """What the schema after asks of fields that were there before.

        Those that are ``fitting`` hold only what their type afterwards has room for.
        """
        tables = {now: name for name, now in fates.tables.items() if now}
        names: dict[str, dict[str, str]] = {}
        for (table, name), fate in fates.fields.items():
            if fate.place:
                names.setdefault(table, {})[fate.place[1]] = name
        found = {
            old: _Added(before.tables[old], after.tables[now], tables, names)
            for now, old in tables.items()
        }
        return cls(
            {name: tuple(added.uniques()) for name, added in found.items()},
            {name: tuple(added.checks()) for name, added in found.items()},
            {name: tuple(added.keys()) for name, added in found.items()},
            {
                place: after.table(now[0]).field(now[1]).type
                for place in fitting
                if (now := fates.fields[place].place)
            },
        )

    def on(self, schema: Schema) -> Schema:
        """The schema with them, as rows should be made for."""
        for name, keys in self.keys.items():
            table = schema.tables[name]
            uniques = [Unique(fields) for fields in self.uniques[name]]
            checks = [Check(sql) for sql in self.checks[name]]
            if keys or uniques or checks:
                made = attrs.evolve(
                    table,
                    foreign_keys=(*table.foreign_keys, *keys),
                    uniques=(*table.uniques, *uniques),
                    checks=(*table.checks, *checks),
                )
                schema = schema.with_table(made)
        for (name, field), type_ in self.types.items():
            table = schema.tables[name]
            narrow = attrs.evolve(table.field(field), type=type_)
            schema = schema.with_table(table.replacing(narrow))
        return schema


@attrs.frozen
class _Added:
    """What one table gets."""

    old: Table
    new: Table
    tables: Mapping[str, str]
    """What tables are called afterwards, and what they were called."""
    names: Mapping[str, Mapping[str, str]]
    """The same of their fields, by the name that a table had."""

    def uniques(self) -> Iterator[tuple[str, ...]]:
        """Fields that will be unique together."""
        known = {frozenset(fields) for fields in _alone(self.old)}
        for fields in _alone(self.new):
            named = self._earlier(self.old.name, fields)
            if named and frozenset(named) not in known:
                yield named

    def checks(self) -> Iterator[str]:
        """Conditions that every row will meet."""
        known = {check.expression for check in self.old.checks}
        names = self.names.get(self.old.name, {})
        for check in self.new.checks:
            used = [
                name
                for name in sqltext.identifiers(check.expression)
                if self.new.has_field(name)
            ]
            earlier = sqltext.renamed(check.expression, names)
            if set(used) <= names.keys() and earlier not in known:
                yield earlier

    def keys(self) -> Iterator[ForeignKey]:
        """Foreign keys that every row will keep."""
        known = {(k.fields, k.table, k.references) for k in self.old.foreign_keys}
        for key in self.new.foreign_keys:
            table = self.tables.get(key.table)
            fields = self._earlier(self.old.name, key.fields)
            other = table and self._earlier(table, key.references)
            if fields and table and other and (fields, table, other) not in known:
                yield ForeignKey(fields, table, references=other)

    def _earlier(self, table: str, fields: tuple[str, ...]) -> tuple[str, ...] | None:
        """Names as they were; None where a field was not there."""
        names = self.names.get(table, {})
        if any(field not in names for field in fields):
            return None
        return tuple(names[field] for field in fields)


def _alone(table: Table) -> Iterator[tuple[str, ...]]:
    """Fields of which no two rows hold the same."""
    if table.primary_key:
        yield table.primary_key.fields
    for unique in table.uniques:
        yield unique.fields
    for index in table.indexes:
        if index.unique:
            yield tuple(n for n in index_fields(index) if table.has_field(n))
