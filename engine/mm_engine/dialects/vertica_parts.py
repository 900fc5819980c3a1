"""What stands on a table of Vertica: constraints that are enforced, comments, keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.columns import enum_values
from mm_engine.dialects.conversions import Kind, kept
from mm_engine.dialects.literals import NULL
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.dialects.vertica_conversions import Side
from mm_engine.dialects.vertica_types import COUNTER, enum_check, is_text
from mm_engine.dialects.vertica_words import VerticaWords
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table


class VerticaParts(VerticaWords, Dialect):
    """The statements for what stands on a table, as the operations need them."""

    def comments(self, table: Table, comment: str | None) -> Items:
        """What is said of a table; NULL takes away what was said."""
        if comment is None and table.comment is not None:
            yield Statement(f"COMMENT ON TABLE {self.thing(table.name)} IS NULL")
        yield from super().comments(table, comment)

    def field_comment(
        self, table: str, field: Field, before: str | None
    ) -> Iterator[Item]:
        """What is said of a column, if that is another now."""
        if before != field.comment:
            said = "NULL" if field.comment is None else self.text(field.comment)
            column = f"{self.thing(table)}.{self.quote(field.name)}"
            yield Statement(f"COMMENT ON COLUMN {column} IS {said}")

    def checks(self, table: Table, schema: Schema) -> dict[str, str]:
        """The checks of a table, those of enums too, by name."""
        found = {str(check.name): self.check_sql(check) for check in table.checks}
        for field in table.fields:
            if enum_values(self.spoken(field.type), schema):
                column = self.column(field, schema)
                found[enum_check(field.name)] = self.enum_sql(column)
        return found

    def constraints(self, table: Table, schema: Schema) -> dict[str, str]:
        """All constraints of a table by name; unique indexes are some."""
        key = table.primary_key
        found = {str(key.name): self.primary_key_sql(key)} if key else {}
        found |= {str(u.name): self.unique_sql(u) for u in table.uniques}
        for index in table.indexes:
            if index.unique:
                found[str(index.name)] = self.unique_sql(self.as_unique(index))
        found |= self.checks(table, schema)
        found |= {str(k.name): self.foreign_key_sql(k) for k in table.foreign_keys}
        return found

    def constraints_changed(
        self,
        move: Move,
        name: str,
        *,
        tolerant: bool = False,
        held: str | None = None,
        between: Iterable[Item] = (),
    ) -> Iterator[Item]:
        """The constraints that a table has no longer dropped, and new ones added.

        Those that hold a field are dropped and added too, with ``between`` in between.
        """
        table, later = move.before.table(name), move.after.table(name)
        before = self.constraints(table, move.before)
        after = self.constraints(later, move.after)
        holders = {*_holding(table, held), *_holding(later, held)}
        gone = [n for n, c in before.items() if after.get(n) != c or n in holders]
        come = [n for n, c in after.items() if before.get(n) != c or n in holders]
        users = self._users(move, name, gone)
        for other, key in users:
            yield self.constraint_dropped(other.name, str(key.name))
        yield from self.without(name, gone, tolerant=tolerant)
        yield from between
        added = {n: after[n] for n in come}
        yield from self.with_(name, added, tolerant=tolerant)
        for other, key in users:
            yield self.altered(other.name, f"ADD {self.foreign_key_sql(key)}")

    def without(
        self, table: str, gone: Sequence[str], *, tolerant: bool = False
    ) -> Iterator[Item]:
        """Constraints dropped, the last first."""
        for name in reversed(gone):
            dropped = self.constraint_dropped(table, name)
            exists = self.constraint_exists_sql(table, name)
            yield from self.when(tolerant, exists, [dropped])

    def with_(
        self, table: str, come: Mapping[str, str], *, tolerant: bool = False
    ) -> Iterator[Item]:
        """Constraints added; rows that are there are looked at then."""
        for name, clause in come.items():
            added = self.altered(table, f"ADD {clause}")
            absent = self.absent_sql(self.constraint_exists_sql(table, name))
            yield from self.when(tolerant, absent, [added])

    def constraint_dropped(self, table: str, name: str) -> Statement:
        """A constraint of a table gone."""
        return self.altered(table, f"DROP CONSTRAINT {self.part_name(name)}")

    def side(self, field: Field, schema: Schema) -> Side:
        """A field as one side of a change of type; users' own words mean anything."""
        words = self.type_sql(field, schema)
        if self.is_mapped(field, schema):
            return Side(Kind.OWN, words)
        return Side(kept(self.spoken(field.type), as_text=False).kind, words)

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """Refuse rows with numbers that only the database gives."""
        for field in table.fields:
            if field.name in written and self.counts_up(table, field, schema):
                raise UnsupportedError(
                    f'{self.title} takes no number from others in "{field.name}",'
                    " which it counts up itself",
                    at=field.at,
                    hint="make it an integer; or leave it out, and upsert by others",
                )
        return ()

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Rows merged in; VALUES takes but one row, so they are a union.

        docs.vertica.com, MERGE, and INSERT.
        """
        fields = [table.field(name) for name in names]
        types = [self.type_sql(field, schema) for field in fields]

        def line(row: Sequence[str]) -> str:
            values = (
                f"{_typed(value, type_)} AS {self.quote(name)}"
                for name, value, type_ in zip(names, row, types, strict=True)
            )
            return f"    SELECT {', '.join(values)}"

        lines = " UNION ALL\n".join(line(row) for row in rows)
        here = self.thing(table.name)
        same = " AND ".join(f"{self._in(k)} = {self._in(k, 'target')}" for k in keys)
        changes = ", ".join(
            f"{self.quote(name)} = {self._in(name)}"
            for name in names
            if name not in keys
        )
        matched = f"\nWHEN MATCHED THEN UPDATE SET {changes}" if changes else ""
        values = ", ".join(self._in(name) for name in names)
        return (
            f"MERGE INTO {here} AS target USING (\n{lines}\n) AS source"
            f" ON {same}{matched}"
            f"\nWHEN NOT MATCHED THEN INSERT ({self.listed(names)}) VALUES ({values})"
        )

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them, values by name."""
        changes = ", ".join(f"{self.quote(n)} = {old}" for n, old in values.items())
        return f"UPDATE {here} SET {changes} FROM {kept} WHERE {same}"

    def _in(self, name: str, alias: str = "source") -> str:
        return f"{alias}.{self.quote(name)}"

    def _users(
        self, move: Move, name: str, gone: Sequence[str]
    ) -> list[tuple[Table, ForeignKey]]:
        """The foreign keys that hold on to a constraint which is exchanged."""
        table = move.before.table(name)
        key = table.primary_key
        wanted = [sorted(key.fields)] if key and key.name in gone else []
        wanted += [sorted(u.fields) for u in table.uniques if u.name in gone]
        wanted += [
            sorted(index.field_names)
            for index in table.indexes
            if index.unique and index.name in gone
        ]
        return [
            (other, foreign)
            for other, foreign in move.after.references_to(name)
            if sorted(foreign.references) in wanted and str(foreign.name) not in gone
        ]


def _holding(table: Table, field: str | None) -> Iterator[str]:
    """The names of the constraints that hold a field, apart from the primary key."""
    if field is None:
        return
    yield enum_check(field)
    for unique in table.uniques:
        if field in unique.fields:
            yield str(unique.name)
    for index in table.indexes:
        if index.unique and field in index.field_names:
            yield str(index.name)
    for check in table.checks:
        if field in sqltext.identifiers(check.expression):
            yield str(check.name)
    for key in table.foreign_keys:
        if field in key.fields:
            yield str(key.name)


def _typed(value: str, type_: str) -> str:
    """A value with its type, which a union would guess; texts are what they are."""
    if (is_text(type_) and value != NULL) or type_ == COUNTER:
        return value
    return f"CAST({value} AS {type_})"
