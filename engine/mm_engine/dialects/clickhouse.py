"""ClickHouse: no transactions, no unique rows, tables kept in an order.

Every statement stands for itself. What an ALTER cannot do to a table is done by one
that puts another table in its place.
"""

from __future__ import annotations

from mm_engine.dialects import (
    clickhouse_alters,
    clickhouse_enums,
    clickhouse_text,
    clickhouse_upserts,
)
from mm_engine.dialects import clickhouse_storage as storage
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.clickhouse_rebuild import rebuilt
from mm_engine.dialects.clickhouse_words import ClickHouseWords
from mm_engine.dialects.sql import expression
from mm_engine.dialects.statements import Expect, Move, Statement
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AlterCheck,
    AlterEnum,
    AlterField,
    CreateEnum,
    DropCheck,
    DropEnum,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameTable,
    RestoreData,
    SetTableOptions,
    UpsertData,
)


class ClickHouse(ClickHouseWords, Dialect):
    """ClickHouse, and tables of its MergeTree family first of all."""

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse what nothing would keep to, and an order that cannot be."""
        storage.check(self, table, schema)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it, in one statement."""
        yield Statement(self.table_sql(table, schema, if_not_exists=tolerant))

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Give a table a new name."""
        del move
        old, new = self.thing(operation.old), self.new_thing(operation.new)
        yield Statement(f"RENAME TABLE {old} TO {new}")

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there."""
        return clickhouse_alters.added(self, move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column; with the whole table, if its rows are sorted by it."""
        before = move.before.table(operation.table)
        after = move.after.table(operation.table)
        spoken = sqltext.identifiers(storage.ttl_of(self, before) or "")
        if operation.old in (*storage.keys_of(self, before), *spoken):
            source = {operation.new: self.quote(operation.old)}
            return rebuilt(self, before, after, move.after, source)
        return super().rename_field(move, operation)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""
        table = move.before.table(operation.table)
        field = table.field(operation.field.name)
        return clickhouse_alters.altered(self, move, table, field, operation)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                same = AlterField(table.name, field)
                yield from clickhouse_alters.altered(self, move, table, field, same)

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index, for the rows too that are there."""
        del schema
        guard = "IF NOT EXISTS " if tolerant else ""
        clause = self.index_clause(index).removeprefix("INDEX ")
        yield self.altered(table.name, f"ADD INDEX {guard}{clause}")
        words = f"MATERIALIZE INDEX {self.part_name(index.name)}"
        yield self.altered(table.name, f"{words}{clickhouse_alters.WAITING}")

    def drop_index(self, table: str, name: str, *, tolerant: bool) -> Items:
        """Drop an index."""
        guard = "IF EXISTS " if tolerant else ""
        yield self.altered(table, f"DROP INDEX {guard}{self.part_name(name)}")

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's checks, order and options what they now are."""
        before, after = move.before.table(table), move.after.table(table)
        match move.operation:
            case AddCheck() | AlterCheck() | DropCheck() | RenameConstraint():
                yield from self._checks_changed(move.operation, before, after)
            case SetTableOptions() if self._is_settled_in_place(before, after):
                yield from self._settled(before, after)
            case _ if storage.clauses(self, before) != storage.clauses(self, after):
                yield from rebuilt(self, before, after, move.after)
            case _:
                pass

    def comments(self, table: Table, comment: str | None) -> Items:
        """What people read about a table."""
        said = self.text(comment or "")
        yield self.altered(table.name, f"MODIFY COMMENT {said}")

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the columns of an enum, and their values, what they now are."""
        if isinstance(operation, AlterEnum):
            yield from clickhouse_enums.changed(self, move, operation)

    def upsert_data(self, move: Move, operation: UpsertData) -> Items:
        """Keep what the rows hold, then update them and insert those that lack."""
        return clickhouse_upserts.upserted(self, move, operation)

    def restore_data(self, move: Move, operation: RestoreData) -> Items:
        """Take out what was not there before, and give the rest what it held."""
        return clickhouse_upserts.restored(self, move, operation)

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text."""
        del transactional
        return clickhouse_text.statements(text)

    def _checks_changed(
        self, operation: Operation, before: Table, after: Table
    ) -> Items:
        """Checks made, dropped or both in one statement; rows must keep to new ones."""
        old = {check.name: check for check in before.checks}
        new = {check.name: check for check in after.checks}
        gone = [name for name, check in old.items() if new.get(name) != check]
        made = [check for name, check in new.items() if old.get(name) != check]
        tolerant = operation.if_present
        kept = [check.expression for check in before.checks]
        for check in made:
            if check.expression not in kept:
                yield self._holds(after, check)
        words = [
            *(
                f"DROP CONSTRAINT {'IF EXISTS ' if tolerant else ''}"
                f"{self.part_name(name)}"
                for name in gone
            ),
            *(
                f"ADD {self.check_sql(check)}".replace(
                    "ADD CONSTRAINT ",
                    "ADD CONSTRAINT IF NOT EXISTS " if tolerant else "ADD CONSTRAINT ",
                    1,
                )
                for check in made
            ),
        ]
        if words:
            yield self.altered(after.name, ", ".join(words))

    def _holds(self, table: Table, check: Check) -> Expect:
        """A check is looked at when rows are inserted, not when it is made."""
        condition = expression(check.expression, self.features)
        return Expect(
            f"SELECT count() FROM {self.thing(table.name)}"
            f" WHERE NOT ifNull(({condition}), true)",
            rows=((0,),),
            message=f'rows of {table.name} do not keep to check "{check.name}"',
            hint="mend those rows first, or in a RunSQL before it",
        )

    def _is_settled_in_place(self, before: Table, after: Table) -> bool:
        """Whether nothing but settings and the time rows stay is another."""
        old, new = self._unsettled(before), self._unsettled(after)
        return old == new

    def _unsettled(self, table: Table) -> list[str]:
        return [
            clause
            for clause in storage.clauses(self, table)
            if not clause.startswith(("TTL ", "SETTINGS "))
        ]

    def _settled(self, before: Table, after: Table) -> Items:
        old, new = storage.settings_of(self, before), storage.settings_of(self, after)
        gone = [name for name in old if name not in new]
        if gone:
            yield self.altered(after.name, f"RESET SETTING {', '.join(gone)}")
        said = [f"{n} = {value}" for n, value in new.items() if old.get(n) != value]
        if said:
            yield self.altered(after.name, f"MODIFY SETTING {', '.join(said)}")
        was, now = storage.ttl_of(self, before), storage.ttl_of(self, after)
        if was != now:
            yield self.altered(after.name, f"MODIFY TTL {now}" if now else "REMOVE TTL")
