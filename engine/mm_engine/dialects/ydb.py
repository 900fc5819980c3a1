"""YDB: each statement by itself, indexes inside of tables, columns made anew."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from mm_engine.dialects import ydb_casts, ydb_text
from mm_engine.dialects.base import Items
from mm_engine.dialects.sql import ExpressionSQL, ValueSQL
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.dialects.ydb_steps import YDBSteps, default_words
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Index, Table
from mm_engine.model.types import Array
from mm_engine.model.values import Literal
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    AlterPrimaryKey,
    CreateEnum,
    DropEnum,
    DropField,
    DropIndex,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    SetTableOptions,
)

NEW = "makemigrations_new"
"""What a column is called while it holds the values of one that is made anew."""


class YDB(YDBSteps):
    """YDB, and tables of rows: its tables of columns take hardly any of this."""

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys that YDB cannot order."""
        self.check_keys(table, schema)

    def when(self, tolerant: bool, query: str, items: Items) -> Items:  # noqa: FBT001 - reads as a condition
        """The items; refused where YDB would have to be asked and cannot be."""
        if tolerant and not query:
            raise UnsupportedError(
                f"{self.title} cannot be asked what a table has",
                hint="leave if_present out",
            )
        return super().when(tolerant, query, items)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table, its indexes in the same statement."""
        yield Statement(self.table_sql(table, schema, if_not_exists=tolerant))

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there."""
        table, field = operation.table, operation.field
        column = self.column(field, move.before)
        if column.identity:
            raise self.only_at_first(field, "counts itself up")
        one_off: ValueSQL | None = None
        if operation.one_off is not None:
            one_off = self.default(operation.one_off, field, move.before)
        if one_off is None and column.not_null and column.default is None:
            yield self.is_empty(table, column.name)
            yield from self.made(table, column)
        elif one_off is None or one_off == column.default:
            yield self.altered(table, f"ADD COLUMN {self.column_sql(column)}")
        elif isinstance(operation.one_off, Literal):
            filling = attrs.evolve(column, default=one_off)
            yield self.altered(table, f"ADD COLUMN {self.column_sql(filling)}")
            yield self.column_changed(table, column.name, default_words(column))
        else:
            yield from self.made(table, column, one_off)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, unless a sequence hangs on it."""
        field = move.before.table(operation.table).field(operation.name)
        if self.counts(field, move.before):
            raise self.only_at_first(
                field, "counts itself up, and could not be dropped"
            )
        return super().drop_field(move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """A column under another name: a new one with the same values."""
        before = move.before.table(operation.table)
        after = move.after.table(operation.table)
        field = after.field(operation.new)
        self.check_held(before, before.field(operation.old), move.before, "renamed")
        indexes = self.held_indexes(before, after, (operation.old, operation.new))
        yield from self.without(before.name, indexes[0])
        column = self.column(field, move.after)
        old = ExpressionSQL(self.quote(operation.old))
        yield from self.made(before.name, column, old)
        yield self.altered(before.name, f"DROP COLUMN {self.quote(operation.old)}")
        yield from self.with_(before.name, indexes[1])

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""
        table, field = move.before.table(operation.table), operation.field
        old = self.column(table.field(field.name), move.before)
        new = self.column(field, move.after)
        if old.identity != new.identity:
            raise self.only_at_first(field, "would begin or stop counting itself up")
        convert = operation.convert.get(self.name)
        one_off: ValueSQL | None = None
        if operation.one_off is not None and new.not_null and not old.not_null:
            one_off = self.default(operation.one_off, field, move.after)
        if old.type != new.type or convert:
            value = self.expression(convert[0]) if convert else None
            yield from self._retyped(move, operation, value, one_off)
            return
        if one_off is not None:
            yield self.filled(table.name, new.name, one_off, only_gaps=True)
        if old.default != new.default:
            yield self.column_changed(table.name, new.name, default_words(new))
        if old.not_null != new.not_null:
            words = "SET NOT NULL" if new.not_null else "DROP NOT NULL"
            yield self.column_changed(table.name, new.name, words)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                if self.column(field, move.before) != self.column(field, move.after):
                    yield from self.alter_field(move, AlterField(table.name, field))

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index, with the rows that are there."""
        del schema, tolerant
        yield self.altered(table.name, f"ADD {self.index_clause(index)}")

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """Drop an index."""
        del move
        yield from self.without(operation.table, [operation.name])

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Give an index another name."""
        if operation.if_present:
            self.index_exists_sql(operation.table, operation.old)
        del move
        yield self.index_renamed(operation.table, operation.old, operation.new)

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """An index dropped, and made as it is after the operation."""
        table = str(move.operation.subject().table)
        if move.operation.if_present:
            self.index_exists_sql(table, old)
        yield from self.without(table, [old])
        yield from self.with_(table, {str(index.name): self.index_clause(index)})

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's unique constraints and settings what they now are."""
        before, after = move.before.table(table), move.after.table(table)
        for check in after.checks:
            self.check_sql(check)
        if move.operation.if_present and not isinstance(
            move.operation, SetTableOptions
        ):
            self.when(True, "", ())
        if isinstance(move.operation, RenameConstraint):
            yield self.index_renamed(table, move.operation.old, move.operation.new)
            return
        if isinstance(move.operation, AlterPrimaryKey):
            old, new = before.primary_key, after.primary_key
            if not (old and new and old.fields == new.fields):
                raise UnsupportedError(
                    f'{self.title} keeps the rows of "{table}" by their primary key,'
                    " which is said when a table is made",
                    at=after.at,
                    hint="make a new table, fill it from this one, and drop this one",
                )
        was, now = self.indexes(before), self.indexes(after)
        yield from self.without(table, [n for n in was if now.get(n) != was[n]])
        come = {name: sql for name, sql in now.items() if was.get(name) != sql}
        yield from self.with_(table, come)
        if isinstance(move.operation, SetTableOptions):
            yield from self.settings_changed(before, after)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Values of an enum in rows, called what they are called now."""
        if not isinstance(operation, AlterEnum):
            return
        now = {**operation.replaced, **operation.renamed}
        for table in move.before.tables.values():
            for field in table.fields:
                if enum_name(self.spoken(field.type)) != operation.enum.name:
                    continue
                self.type_sql(field, move.before)
                if now and isinstance(self.spoken(field.type), Array):
                    raise UnsupportedError(
                        f'"{table.name}.{field.name}" holds values of the enum in'
                        f" documents, which {self.title} does not look into",
                        at=field.at,
                        hint="change the rows in a RunSQL, the enum with schema_only",
                    )
                for old, new in now.items():
                    name = self.quote(field.name)
                    yield Statement(
                        f"UPDATE {self.thing(table.name)} SET {name} = {self.text(new)}"
                        f" WHERE {name} = {self.text(old)}"
                    )

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text, with what is named for each."""
        del transactional
        return ydb_text.statements(text)

    def _retyped(
        self,
        move: Move,
        operation: AlterField,
        value: ValueSQL | None,
        one_off: ValueSQL | None,
    ) -> Iterator[Item]:
        """A column of another type: its values go into another and come back."""
        table, field = operation.table, operation.field
        before, after = move.before.table(table), move.after.table(table)
        old = self.column(before.field(field.name), move.before)
        new = self.column(field, move.after)
        self.check_held(before, field, move.before, "given another type")
        name = self.quote(new.name)
        gone, come = self.held_indexes(before, after, (new.name,))
        if value is None:
            cast = ydb_casts.turned(name, old.type, new.type)
            if cast is None:
                raise UnsupportedError(
                    f"nobody can say how {old.type} becomes {new.type}",
                    hint=f'say it both ways: convert={{"{self.name}": ("…", "…")}},'
                    " or drop and add the field",
                )
            value = cast.value
            if cast.misfit is not None:
                yield self.fits(table, field, cast.misfit)
        if one_off is not None:
            value = ExpressionSQL(f"COALESCE({value}, {one_off})")
        yield from self.without(table, gone)
        between = attrs.evolve(new, name=NEW, default=None, not_null=False)
        yield from self.made(table, between, value)
        yield self.altered(table, f"DROP COLUMN {name}")
        yield from self.made(table, new, ExpressionSQL(self.quote(NEW)))
        yield self.altered(table, f"DROP COLUMN {self.quote(NEW)}")
        yield from self.with_(table, come)
