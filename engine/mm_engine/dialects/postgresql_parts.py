"""What stands on a table of PostgreSQL: constraints, triggers, comments, counting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

import attrs

from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.clauses import deferral_sql
from mm_engine.dialects.postgresql_words import PostgreSQLWords
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.model.values import Expression


class PostgreSQLParts(PostgreSQLWords, Dialect):
    """The statements for what stands on a table, as the operations need them."""

    def comments(self, table: Table, comment: str | None) -> Items:
        """What is said of a table; NULL takes away what was said."""
        if comment is None and table.comment is not None:
            yield Statement(f"COMMENT ON TABLE {self.thing(table.name)} IS NULL")
        yield from super().comments(table, comment)

    def field_comment(
        self, table: str, field: str, before: str | None, after: str | None
    ) -> Iterator[Item]:
        """What is said of a column, if that is another now."""
        if before != after:
            said = "NULL" if after is None else self.text(after)
            column = f"{self.thing(table)}.{self.quote(field)}"
            yield Statement(f"COMMENT ON COLUMN {column} IS {said}")

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """Go on counting after the greatest number that is there."""
        for field in table.fields:
            if field.name in written and self.column(field, schema).identity:
                yield self.recounted(table.name, field.name)

    def recounted(self, table: str, field: str) -> Statement:
        """Let a column count on after the greatest number in it, and never backwards.

        Numbers of rows that are gone are not given again; where nothing was counted
        and no number is positive, counting begins at 1 by itself.
        """
        of_table = self.text(self.thing(table))
        last = f"GREATEST(max({self.quote(field)}), pg_sequence_last_value(s))"
        return Statement(
            f"SELECT setval(s, {last}) FROM {self.thing(table)},"
            f" CAST(pg_get_serial_sequence({of_table}, {self.text(field)})"
            f" AS regclass) AS s GROUP BY s HAVING {last} > 0"
        )

    def without_dependents(
        self, table: Table, names: Sequence[str], *, with_keys: bool = True
    ) -> Iterator[Item]:
        """Drop what holds a condition or expression of these fields' old types."""
        for part in self._dependents(table, names, with_keys=with_keys):
            if isinstance(part, Index):
                yield from self.drop_index(table.name, str(part.name), tolerant=False)
            else:
                yield self.part_dropped(table.name, str(part.name), tolerant=False)

    def with_dependents(
        self, table: Table, names: Sequence[str], *, with_keys: bool = True
    ) -> Iterator[Item]:
        """Make it again."""
        for part in reversed(self._dependents(table, names, with_keys=with_keys)):
            if isinstance(part, Index):
                yield Statement(self.index_sql(table.name, part))
            else:
                yield from self.part_added(table.name, part, tolerant=False)

    def triggers_changed(self, move: Move, name: str) -> Iterator[Item]:
        """Our triggers that are gone or new, or no longer say the same."""
        before = self.triggers(move.before.table(name))
        after = self.triggers(move.after.table(name))
        for trigger, made in before.items():
            if after.get(trigger) != made:
                yield from self.trigger_dropped(name, trigger)
        for trigger, made in after.items():
            if before.get(trigger) != made:
                yield from map(Statement, made)

    def triggers_dropped(self, table: Table) -> Iterator[Item]:
        """Our triggers and their functions, gone."""
        for name in self.triggers(table):
            yield from self.trigger_dropped(table.name, name)

    def triggers_made(self, table: Table) -> Iterator[Item]:
        """Our triggers and their functions, made."""
        for made in self.triggers(table).values():
            yield from map(Statement, made)

    def quietly(self, table: Table, statement: Statement) -> Iterator[Item]:
        """A change of rows that is none of the user's, past our triggers."""
        names = [self.part_name(name) for name in self.triggers(table)]
        for name in names:
            yield self.altered(table.name, f"DISABLE TRIGGER {name}")
        yield statement
        for name in names:
            yield self.altered(table.name, f"ENABLE TRIGGER {name}")

    def trigger_dropped(self, table: str, name: str) -> Iterator[Item]:
        """One of our triggers gone, and its function."""
        trigger = self.part_name(name)
        yield Statement(f"DROP TRIGGER IF EXISTS {trigger} ON {self.thing(table)}")
        yield self.function_dropped(table, name)

    def function_dropped(self, table: str, name: str) -> Statement:
        """The function of one of our triggers gone."""
        return Statement(f"DROP FUNCTION IF EXISTS {self.part_beside(table, name)}()")

    def _dependents(
        self, table: Table, names: Sequence[str], *, with_keys: bool
    ) -> list[ForeignKey | Check | Index]:
        def mentions(text: str) -> bool:
            return not {*names}.isdisjoint(sqltext.identifiers(text))

        found: list[ForeignKey | Check | Index] = []
        if with_keys:
            found += [k for k in table.foreign_keys if {*names} & {*k.fields}]
        found += [c for c in table.checks if mentions(c.expression)]
        for index in table.indexes:
            texts = [part.sql for part in index.fields if isinstance(part, Expression)]
            if any(mentions(text) for text in [*texts, index.where or ""]):
                found.append(index)
        return found

    def part_sql(self, part: ForeignKey | Unique | Check | PrimaryKey) -> str:
        """A constraint as it stands in a table."""
        match part:
            case ForeignKey():
                return self.foreign_key_sql(part)
            case Unique():
                return self.unique_sql(part)
            case Check():
                return self.check_sql(part)
            case PrimaryKey():
                return self.primary_key_sql(part)
            case _:
                assert_never(part)

    def part_added(
        self,
        table: str,
        part: ForeignKey | Unique | Check | PrimaryKey,
        *,
        tolerant: bool,
    ) -> Iterator[Item]:
        """One more constraint on a table."""
        clause = self.part_sql(part)
        exists = self.constraint_exists_sql(table, part.name)
        absent = self.absent_sql(exists)
        yield from self.when(tolerant, absent, [self.altered(table, f"ADD {clause}")])

    def part_altered(
        self, table: str, part: ForeignKey | Unique | Check, *, tolerant: bool
    ) -> Statement:
        """A constraint exchanged for another of its name: dropped first, in one go."""
        guard = "IF EXISTS " if tolerant else ""
        drop = f"DROP CONSTRAINT {guard}{self.part_name(part.name)}"
        return self.altered(table, f"{drop}, ADD {self.part_sql(part)}")

    def foreign_key_altered(
        self, table: str, old: ForeignKey, new: ForeignKey, *, tolerant: bool
    ) -> Statement:
        """A foreign key as it now is; when it is looked at, it changes in place.

        https://www.postgresql.org/docs/current/sql-altertable.html
        """
        if tolerant or attrs.evolve(old, deferrable=new.deferrable) != new:
            return self.part_altered(table, new, tolerant=tolerant)
        when = deferral_sql(new.deferrable) or " NOT DEFERRABLE"
        name = self.part_name(new.name)
        return self.altered(table, f"ALTER CONSTRAINT {name}{when}")

    def part_dropped(self, table: str, name: str, *, tolerant: bool) -> Statement:
        """A constraint of a table gone."""
        guard = "IF EXISTS " if tolerant else ""
        return self.altered(table, f"DROP CONSTRAINT {guard}{self.part_name(name)}")
