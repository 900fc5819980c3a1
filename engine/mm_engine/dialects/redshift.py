"""Redshift: few things are altered in place, and all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from mm_engine.dialects import postgresql_text
from mm_engine.dialects.base import Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.redshift_conversions import Conversion, conversion
from mm_engine.dialects.redshift_rows import RedshiftRows
from mm_engine.dialects.sql import ExpressionSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    AlterPrimaryKey,
    CreateEnum,
    DropEnum,
    DropField,
    DropIndex,
    RenameEnum,
    RenameIndex,
    RenameTable,
    SetTableOptions,
)

NEW = "makemigrations_new_"
"""What the name of a table begins with while it takes the place of another."""


class Redshift(RedshiftRows):
    """A cluster or a workgroup, which have no versions to choose from.

    A plain index says how to find rows quickly and never which rows may exist; there
    are sort keys for that, so it is left out. A unique one is declared.
    """

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it; a key to a later table waits for it."""
        yield from self._opened(table.name, schema)
        there = (*schema.tables, table.name)
        keys = [key for key in table.foreign_keys if key.table in there]
        made = attrs.evolve(table, foreign_keys=keys)
        yield Statement(self.table_sql(made, schema, if_not_exists=tolerant))
        for index in table.indexes:
            yield from self.add_index(table, index, schema, tolerant=tolerant)
        yield from self._comments(table)
        for other, waiting in schema.references_to(table.name):
            yield from self.part_added(other.name, waiting, tolerant=tolerant)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table within its namespace."""
        if self.place(operation.old)[0] != self.place(operation.new)[0]:
            raise UnsupportedError(
                f"{self.title} moves no table to another namespace",
                hint="make a new table there and copy the rows in a RunSQL",
            )
        del move
        new = self.new_name(self.place(operation.new)[1])
        yield self.altered(operation.old, f"RENAME TO {new}")

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column; a required one whose rows get another value, in a copy."""
        table, field = move.before.table(operation.table), operation.field
        column = self.column(field, move.before)
        if column.identity:
            raise UnsupportedError(
                f'{self.title} makes a column that counts itself up, as "{field.name}"'
                " does, only with its table",
                at=field.at,
                hint="make a new table with it and copy the rows in a RunSQL",
            )
        value = None
        if operation.one_off is not None:
            value = self.default(operation.one_off, field, move.before)
        if value not in (None, column.default) or (
            column.not_null and column.default is None
        ):
            given = ExpressionSQL(value or "NULL")
            if not self._counts(table, move.before):
                yield from self._rebuilt(move, table, {field.name: given})
                return
            yield from self._filled(table, column, field, given)
        else:
            yield self.altered(table.name, f"ADD COLUMN {self.column_sql(column)}")
        yield from self.field_comment(table.name, field.name, None, field.comment)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column that rows are not spread or ordered by."""
        table = move.before.table(operation.table)
        if operation.name in self.spread_by(table):
            raise UnsupportedError(
                f'the rows of "{table.name}" are spread or ordered by'
                f' "{operation.name}"',
                hint="take it out of the options distkey and sortkey first",
            )
        yield from super().drop_field(move, operation)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """A table with the column as it now is in the place of the old one."""
        table, field = move.before.table(operation.table), operation.field
        before = table.field(field.name)
        old, new = self.column(before, move.before), self.column(field, move.after)
        convert = operation.convert.get(self.name)
        if old == new and not convert:
            comments = (before.comment, field.comment)
            yield from self.field_comment(table.name, field.name, *comments)
            return
        turned = Conversion(ExpressionSQL(self.quote(field.name)))
        if convert:
            turned = Conversion(self.expression(convert[0]))
        elif old.type != new.type:
            turned = conversion(self, before, field, move)
        if turned.misfit is not None:
            yield _fitting(self, table, field, turned.misfit)
        value = turned.value
        if operation.one_off is not None:
            instead = self.default(operation.one_off, field, move.after)
            value = ExpressionSQL(f"COALESCE({value}, {instead})")
        if self._counts(table, move.before) and not (old.identity or new.identity):
            yield from self._replaced(table, new, field, value)
        else:
            yield from self._rebuilt(move, table, {field.name: value})

    def change_settings(self, move: Move) -> Items:
        """Tables of which a column is said otherwise by new defaults or types."""
        for table in move.before.tables.values():
            after = move.after.table(table.name)
            old = self.columns(table, move.before)
            if old != self.columns(after, move.after):
                sources = {
                    field.name: conversion(self, field, field, move).value
                    for field, was in zip(table.fields, old, strict=True)
                    if was.type != self.type_sql(field, move.after)
                }
                yield from self._rebuilt(move, table, sources)

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Declare that rows differ; a plain index is nothing here."""
        del schema
        self.chosen(index.options, self.index_options)
        self.check_index(index)
        if index.unique:
            unique = Unique(index.field_names, name=index.name)
            yield from self.part_added(table.name, unique, tolerant=tolerant)

    def drop_index(self, table: str, name: str, *, tolerant: bool) -> Items:
        """Nothing: what was declared is dropped by whoever knows that it was."""
        del table, name, tolerant
        return ()

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if it was declared."""
        return self.constraint_exists_sql(table, name)

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """Take back what was declared."""
        return self._undeclared(move, operation.table, operation.name)

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Declare it under its new name."""
        index = move.after.table(operation.table).index(operation.new)
        return self.index_anew(move, operation.old, index)

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """Take back what was declared, and declare what is."""
        name = str(move.operation.subject().table)
        yield from self._undeclared(move, name, old)
        table = move.after.table(name)
        tolerant = move.operation.if_present
        yield from self.add_index(table, index, move.after, tolerant=tolerant)

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys and options what they now are."""
        before, after = move.before.table(table), move.after.table(table)
        if isinstance(move.operation, AlterPrimaryKey | SetTableOptions):
            if before.primary_key != after.primary_key or (
                self.table_suffix(before) != self.table_suffix(after)
            ):
                yield from self._rebuilt(move, before, {})
            return
        for check in after.checks:
            if check not in before.checks:
                self.check_sql(check)
        old, new = _declared(before), _declared(after)
        for name, part in old.items():
            if new.get(name) != part:
                exists = self.constraint_exists_sql(table, name)
                drop = self.part_dropped(table, name, tolerant=False)
                yield from self.when(move.operation.if_present, exists, [drop])
        for name, part in new.items():
            if old.get(name) != part:
                tolerant = move.operation.if_present
                yield from self.part_added(table, part, tolerant=tolerant)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Nothing: no field can be of an enum."""
        del move, operation
        return ()

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text."""
        return postgresql_text.statements(text, transactional=transactional)

    def _undeclared(self, move: Move, table: str, name: str) -> Items:
        if move.before.table(table).index(name).unique:
            yield self.part_dropped(table, name, tolerant=False)

    def _counts(self, table: Table, schema: Schema) -> bool:
        """Whether a column counts itself up, so that no copy could go on with it."""
        return any(column.identity for column in self.columns(table, schema))

    def _filled(
        self, table: Table, column: Column, field: Field, value: ExpressionSQL
    ) -> Iterator[Item]:
        """A column added, and the value that its rows get."""
        if column.not_null and column.default is None:
            raise UnsupportedError(
                f'"{table.name}" counts its rows, so it cannot be copied, and'
                f' {self.title} adds no required column like "{field.name}" without a'
                " default",
                at=field.at,
                hint="give it a default, or let it be null",
            )
        yield self.altered(table.name, f"ADD COLUMN {self.column_sql(column)}")
        yield Statement(
            f"UPDATE {self.thing(table.name)} SET {self.quote(column.name)} = {value}"
        )

    def _replaced(
        self, table: Table, column: Column, field: Field, value: ExpressionSQL
    ) -> Iterator[Item]:
        """A column in the place of another, in a table that cannot be copied."""
        declared = [index for index in table.indexes if index.unique]
        told = attrs.evolve(table, indexes=declared)
        name, users = field.name, told.users_of(field.name)
        if users or name in self.spread_by(table):
            user = users[0] if users else "the order or place of its rows"
            raise UnsupportedError(
                f'"{table.name}" counts its rows, so it cannot be copied; a column'
                f' would take the place of "{name}", and {user} stands on it',
                at=field.at,
                hint=f"drop {user} before, and add it again after it",
            )
        new = self.cut_name(f"{NEW}{name}")
        yield from self._filled(table, attrs.evolve(column, name=new), field, value)
        yield self.altered(table.name, f"DROP COLUMN {self.quote(name)}")
        rename = f"RENAME COLUMN {self.quote(new)} TO {self.quote(name)}"
        yield self.altered(table.name, rename)
        yield from self.field_comment(table.name, name, None, field.comment)

    def _rebuilt(
        self, move: Move, before: Table, sources: Mapping[str, ExpressionSQL]
    ) -> Iterator[Item]:
        """A table as it is after the move in the place of another, with its rows.

        The transaction keeps the old one locked, and undoes all of it if it fails.
        """
        after = move.after.table(before.name)
        self._check_copied(after, move.after)
        others = move.after.references_to(after.name)
        for other, key in others:
            if other.name != after.name:
                yield self.part_dropped(other.name, str(key.name), tolerant=False)
        namespace, own = self.place(after.name)
        new = self.cut_name(f"{NEW}{own}")
        there = new if namespace is None else f"{namespace}.{new}"
        bare = attrs.evolve(after, foreign_keys=())
        yield Statement(self.table_sql(bare, move.after, named=there))
        copied = {
            field.name: sources.get(field.name, self.quote(field.name))
            for field in after.fields
            if field.name in sources or before.has_field(field.name)
        }
        values, here = ", ".join(copied.values()), self.thing(after.name)
        yield Statement(
            f"INSERT INTO {self.thing(there)} ({self.listed(copied)})"
            f" SELECT {values} FROM {here}"
        )
        yield Statement(f"DROP TABLE {here}")
        yield self.altered(there, f"RENAME TO {self.new_name(own)}")
        for index in after.indexes:
            yield from self.add_index(after, index, move.after, tolerant=False)
        for key in after.foreign_keys:
            yield from self.part_added(after.name, key, tolerant=False)
        for other, key in others:
            if other.name != after.name:
                yield from self.part_added(other.name, key, tolerant=False)
        yield from self._comments(after)

    def _check_copied(self, table: Table, schema: Schema) -> None:
        for column in self.columns(table, schema):
            if column.identity:
                raise UnsupportedError(
                    f'"{table.name}" would be copied, and {self.title} would begin to'
                    f' count "{column.name}" anew in the copy',
                    at=table.at,
                    hint="copy it by hand in a RunSQL, with IDENTITY beginning after"
                    " the greatest number, and let this operation be schema_only",
                )

    def _comments(self, table: Table) -> Iterator[Item]:
        yield from self.comments(attrs.evolve(table, comment=None), table.comment)
        for field in table.fields:
            yield from self.field_comment(table.name, field.name, None, field.comment)

    def _opened(self, name: str, schema: Schema) -> Iterator[Item]:
        namespace = self.place(name)[0]
        if namespace is None or self.lies_in(namespace, schema.tables):
            return
        yield Statement(f"CREATE SCHEMA IF NOT EXISTS {self.new_name(namespace)}")


def _declared(table: Table) -> dict[str, ForeignKey | Unique | PrimaryKey]:
    """What can be declared of a table, by name."""
    parts: list[ForeignKey | Unique] = [*table.uniques, *table.foreign_keys]
    return {str(part.name): part for part in parts}


def _fitting(
    dialect: Redshift, table: Table, field: Field, misfit: ExpressionSQL
) -> Expect:
    return Expect(
        f"SELECT COUNT(*) FROM {dialect.thing(table.name)} WHERE {misfit}",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values that do not fit any more",
        hint="say what becomes of them: convert={…}, or mend them in a RunSQL before",
    )
