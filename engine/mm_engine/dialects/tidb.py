"""TiDB: MySQL's words, said one change at a time, of keys that lie where rows do.

What is refused is what its manual says (docs.pingcap.com/tidb/stable), and where that
is silent its source (github.com/pingcap/tidb, pkg/ddl).
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from mm_engine.dialects import tidb_limits as limits
from mm_engine.dialects.base import Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.dialects.tidb_words import TiDBWords
from mm_engine.model.constraints import PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.model.values import Expression
from mm_engine.operations import AddField, SetTableOptions

NEW = "makemigrations_new"
"""What an index is called until the one that it replaces is gone."""


class TiDB(TiDBWords):
    """TiDB from 6.5 on; each change of a table is a statement of its own."""

    def prologue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """How the server is to read what follows, and where its clock stands."""
        return (*super().prologue(items), limits.IN_UTC) if items else ()

    def epilogue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """As it was before."""
        return (limits.AT_HOME, *super().epilogue(items)) if items else ()

    def told(self, move: Move) -> tuple[Item, ...]:
        """The items of one move; none makes a check that nobody would look at."""
        items = super().told(move)
        makes = any(isinstance(i, Statement) and " CHECK (" in i.sql for i in items)
        table = move.after.tables.get(move.operation.subject().table or "")
        is_checked = makes and table is not None and bool(table.checks)
        return (limits.CHECKS_ARE_ON, *items) if is_checked else items

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse what only a trigger or an index of another kind could do."""
        super().check_table(table, schema)
        limits.check_clocks(self, table)
        limits.check_random(self, table, schema)

    def check_index(self, index: Index) -> None:
        """Refuse an index of a kind that is not there."""
        super().check_index(index)
        limits.check_expressions(index)

    def alters(self, table: str, *changes: str) -> Items:
        """Changes of one table, each for itself: few go together."""
        yield from (self.altered(table, change) for change in changes)

    def put_for(self, old: str | None, part: Index | Unique) -> list[str]:
        """An index in the place of another, which goes when it is there."""
        first = part if old != part.name else attrs.evolve(part, name=NEW)
        words = [f"ADD {self.borne(first)}", f"DROP INDEX {self.part_name(old)}"]
        if old == part.name:
            words += self.index_renamed(NEW, str(old))
        return words

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column; what is computed for each row is written afterwards."""
        column = self.column(operation.field, move.before)
        limits.check_added(column)
        default = column.default
        if operation.one_off is None and default and default.startswith("("):
            operation = attrs.evolve(operation, one_off=Expression(default))
        return super().add_field(move, operation)

    def altering(
        self,
        table: Table,
        old: Column,
        new: Column,
        items: Items,
        *,
        is_replaced: bool,
    ) -> Items:
        """A column altered, if it can be."""
        limits.check_altered(self, table, old, new, is_replaced=is_replaced)
        stops = old.identity and not new.identity
        return (limits.UNLOCKED, *items, limits.LOCKED) if stops else items

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys, constraints and options what they now are."""
        if isinstance(move.operation, SetTableOptions):
            limits.check_options(self, move.before.table(table), move.operation)
        return super().change_table(move, table)

    def key_changes(self, before: Table, key: PrimaryKey | None) -> list[str]:
        """The changes that give a table another primary key, or none."""
        changes = super().key_changes(before, key)
        if changes:
            limits.check_key(self, before)
        return changes
