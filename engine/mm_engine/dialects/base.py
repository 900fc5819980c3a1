"""From operations to statements: one match that every dialect shares."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

from mm_engine.dialects import checks, untold, upserts
from mm_engine.dialects.catalog import Catalog
from mm_engine.dialects.features import Guarded
from mm_engine.dialects.rows import Rows
from mm_engine.dialects.statements import (
    Item,
    Move,
    PythonCall,
    Statement,
    When,
    reaching,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    CreateTable,
    DropCheck,
    DropEnum,
    DropField,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
    RestoreData,
    RunPython,
    RunSQL,
    SetDefaults,
    SetTableComment,
    SetTableOptions,
    SetTypeMappings,
    UpsertData,
)

Items = Iterable[Item]


class Dialect(Catalog, Rows):
    """What one database is told to do for each operation, always forwards.

    A subclass states facts and words, and overrides what its database does otherwise.
    """

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step; neighbouring moves may be told as one.

        Raises ``UnsupportedError`` for what this database cannot do; nothing has run.
        """
        with untold.naming_ways_out(self, moves):
            return self.told_items(moves)

    def told_items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The same, refused without a word on settings that would allow it."""
        moves = untold.told_moves(self, moves)
        told: list[Item] = []
        for group in self.groups(moves):
            numbers = [move.number for move in group]
            reach = (min(numbers), max(numbers))
            told += [reaching(item, reach) for item in self.told_as_one(group)]
        checks.check(self, moves)
        return tuple(told)

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse what a database would not take of a table that was made or changed."""

    def as_server(self, text: str) -> Dialect:
        """How a server is told that calls its version so; kin may be told otherwise."""
        del text
        return self

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """The moves in the groups that are told as one: each for itself."""
        return [(move,) for move in moves]

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """The items of one group."""
        return [item for move in group for item in self.told(move)]

    def told(self, move: Move) -> tuple[Item, ...]:
        """The items of one move; none where only the state is changed."""
        if move.operation.schema_only:
            return ()
        with self.explained(move.operation):
            items = tuple(self._told(move, move.operation))
            changed = move.after.tables.get(move.operation.subject().table or "")
            if changed:
                self.check_table(changed, move.after)
            return items

    def prologue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """What has to be said before the transaction begins."""
        del items
        return ()

    def epilogue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """What has to be said after it, however it ended."""
        del items
        return ()

    @property
    def begin(self) -> Statement:
        """What opens a transaction that will change the schema."""
        return Statement(self.features.begin)

    @contextmanager
    def explained(self, operation: Operation) -> Iterator[None]:
        """Let an error say which operation it is about, and where that stands."""
        try:
            yield
        except UnsupportedError as error:
            raise UnsupportedError(
                f"{operation.describe()}: {error.message}",
                at=operation.at or error.at,
                hint=error.hint,
            ) from error

    def _told(self, move: Move, operation: Operation) -> Items:
        before, tolerant = move.before, operation.if_present
        match operation:
            case CreateTable():
                return self.create_table(operation.table, before, tolerant=tolerant)
            case DropTable():
                return self.drop_table(operation.name, tolerant=tolerant)
            case RenameTable():
                items = self.rename_table(move, operation)
                return self.when(tolerant, self.table_exists_sql(operation.old), items)
            case AddField():
                return self._add_field(move, operation)
            case DropField(table=table, name=name):
                items = self.drop_field(move, operation)
                return self.when(tolerant, self.field_exists_sql(table, name), items)
            case AlterField(table=table, field=field):
                items = self.alter_field(move, operation)
                exists = self.field_exists_sql(table, field.name)
                return self.when(tolerant, exists, items)
            case RenameField(table=table, old=old):
                items = self.rename_field(move, operation)
                return self.when(tolerant, self.field_exists_sql(table, old), items)
            case AddIndex():
                return self._add_index(move, operation)
            case AlterIndex(index=index):
                return self.index_anew(move, index.name or "", index)
            case DropIndex():
                return self._drop_index(move, operation)
            case RenameIndex():
                return self.rename_index(move, operation)
            case (
                AlterPrimaryKey()
                | AddForeignKey()
                | AlterForeignKey()
                | DropForeignKey()
                | AddUnique()
                | AlterUnique()
                | DropUnique()
                | AddCheck()
                | AlterCheck()
                | DropCheck()
                | RenameConstraint()
                | SetTableOptions()
            ):
                items = self.change_table(move, operation.table)
                exists = self.table_exists_sql(operation.table)
                return self.when(tolerant, exists, items)
            case CreateEnum() | DropEnum() | RenameEnum() | AlterEnum():
                return self.change_enum(move, operation)
            case SetDefaults() | SetTypeMappings():
                return self.change_settings(move)
            case SetTableComment():
                return self.comments(before.table(operation.table), operation.comment)
            case RunSQL():
                return self.run_sql(operation)
            case RunPython():
                return (PythonCall(operation.forward, before),)
            case UpsertData():
                return self.upsert_data(move, operation)
            case RestoreData():
                return self.restore_data(move, operation)
            case _:
                assert_never(operation)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it."""
        guard = tolerant and self.can_say(Guarded.CREATE_TABLE)
        yield Statement(self.table_sql(table, schema, if_not_exists=guard))
        for index in table.indexes:
            yield from self.add_index(table, index, schema, tolerant=tolerant)
        yield from self.comments(table, table.comment)

    def drop_table(self, name: str, *, tolerant: bool) -> Items:
        """Drop a table."""
        guard = "IF EXISTS " if tolerant and self.can_say(Guarded.DROP_TABLE) else ""
        yield Statement(f"DROP TABLE {guard}{self.thing(name)}")

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Give a table a new name, wherever it is spoken of."""
        del move
        yield self.altered(operation.old, f"RENAME TO {self.new_name(operation.new)}")

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column."""
        column = self.column(operation.field, move.before)
        yield self.altered(operation.table, f"ADD COLUMN {self.column_sql(column)}")

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column."""
        del move
        yield self.altered(operation.table, f"DROP COLUMN {self.quote(operation.name)}")

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Give a column a new name, wherever it is spoken of."""
        del move
        old, new = self.quote(operation.old), self.new_name(operation.new)
        yield self.altered(operation.table, f"RENAME COLUMN {old} TO {new}")

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index on a table that already lists it."""
        del schema
        guard = tolerant and self.can_say(Guarded.CREATE_INDEX)
        yield Statement(self.index_sql(table.name, index, if_not_exists=guard))

    def drop_index(self, table: str, name: str, *, tolerant: bool) -> Items:
        """Drop an index."""
        guard = "IF EXISTS " if tolerant and self.can_say(Guarded.DROP_INDEX) else ""
        yield Statement(f"DROP INDEX {guard}{self.part_beside(table, name)}")

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """Drop an index, and do what the table without it needs."""
        del move
        tolerant = operation.if_present
        return self.drop_index(operation.table, operation.name, tolerant=tolerant)

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Give an index a new name: drop it, and make it under the new one."""
        index = move.after.table(operation.table).index(operation.new)
        return self.index_anew(move, operation.old, index)

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """An index dropped, and made as it is after the operation."""
        tolerant = move.operation.if_present
        table = move.after.table(str(move.operation.subject().table))
        yield from self.drop_index(table.name, old, tolerant=tolerant)
        yield from self.add_index(table, index, move.after, tolerant=tolerant)

    def run_sql(self, operation: RunSQL) -> Items:
        """The user's own SQL, one statement an item."""
        text, transactional = self.own_text(operation.forward), operation.transactional
        for sql in self.split(text, transactional=transactional):
            yield Statement(sql, transactional=transactional)

    def comments(self, table: Table, comment: str | None) -> Items:
        """What people read about a table, where the database keeps it."""
        if self.features.stores_comments and comment is not None:
            said = self.text(comment)
            yield Statement(f"COMMENT ON TABLE {self.thing(table.name)} IS {said}")

    def upsert_data(self, move: Move, operation: UpsertData) -> Items:
        """Keep what the rows hold, then insert or update them."""
        return upserts.upsert(self, move, operation)

    def restore_data(self, move: Move, operation: RestoreData) -> Items:
        """Take out what was not there before, and give the rest what it held."""
        return upserts.restore(self, move, operation)

    def rows_apart(self, move: Move, operation: UpsertData) -> Items:
        """What makes sure that an upsert meets only the rows of its keys."""
        del move, operation
        return ()

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """What makes counting go on after numbers that were written by hand."""
        del table, written, schema
        return ()

    def altered(self, table: str, change: str) -> Statement:
        """One ALTER TABLE."""
        return Statement(f"ALTER TABLE {self.thing(table)} {change}")

    def when(self, tolerant: bool, query: str, items: Items) -> Items:  # noqa: FBT001 - reads as a condition
        """The items, only where the query gives a row if absence is tolerated."""
        found = tuple(items)
        return (When(query, items=found),) if tolerant and found else found

    def _add_field(self, move: Move, operation: AddField) -> Items:
        items = self.add_field(move, operation)
        exists = self.field_exists_sql(operation.table, operation.field.name)
        return self.when(operation.if_present, self.absent_sql(exists), items)

    def _add_index(self, move: Move, operation: AddIndex) -> Items:
        tolerant = operation.if_present
        table, index = move.after.table(operation.table), operation.index
        items = self.add_index(table, index, move.before, tolerant=tolerant)
        if not tolerant or self.can_say(Guarded.CREATE_INDEX):
            return items
        absent = self.absent_sql(self.index_exists_sql(table.name, index.name))
        return self.when(tolerant, absent, items)

    def _drop_index(self, move: Move, operation: DropIndex) -> Items:
        items = self.index_dropped(move, operation)
        if not operation.if_present or self.can_say(Guarded.DROP_INDEX):
            return items
        exists = self.index_exists_sql(operation.table, operation.name)
        return self.when(operation.if_present, exists, items)

    @abstractmethod
    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""

    @abstractmethod
    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys, constraints and options what they now are."""

    @abstractmethod
    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make an enum what it now is, wherever it is used."""

    @abstractmethod
    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
