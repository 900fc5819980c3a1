"""StarRocks: tables with a primary key, changed by jobs or by a copy swapped in.

See docs.starrocks.io, ALTER TABLE. A job is waited for; a table has one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs

from mm_engine.dialects import mysql_text
from mm_engine.dialects import starrocks_copies as copies
from mm_engine.dialects import starrocks_rows as rows_of
from mm_engine.dialects import starrocks_types as types
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.starrocks_words import StarRocksWords
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model import sqltext
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddUnique,
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    DropEnum,
    DropField,
    DropIndex,
    RenameEnum,
    RenameField,
    RenameTable,
    SetTableOptions,
)

JOB = " /* a job: SHOW ALTER TABLE COLUMN says when it is FINISHED */"
"""What ends a statement that only begins a change; who runs it has to wait."""

STRICT = (
    Statement("SET sql_mode = 'ONLY_FULL_GROUP_BY,PIPES_AS_CONCAT'"),
    Statement("SET enable_insert_strict = true"),
)
"""What makes a server read ``||`` as others do, and refuse values that do not fit."""


class StarRocks(StarRocksWords, Dialect):
    """StarRocks from 3.3.2 on, where columns can be renamed."""

    def prologue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """How the server is to read what follows."""
        return STRICT if items else ()

    def as_server(self, text: str) -> Dialect:
        """This dialect as the server takes it that says so of its version."""
        found = re.search(r"\d+(?:\.\d+)+", text)
        return self.at(tuple(map(int, found[0].split("."))) if found else None)

    def absent_sql(self, exists: str) -> str:
        """A query that gives a row where another gives none."""
        counted = f"SELECT count(*) AS found FROM ({exists}) AS there"
        return f"SELECT 1 FROM ({counted}) AS counted WHERE found = 0"

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """Refused: no query finds an index, only SHOW INDEX does."""
        raise UnsupportedError(
            f'{self.title} cannot be asked for index "{name}" of "{table}"',
            hint="leave if_present out",
        )

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys of types that are in none, and options that name no field."""
        key = table.primary_key.fields if table.primary_key else ()
        for name in key:
            words = self.type_sql(table.field(name), schema)
            if not types.is_in_keys(words):
                raise UnsupportedError(
                    f'{self.title} has no {words} in a primary key, and "{name}" of'
                    f' "{table.name}" is one',
                    at=table.field(name).at,
                    hint="make it a whole number, a varchar, a date or a timestamp",
                )
        options = self.chosen(table.options, self.table_options)
        for option in ("distributed_by", "order_by"):
            for name in types.listed(options.get(option, ())):
                if not table.has_field(name) or (
                    option == "distributed_by" and key and name not in key
                ):
                    raise UnsupportedError(
                        f'{option} of "{table.name}" names "{name}", which is no field'
                        f"{' of its key' if table.has_field(name) else ''}",
                        at=table.at,
                        hint=nearest(name, [field.name for field in table.fields])
                        or "rows are spread by fields of the primary key",
                    )

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it, in one statement."""
        yield Statement(self.table_sql(table, schema, if_not_exists=tolerant))

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Give a table a new name."""
        del move
        yield self.altered(operation.old, f"RENAME {self.new_name(operation.new)}")

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, in place where rows that are there need no value."""
        column = self.column(operation.field, move.before)
        is_plain = column.default is None or not column.default.startswith("(")
        fills_itself = column.default is not None or not column.not_null
        if (
            operation.one_off is None
            and is_plain
            and (fills_itself or column.generated)
            and not column.identity
        ):
            yield self.job(operation.table, f"ADD COLUMN {self.column_sql(column)}")
        else:
            yield from copies.added(self, move, operation)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column that nothing else names."""
        self._check_free(move.before.table(operation.table), operation.name)
        yield self.job(operation.table, f"DROP COLUMN {self.quote(operation.name)}")

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column; one of the key by way of a copy."""
        table = move.before.table(operation.table)
        old, new = operation.old, operation.new
        self._check_free(table, old)
        if table.primary_key and old in table.primary_key.fields:
            return copies.copied(self, move, table.name, {new: self.quote(old)})
        words = f"RENAME COLUMN {self.quote(old)} TO {self.new_name(new)}"
        return [self.altered(table.name, words)]

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, in place or by way of a copy."""
        table, field = move.before.table(operation.table), operation.field
        before = table.field(field.name)
        old, new = self.column(before, move.before), self.column(field, move.after)
        is_key = table.primary_key and field.name in table.primary_key.fields
        if self.name not in operation.convert:
            if attrs.evolve(old, comment=None) == attrs.evolve(new, comment=None):
                return [self.modified(table.name, new)] if old != new else []
            if not is_key and _in_place(old, new):
                return [self.job(table.name, f"MODIFY COLUMN {self.column_sql(new)}")]
        return copies.altered(self, move, table, before, operation)

    def modified(self, table: str, column: Column) -> Statement:
        """A column with another comment, which is no job."""
        return self.altered(table, f"MODIFY COLUMN {self.column_sql(column)}")

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                was = self.column(field, move.before)
                if was != self.column(field, move.after):
                    yield from self.alter_field(move, AlterField(table.name, field))

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index, where it is of a kind that is there."""
        del tolerant
        if clause := self.index_clause(index, self.columns(table, schema)):
            yield self.job(table.name, f"ADD {clause}")

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """Drop an index, if there was one."""
        table = move.before.table(operation.table)
        index = table.index(operation.name)
        lowered = self.columns(table, move.before)
        if index.unique or self.index_clause(index, lowered):
            yield self.job(table.name, f"DROP INDEX {self.part_name(operation.name)}")

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """An index in the place of another."""
        table = str(move.operation.subject().table)
        yield from self.index_dropped(move, DropIndex(table, old))
        after = move.after.table(table)
        yield from self.add_index(after, index, move.after, tolerant=False)

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's key and layout what they now are; nothing else is kept."""
        match move.operation:
            case AlterPrimaryKey():
                yield from copies.keyed(self, move, table)
            case SetTableOptions(options=options):
                before = move.before.table(table).options
                if before.get(self.name, {}) != options.get(self.name, {}):
                    yield from copies.copied(self, move, table)
            case AddUnique(unique=unique) | AlterUnique(unique=unique):
                self.unique_sql(unique)
            case AddCheck(check=check) | AlterCheck(check=check):
                self.check_sql(check)
            case _:
                pass  # it was in the schema only

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the values of an enum's fields what they now are."""
        if not isinstance(operation, AlterEnum):
            return
        for table in move.before.tables.values():
            for field in table.fields:
                if enum_name(self.spoken(field.type)) == operation.enum.name:
                    yield from rows_of.values_changed(
                        self, move, operation, table, field
                    )

    def comments(self, table: Table, comment: str | None) -> Items:
        """What people read about a table."""
        if comment != table.comment:
            yield self.altered(table.name, f"COMMENT = {self.text(comment or '')}")

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text."""
        del transactional
        return mysql_text.statements(text)

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Whole rows, since a row of the same key is replaced by what is inserted."""
        return rows_of.upserted_sql(self, table, schema, names, rows, keys)

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them, values by name."""
        changes = ", ".join(f"{self.quote(n)} = {value}" for n, value in values.items())
        return f"UPDATE {here} SET {changes} FROM {kept} WHERE {same}"

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """Refuse numbers written by hand: they would be given to other rows again."""
        for field in table.fields:
            if self.counts_up(table, field, schema):
                raise UnsupportedError(
                    f'{self.title} counts "{field.name}" on without looking at what is'
                    " there, so a later row could take the place of one of these",
                    at=field.at,
                    hint=f"make {field.name} a bigint",
                )
        return super().counted_on(table, written, schema)

    def job(self, table: str, change: str) -> Statement:
        """One ALTER TABLE that has to be waited for."""
        return Statement(f"{self.altered(table, change).sql}{JOB}")

    def _check_free(self, table: Table, name: str) -> None:
        """Refuse to take away a column that others are computed or laid out by."""
        options = self.chosen(table.options, self.table_options)
        users = [
            option
            for option in types.LAID_OUT_BY
            if name
            in sqltext.identifiers(" ".join(types.listed(options.get(option, ()))))
        ]
        users += [
            field.name
            for field in table.fields
            if name in sqltext.identifiers(self.generated_text(field) or "")
        ]
        if users:
            raise UnsupportedError(
                f'"{name}" of "{table.name}" is what {users[0]} speaks of',
                at=table.at,
                hint=f"change {users[0]} first",
            )


def _in_place(old: Column, new: Column) -> bool:
    """Whether MODIFY COLUMN does it: no value is lost, no row has to be looked at."""
    is_wider = old.type == new.type or types.widens(old.type, new.type)
    kept = (old.default, old.generated, old.identity)
    is_same = kept == (new.default, new.generated, new.identity) and not old.generated
    return is_wider and is_same and (old.not_null or not new.not_null)
