"""SQL Server: transactional DDL, defaults that have names, columns that are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from mm_engine.dialects import (
    references,
    sqlserver_alters,
    sqlserver_cascades,
    sqlserver_changes,
    sqlserver_enums,
    sqlserver_holds,
    sqlserver_text,
)
from mm_engine.dialects import sqlserver_types as types
from mm_engine.dialects.base import Items
from mm_engine.dialects.sql import ExpressionSQL
from mm_engine.dialects.sqlserver_parts import Part, SQLServerParts
from mm_engine.dialects.sqlserver_words import check_name, default_name
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    CreateEnum,
    DropEnum,
    DropField,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
)

MOVING = "makemigrations_moving_"
"""What a name begins with while the one that it shall have is taken."""


class SQLServer(SQLServerParts):
    """SQL Server from 2016 on, and Azure SQL."""

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step."""
        told = super().items(moves)
        if moves:
            schema = moves[-1].after
            references.check_ends(self, schema)
            named = (move.operation.subject().table for move in moves)
            touched = [name for name in dict.fromkeys(named) if name in schema.tables]
            sqlserver_cascades.check(map(str, touched), schema, self.title)
        return told

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """Each move for itself; together what changes both ends of a reference."""
        return references.groups(self, moves)

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """The items of a group; foreign keys let go of what it changes."""
        return references.let_go(self, group)

    def expression(self, text: str) -> ExpressionSQL:
        """SQL of the user's as one term."""
        sqlserver_text.check_joining(text)
        return super().expression(text)

    def held(self, field: Field, schema: Schema) -> object:
        """What of a field a foreign key holds fast: all that ALTER COLUMN says."""
        column = self.column(field, schema)
        return (
            *(column.type, column.collation, column.not_null),
            *(column.generated, column.identity),
        )

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys that no index can hold, and actions that meet."""
        counted = self.counted(table, schema)
        if len(counted) > 1:
            raise UnsupportedError(
                f'"{counted[0].name}" and "{counted[1].name}" of "{table.name}" count'
                f" themselves up, and {self.title} counts one in a table",
                at=counted[1].at,
                hint="make one of them an integer",
            )
        for user, fields, most in self._keys(table):
            kinds = ((f, self.type_sql(f, schema)) for f in map(table.field, fields))
            types.check_key(f"{user} of {table.name}", kinds, most, self.title)
        self._check_referred(table, schema)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it.

        A foreign key to a table that is made later waits for it.
        """
        yield from self._opened(table.name, schema)
        there = (*schema.tables, table.name)
        foreign = [key for key in table.foreign_keys if key.table in there]
        made = attrs.evolve(table, foreign_keys=foreign)
        absent = self.absent_sql(self.table_exists_sql(table.name))
        yield from self.when(tolerant, absent, self._made(made, schema))
        for other, key in schema.references_to(table.name):
            exists = self.constraint_exists_sql(other.name, key.name)
            added = [self.part_added(other, key)]
            yield from self.when(tolerant, self.absent_sql(exists), added)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table, and what is named after it; triggers are made anew."""
        old, new = operation.old, operation.new
        before, after = move.before.table(old), move.after.table(new)
        (here, was), (there, now) = self.place(old), self.place(new)
        self.new_thing(new)
        yield from self.triggers_dropped(before)
        if here == there:
            yield self.renamed("OBJECT", self.thing(old), now)
        else:
            yield from self._opened(new, move.before)
            yield from self._moved(here, was, there, now, move.before)
        for field in after.fields:
            yield from self._own_renamed(before, after, field.name, field.name, move)
        yield from self.triggers_made(after)

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there."""
        yield from sqlserver_alters.added(self, move, operation)
        field = operation.field
        yield from self.said_of(operation.table, field.name, None, field.comment)
        yield from self.triggers_changed(move, operation.table)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, after what stands on it and is not the schema's."""
        table = move.before.table(operation.table)
        self._check_uncomputed(table, operation.name, "drops")
        column = self.in_table(table.field(operation.name), table, move.before)
        yield from self.triggers_changed(move, operation.table)
        yield from self.check_dropped(table.name, column)
        yield from self.default_dropped(table.name, column)
        yield from super().drop_field(move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column; what speaks of it goes before, and comes again after."""
        before, after = (s.table(operation.table) for s in (move.before, move.after))
        old, new = operation.old, operation.new
        self._check_uncomputed(before, old, "renames")
        self.new_name(new)
        spoken: list[tuple[Part, Part]] = [
            (check, after.check(str(check.name)))
            for check in sqlserver_holds.checks(before, [old])
        ]
        spoken += [
            (index, after.index(str(index.name)))
            for index in self._by_nulls(before, old)
        ]
        column = self.in_table(before.field(old), before, move.before)
        yield from self.triggers_dropped(before)
        yield from (self.part_dropped(before, part) for part, _ in spoken)
        yield from self.check_dropped(before.name, column)
        path = f"{self.thing(before.name)}.{self.quote(old)}"
        yield self.renamed("COLUMN", path, new)
        renamed = self.in_table(after.field(new), after, move.after)
        if column.default is not None:
            names = (default_name(before.name, old), default_name(after.name, new))
            yield self.part_renamed(before.name, *names)
        yield from self.check_added(after.name, renamed)
        yield from (self.part_added(after, part) for _, part in reversed(spoken))
        yield from self.triggers_made(after)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""
        before = move.before.table(operation.table)
        yield from sqlserver_alters.altered(
            self, move, before, before.field(operation.field.name), operation
        )
        yield from self.triggers_changed(move, operation.table)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                same = AlterField(table.name, field)
                yield from sqlserver_alters.altered(self, move, table, field, same)
        for table in move.after.tables.values():
            self.check_table(table, move.after)

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Rename an index."""
        del move
        self.part_name(operation.new)
        old = f"{self.thing(operation.table)}.{self.part_name(operation.old)}"
        renamed = self.renamed("INDEX", old, self.cut_name(operation.new))
        exists = self.index_exists_sql(operation.table, operation.old)
        return self.when(operation.if_present, exists, [renamed])

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """An index dropped if it is there, and made as it is after the operation."""
        table = move.after.table(str(move.operation.subject().table))
        tolerant = move.operation.if_present
        yield from self.drop_index(table.name, old, tolerant=tolerant)
        yield from self.add_index(table, index, move.after, tolerant=tolerant)

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys, constraints and options what they now are."""
        return sqlserver_changes.changed(self, move, table)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the columns of an enum, and their values, what they now are."""
        if isinstance(operation, AlterEnum):
            yield from sqlserver_enums.altered(self, move, operation)

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """What of a text is sent at once."""
        return sqlserver_text.statements(text, transactional=transactional)

    def _made(self, table: Table, schema: Schema) -> Iterator[Item]:
        yield Statement(self.table_sql(table, schema))
        for unique in table.uniques:
            if self.is_by_index(table, unique):
                yield self.part_added(table, unique)
        yield from (self.part_added(table, index) for index in table.indexes)
        yield from self.said_of(table.name, None, None, table.comment)
        for field in table.fields:
            yield from self.said_of(table.name, field.name, None, field.comment)
        yield from self.triggers_made(table)

    def _opened(self, name: str, schema: Schema) -> Iterator[Item]:
        """The namespace of a table, made where it is the first in it."""
        namespace, _ = self.place(name)
        if namespace is None or namespace == "dbo":
            return
        if self.lies_in(namespace, schema.tables):
            return
        create = self.text(f"CREATE SCHEMA {self.new_name(namespace)}")
        said = self.text(namespace)
        yield Statement(f"IF SCHEMA_ID({said}) IS NULL EXEC (N{create[1:]})")

    def _moved(
        self, here: str | None, was: str, there: str | None, now: str, schema: Schema
    ) -> Iterator[Item]:
        """A table in another namespace, under a name that is free on the way."""
        between = now
        if _joined(here, now) in schema.tables:
            is_taken = _joined(there, was) in schema.tables
            between = f"{MOVING}{was}" if is_taken else was
        if between != was:
            old = self.thing(_joined(here, was))
            yield self.renamed("OBJECT", old, between)
        moved = self.thing(_joined(here, between))
        yield Statement(f"ALTER SCHEMA {self.quote(there or 'dbo')} TRANSFER {moved}")
        if between != now:
            old = self.thing(_joined(there, between))
            yield self.renamed("OBJECT", old, now)

    def _own_renamed(
        self, before: Table, after: Table, old: str, new: str, move: Move
    ) -> Iterator[Item]:
        column = self.in_table(before.field(old), before, move.before)
        renamed = attrs.evolve(column, name=new, within=after.name)
        if column.default is not None:
            names = (default_name(before.name, old), default_name(after.name, new))
            yield self.part_renamed(after.name, *names)
        was, now = check_name(column), check_name(renamed)
        if was is not None and now is not None:
            yield self.part_renamed(after.name, was, now)

    def _by_nulls(self, table: Table, name: str) -> list[Index]:
        """The indexes whose rows are left out by a column, as it is called."""
        return [
            index
            for index in table.indexes
            if index in sqlserver_holds.filtered(table, [name])
            or (
                name in index.field_names
                and index.unique
                and not index.nulls_not_distinct
                and table.field(name).nullable
            )
        ]

    def _check_uncomputed(self, table: Table, name: str, does: str) -> None:
        computed = sqlserver_holds.computed_from(self, table, [name])
        if computed:
            raise UnsupportedError(
                f'{self.title} {does} no column that "{computed[0].name}" is computed'
                " from",
                at=computed[0].at,
                hint="drop the computed field first, and add it again afterwards",
            )

    def _check_referred(self, table: Table, schema: Schema) -> None:
        """Refuse a foreign key to what is unique by an index that leaves rows out."""
        for other, key in schema.references_to(table.name):
            fields = sorted(key.references)
            primary = table.primary_key
            whole = [u.fields for u in table.uniques if not self.is_by_index(table, u)]
            whole += [i.field_names for i in table.indexes if self._is_whole(table, i)]
            whole += [primary.fields] if primary else []
            if fields not in [sorted(names) for names in whole]:
                raise UnsupportedError(
                    f'foreign key "{key.name}" of "{other.name}" refers to fields of'
                    f' "{table.name}" that may be null, and {self.title} has'
                    " many rows without them only by an index that no key refers to",
                    at=key.at,
                    hint="make the fields required, or say nulls_not_distinct",
                )

    def _is_whole(self, table: Table, index: Index) -> bool:
        nullable = any(table.field(name).nullable for name in index.field_names)
        is_all = index.nulls_not_distinct or not nullable
        return index.unique and not index.where and is_all

    def _keys(self, table: Table) -> Iterator[tuple[str, tuple[str, ...], int]]:
        most = self.features.longest_key or 0
        if table.primary_key:
            yield "the primary key", table.primary_key.fields, types.CLUSTERED
        for unique in table.uniques:
            yield f"unique constraint {unique.name}", unique.fields, most
        for index in table.indexes:
            yield f"index {index.name}", index.field_names, most
        for key in table.foreign_keys:
            yield f"foreign key {key.name}", key.fields, most


def _joined(namespace: str | None, name: str) -> str:
    return f"{namespace}.{name}" if namespace else name
