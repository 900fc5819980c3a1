"""What stands on a table of MySQL: triggers, comments, indexes that stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from mm_engine.dialects import mysql_keys as keys
from mm_engine.dialects.autoupdate import trigger_name
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.mysql_types import is_number
from mm_engine.dialects.mysql_words import MySQLWords
from mm_engine.dialects.sql import ExpressionSQL, Identifier, TypeSQL
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Unique
from mm_engine.model.table import Index, Table


class MySQLParts(MySQLWords, Dialect):
    """The statements for what stands on a table, as the operations need them."""

    drops_foreign_keys_by = "DROP FOREIGN KEY"

    def fit_together(self, one: TypeSQL, other: TypeSQL) -> bool:
        """Whether a foreign key can lie between them; texts may differ in length."""
        return one == other or not (is_number(one) and is_number(other))

    has_json_table: ClassVar[bool] = True
    """Whether a document can be taken apart into rows."""

    def alters(self, table: str, *changes: str) -> Items:
        """Changes of one table in one ALTER TABLE, so that all happen or none."""
        yield self.altered(table, ", ".join(changes))

    def put_for(self, old: str | None, part: Index | Unique) -> list[str]:
        """The changes that put an index, or what it bears, in the place of another."""
        return [f"DROP INDEX {self.part_name(old)}", f"ADD {self.borne(part)}"]

    def index_renamed(self, old: str, new: str) -> list[str]:
        """How an index is renamed, where that can be said."""
        if not self.features.renames_indexes:
            return []
        return [f"RENAME INDEX {self.part_name(old)} TO {self.part_name(new)}"]

    def altering(
        self,
        table: Table,
        old: Column,
        new: Column,
        items: Items,
        *,
        is_replaced: bool,
    ) -> Items:
        """A column altered, or by a new one replaced; kin may refuse it."""
        del table, old, new, is_replaced
        return items

    def borne(self, part: Index | Unique) -> str:
        """The clause of an index or a unique constraint."""
        if isinstance(part, Index):
            return self.index_clause(part)
        return self.unique_sql(part)

    def changed(self, before: Table, after: Table, *words: str) -> Items:
        """A table changed, and with it the indexes that stand in for others."""
        old, new = keys.supports(self, before), keys.supports(self, after)
        yield from self.alters(
            before.name,
            *(
                f"ADD {self.support_sql(name, fields)}"
                for name, fields in new.items()
                if old.get(name) != fields
            ),
            *words,
            *(
                f"DROP INDEX {self.part_name(name)}"
                for name, fields in old.items()
                if new.get(name) != fields
            ),
        )

    def comments(self, table: Table, comment: str | None) -> Items:
        """What people read about a table."""
        if comment != table.comment:
            yield self.altered(table.name, f"COMMENT = {self.text(comment or '')}")

    def conflict_sql(self, keys: Sequence[str], updated: Sequence[Identifier]) -> str:
        """What an INSERT does with a row that is there already, by whatever key."""
        names = updated or [self.quote(key) for key in keys]
        changes = (f"{name} = VALUES({name})" for name in names)
        return f"ON DUPLICATE KEY UPDATE {', '.join(changes)}"

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them, values by name."""
        changes = ", ".join(
            f"{here}.{self.quote(name)} = {value}" for name, value in values.items()
        )
        return f"UPDATE {here} JOIN {kept} ON {same} SET {changes}"

    def triggers(self, table: Table) -> dict[str, str]:
        """Our triggers on a table, by name."""
        return {
            trigger_name(table, field): self._trigger(
                table, field.name, self.clock(field, "auto_update")
            )
            for field in self.updates_by_trigger(table)
        }

    def check_triggers(self, table: Table) -> None:
        """Refuse a second trigger for an event, where there can be one.

        https://dev.mysql.com/doc/relnotes/mysql/5.7/en/news-5-7-2.html
        """
        fields = self.updates_by_trigger(table)
        if len(fields) > 1 and not self.features.several_triggers:
            raise UnsupportedError(
                f'{self.title} takes one trigger for each event, and "{table.name}" has'
                f" {fields[0].name} already, which one keeps up to date",
                at=fields[1].at,
                hint=f"make {fields[1].name} a timestamp, which needs none",
            )

    def triggers_changed(self, move: Move, name: str) -> Iterator[Item]:
        """Our triggers that are gone or new, or no longer say the same."""
        table = move.after.table(name)
        before, after = self.triggers(move.before.table(name)), self.triggers(table)
        for trigger, said in before.items():
            if after.get(trigger) != said:
                yield self.trigger_dropped(trigger)
        for trigger, said in after.items():
            if before.get(trigger) != said:
                yield self.trigger_made(table, trigger)

    def trigger_dropped_sql(self, table: str, name: str) -> str:
        """What drops a trigger; MySQL names no table."""
        del table
        return f"DROP TRIGGER {self.part_name(name)}"

    def _trigger(self, table: Table, field: str, now: ExpressionSQL) -> str:
        column = self.quote(field)
        return (
            f"BEFORE UPDATE ON {self.thing(table.name)} FOR EACH ROW\n"
            f"SET NEW.{column} = IF(NEW.{column} <=> OLD.{column}, {now}, NEW.{column})"
        )

    def trigger_made(self, table: Table, name: str) -> Statement:
        """One of our triggers."""
        said = self.triggers(table)[name]
        return Statement(f"CREATE TRIGGER {self.part_name(name)} {said}")

    def trigger_dropped(self, name: str) -> Statement:
        """One of our triggers gone."""
        return Statement(f"DROP TRIGGER IF EXISTS {self.part_name(name)}")

    def triggers_dropped(self, table: Table) -> Iterable[Item]:
        """All of our triggers on a table gone."""
        return [self.trigger_dropped(name) for name in self.triggers(table)]
