"""MySQL: DDL that commits by itself, whole columns said again, keys that need indexes.

Each change of a table is one ALTER TABLE, which happens or does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from mm_engine.dialects import (
    dialect,
    mysql_alters,
    mysql_enums,
    mysql_text,
    mysql_upserts,
    references,
    variants,
)
from mm_engine.dialects import mysql_keys as keys
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.mysql_parts import MySQLParts
from mm_engine.dialects.statements import Item, Move, Statement, When
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.databases import MYSQL, TIDB
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddUnique,
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    DropCheck,
    DropEnum,
    DropField,
    DropForeignKey,
    DropIndex,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameTable,
    SetTableOptions,
    UpsertData,
)

STRICT = Statement(
    "SET @old_sql_mode = @@sql_mode, sql_mode = 'STRICT_ALL_TABLES,"
    "NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,PIPES_AS_CONCAT'"
)
"""What makes a server refuse values that do not fit, and read SQL as it is meant.

Without it values would be cut, a backslash could be two, a 0 be counted up; and what
a schema says with ``||``, as every other database does, would be a truth value.
"""

AS_BEFORE = Statement("SET sql_mode = @old_sql_mode")


class MySQL(MySQLParts):
    """MySQL, and what MariaDB and TiDB have in common with it."""

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step."""
        told = super().items(moves)
        if moves:
            references.check_ends(self, moves[-1].after)
        return told

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """Each move for itself; together what changes both ends of a reference."""
        return references.groups(self, moves)

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """The items of a group; foreign keys let go of what it changes."""
        return references.let_go(self, group)

    def prologue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """How the server is to read what follows, whatever its settings are."""
        return (STRICT,) if items else ()

    def epilogue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """As it read before."""
        return (AS_BEFORE,) if items else ()

    def as_server(self, text: str) -> Dialect:
        """This dialect as the server takes it that says so of its version.

        >>> MySQL().as_server("10.11.19-MariaDB-0+deb12u1").title
        'MariaDB'
        >>> MySQL().as_server("8.0.11-TiDB-v8.5.0").title
        'TiDB'
        """
        kin = (*variants(), TIDB)
        variant = next((name for name in kin if name in text.lower()), MYSQL)
        # Some servers say first which MySQL they would be taken for.
        own = re.search(r"(?:5\.5\.5-|.*TiDB-v)?(\d+(?:\.\d+)+)", text)
        version = tuple(map(int, own[1].split("."))) if own else None
        return dialect(variant, version).treating(self.declared)

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys that no index can hold, and more of a kind than there may be."""
        keys.check_keys(self, table, schema)
        keys.check_counters(self, table)
        self.check_triggers(table)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it, in one statement.

        A foreign key to a table that is made later waits for it.
        """
        there = (*schema.tables, table.name)
        foreign = [key for key in table.foreign_keys if key.table in there]
        made = attrs.evolve(table, foreign_keys=foreign)
        yield Statement(self.table_sql(made, schema, if_not_exists=tolerant))
        for name in self.triggers(table):
            yield self.trigger_made(table, name)
        for other, key in schema.references_to(table.name):
            without = [k for k in other.foreign_keys if k.name != key.name]
            before = attrs.evolve(other, foreign_keys=without)
            clause = f"ADD {self.foreign_key_sql(key)}"
            items = self.changed(before, other, clause)
            exists = self.constraint_exists_sql(other.name, key.name)
            yield from self.when(tolerant, self.absent_sql(exists), items)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table; what refers to it follows, our triggers are made anew."""
        before = move.before.table(operation.old)
        after = move.after.table(operation.new)
        yield from self.triggers_dropped(before)
        yield from super().rename_table(move, operation)
        for name in self.triggers(after):
            yield self.trigger_made(after, name)

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there."""
        yield from mysql_alters.added(self, move, operation)
        yield from self.triggers_changed(move, operation.table)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, and our trigger on it."""
        yield from self.triggers_changed(move, operation.table)
        yield from super().drop_field(move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column, with everything that it is."""
        yield from self.triggers_dropped(move.before.table(operation.table))
        yield from mysql_alters.renamed(self, move, operation)
        after = move.after.table(operation.table)
        for name in self.triggers(after):
            yield self.trigger_made(after, name)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""
        table = move.before.table(operation.table)
        yield from mysql_alters.altered(
            self, move, table, table.field(operation.field.name), operation
        )
        yield from self.triggers_changed(move, operation.table)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.after.tables.values():
            self.check_table(table, move.after)
        for table in move.before.tables.values():
            for field in table.fields:
                same = AlterField(table.name, field)
                yield from mysql_alters.altered(self, move, table, field, same)

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index, in the place of one that only stood in for it."""
        del schema, tolerant
        others = [other for other in table.indexes if other.name != index.name]
        before = attrs.evolve(table, indexes=others)
        yield from self.changed(before, table, f"ADD {self.index_clause(index)}")

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """Drop an index, and let another stand in for it where a key needs one."""
        name = self.part_name(operation.name)
        yield from self._changed(move, operation.table, f"DROP INDEX {name}")

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """An index in the place of another; renamed only, where that is all of it."""
        table = str(move.operation.subject().table)
        was = move.before.table(table).index(old)
        words = self.put_for(old, index)
        if attrs.evolve(was, name=index.name) == index:
            words = self.index_renamed(old, str(index.name)) or words
        items = self._changed(move, table, *words)
        exists = self.index_exists_sql(table, old)
        yield from self.when(move.operation.if_present, exists, items)
        if isinstance(move.operation, AlterIndex) and move.operation.if_present:
            yield self._made_where_gone(move, table, exists, self.index_clause(index))

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys, constraints and options what they now are."""
        operation = move.operation
        items = self._table_changed(move, operation, table)
        name = operation.subject().name
        exists = self.constraint_exists_sql(table, name)
        match operation:
            case AddForeignKey() | AddUnique() | AddCheck():
                absent = self.absent_sql(exists)
                yield from self.when(operation.if_present, absent, items)
            case AlterPrimaryKey() | SetTableOptions():
                yield from items
            case _:
                yield from self.when(operation.if_present, exists, items)
        clause = self._altered_clause(operation)
        if clause is not None and operation.if_present:
            yield self._made_where_gone(move, table, exists, clause)

    def rows_apart(self, move: Move, operation: UpsertData) -> Items:
        """No row of another key may hold what must be unique: it would be changed."""
        return mysql_upserts.apart(self, move, operation)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the columns of an enum, and their values, what they now are."""
        if isinstance(operation, AlterEnum):
            yield from mysql_enums.altered(self, move, operation)

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text, those of routines kept together."""
        del transactional
        return mysql_text.statements(text)

    def _altered_clause(self, operation: Operation) -> str | None:
        """The constraint as an operation makes it that puts it in another's place."""
        match operation:
            case AlterForeignKey(foreign_key=key):
                return self.foreign_key_sql(key)
            case AlterUnique(unique=unique):
                return self.unique_sql(unique)
            case AlterCheck(check=check):
                return self.check_sql(check)
            case _:
                return None

    def _made_where_gone(
        self, move: Move, table: str, exists: str, clause: str
    ) -> When:
        """An index or constraint made where there was none to be altered."""
        items = tuple(self._changed(move, table, f"ADD {clause}"))
        return When(self.absent_sql(exists), items=items)

    def _changed(self, move: Move, table: str, *words: str) -> Items:
        before, after = move.before.table(table), move.after.table(table)
        return self.changed(before, after, *words)

    def _table_changed(self, move: Move, operation: Operation, table: str) -> Items:
        before, after = move.before.table(table), move.after.table(table)
        match operation:
            case AddForeignKey(foreign_key=key):
                words = [f"ADD {self.foreign_key_sql(key)}"]
            case AlterForeignKey(foreign_key=key):
                # No ALTER TABLE drops and adds two of one name.
                yield self.altered(
                    table, f"DROP FOREIGN KEY {self.part_name(key.name)}"
                )
                words = [f"ADD {self.foreign_key_sql(key)}"]
            case DropForeignKey(name=name):
                words = [f"DROP FOREIGN KEY {self.part_name(name)}"]
            case AddUnique(unique=unique):
                words = [f"ADD {self.unique_sql(unique)}"]
            case AlterUnique(unique=unique):
                words = self.put_for(unique.name, unique)
            case DropUnique(name=name):
                words = [f"DROP INDEX {self.part_name(name)}"]
            case AddCheck(check=check):
                words = [f"ADD {self.check_sql(check)}"]
            case AlterCheck(check=check):
                dropped = f"{self.drops_checks_by} {self.part_name(check.name)}"
                words = [dropped, f"ADD {self.check_sql(check)}"]
            case DropCheck(name=name):
                words = [f"{self.drops_checks_by} {self.part_name(name)}"]
            case RenameConstraint():
                words = self._renamed_words(before, after, operation)
            case AlterPrimaryKey(primary_key=key):
                words = self.key_changes(before, key)
            case _:
                yield from mysql_alters.options_changed(self, move, before, after)
                words = []
        if words:
            yield from self._changed(move, table, *words)

    def key_changes(self, before: Table, key: PrimaryKey | None) -> list[str]:
        """The changes that give a table another primary key, or none."""
        if before.primary_key and key and before.primary_key.fields == key.fields:
            return []  # its name is PRIMARY, whatever it is called
        dropped = ["DROP PRIMARY KEY"] if before.primary_key else []
        return [*dropped, *([f"ADD {self.primary_key_sql(key)}"] if key else [])]

    def _renamed_words(
        self, before: Table, after: Table, operation: RenameConstraint
    ) -> list[str]:
        old, new = operation.old, operation.new
        name = self.part_name(old)
        for unique in before.uniques:
            if unique.name == old:
                rename = self.index_renamed(old, new)
                return rename or self.put_for(old, after.unique(new))
        for check in after.checks:
            if check.name == new:
                return [
                    f"{self.drops_checks_by} {name}",
                    f"ADD {self.check_sql(check)}",
                ]
        key = after.foreign_key(new)
        return [f"DROP FOREIGN KEY {name}", f"ADD {self.foreign_key_sql(key)}"]
