"""Vertica: columns in projections, keys that are constraints, no indexes at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from mm_engine.dialects import postgresql_text, vertica_alters, vertica_places
from mm_engine.dialects import vertica_types as types
from mm_engine.dialects.base import Items
from mm_engine.dialects.sql import expression
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.dialects.vertica_parts import VerticaParts
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model import sqltext
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Array
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    CreateEnum,
    DropEnum,
    DropField,
    DropIndex,
    RenameEnum,
    RenameField,
    RenameTable,
    SetTableOptions,
)


class Vertica(VerticaParts):
    """Vertica from 11 on.

    A plain index says how to find rows quickly and never which rows may exist; there
    are projections for that, so it is left out. A unique one is a constraint.
    """

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys of long types, and options that name what is not there."""
        users = {
            "the primary key": table.primary_key.fields if table.primary_key else (),
            **{f"unique constraint {u.name}": u.fields for u in table.uniques},
            **{f"index {i.name}": i.field_names for i in table.indexes if i.unique},
            **{f"foreign key {key.name}": key.fields for key in table.foreign_keys},
            **{
                f"the option {key}": types.listed(
                    self.chosen(table.options, self.table_options).get(key, ())
                )
                for key in ("order_by", "segmented_by")
            },
        }
        for user, names in users.items():
            for name in names:
                if not table.has_field(name):
                    raise UnsupportedError(
                        f'{user} of "{table.name}" names "{name}", which is no field',
                        at=table.at,
                        hint=nearest(name, [field.name for field in table.fields]),
                    )
                field = table.field(name)
                if types.is_long(self.type_sql(field, schema)):
                    raise UnsupportedError(
                        f'{user} of "{table.name}" would hold "{name}", and'
                        f" {self.title} compares no values of that length",
                        at=field.at,
                        hint="make it a varchar, or give the text a length of 16250"
                        " letters at most",
                    )

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it.

        A foreign key to a table that is made later waits for it.
        """
        yield from vertica_places.opened(self, table.name, schema)
        there = (*schema.tables, table.name)
        keys = [key for key in table.foreign_keys if key.table in there]
        made = attrs.evolve(table, foreign_keys=keys)
        yield Statement(self.table_sql(made, schema, if_not_exists=tolerant))
        yield from self.comments(table, table.comment)
        for field in table.fields:
            yield from self.field_comment(table.name, field, None)
        for other, key in schema.references_to(table.name):
            come = {str(key.name): self.foreign_key_sql(key)}
            yield from self.with_(other.name, come, tolerant=tolerant)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table; what speaks of it follows by itself."""
        old, new = operation.old, operation.new
        yield from vertica_places.opened(self, new, move.before)
        yield from vertica_places.moved(self, old, new, move.before)

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there; its enum stands apart."""
        yield from vertica_alters.added(self, move, operation)
        yield from self.constraints_changed(move, operation.table)
        yield from self.field_comment(operation.table, operation.field, None)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, and take it out of the projections."""
        name, table = operation.name, move.before.table(operation.table)
        options = self.chosen(table.options, self.table_options)
        parted = self.single(options, "partition_by") or ""
        if name in sqltext.identifiers(parted):
            raise UnsupportedError(
                f'"{table.name}" is partitioned by "{name}"',
                hint="set its option partition_by to something else first",
            )
        yield from self.constraints_changed(move, operation.table)
        yield self.altered(table.name, f"DROP COLUMN {self.quote(name)} CASCADE")

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column; checks hold its name as a text, so they are made anew."""
        table = operation.table
        before = self.checks(move.before.table(table), move.before)
        after = self.checks(move.after.table(table), move.after)
        yield from self.without(
            table, [n for n, c in before.items() if after.get(n) != c]
        )
        yield from super().rename_field(move, operation)
        come = {n: c for n, c in after.items() if before.get(n) != c}
        yield from self.with_(table, come)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with the values it holds."""
        table, field = move.before.table(operation.table), operation.field
        before = table.field(field.name)
        old = self.type_sql(before, move.before)
        is_retyped = old != self.type_sql(field, move.after)
        held = field.name if is_retyped or self.name in operation.convert else None
        items = vertica_alters.altered(self, move, table, before, operation)
        yield from self.constraints_changed(
            move, table.name, held=held, between=tuple(items)
        )
        yield from self.field_comment(table.name, field, before.comment)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                was = self.column(field, move.before)
                if was != self.column(field, move.after):
                    same = AlterField(table.name, field)
                    yield from self.alter_field(move, same)

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """A unique index as a constraint; there are no others."""
        del schema, tolerant
        if index.unique:
            clause = self.unique_sql(self.as_unique(index))
            yield from self.with_(table.name, {str(index.name): clause})

    def index_dropped(self, move: Move, operation: DropIndex) -> Items:
        """The constraint of a unique index dropped."""
        return self.constraints_changed(move, operation.table)

    def index_anew(self, move: Move, old: str, index: Index) -> Items:
        """The constraints of the table as they are afterwards."""
        del old, index
        table = str(move.operation.subject().table)
        tolerant = move.operation.if_present
        return self.constraints_changed(move, table, tolerant=tolerant)

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys, constraints and options what they now are."""
        tolerant = move.operation.if_present
        yield from self.constraints_changed(move, table, tolerant=tolerant)
        if isinstance(move.operation, SetTableOptions):
            yield from self._options_changed(move, table)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the checks of an enum's fields, and their values, what they now are."""
        if not isinstance(operation, AlterEnum):
            return
        for table in move.before.tables.values():
            for field in table.fields:
                if enum_name(self.spoken(field.type)) == operation.enum.name:
                    yield from self._enum_changed(move, operation, table, field)

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text; DDL commits by itself in any case."""
        del transactional
        return postgresql_text.statements(text, transactional=False)

    def _enum_changed(
        self, move: Move, operation: AlterEnum, table: Table, field: Field
    ) -> Iterator[Item]:
        now = {**operation.replaced, **operation.renamed}
        lost = [value for value in operation.gone(move.before) if value not in now]
        if isinstance(self.spoken(field.type), Array):
            if now or lost:
                raise UnsupportedError(
                    f'"{table.name}.{field.name}" holds values of the enum in'
                    f" documents, which {self.title} does not look into",
                    at=field.at,
                    hint="change the rows in a RunSQL, and the enum with schema_only",
                )
            return
        name = types.enum_check(field.name)
        column = self.column(move.after.table(table.name).field(field.name), move.after)
        if lost:
            yield self._unused(table, field, lost)
        yield self.constraint_dropped(table.name, name)
        if now:
            yield self._renamed(table, field, now)
        yield from self.with_(table.name, {name: self.enum_sql(column)})

    def _renamed(self, table: Table, field: Field, now: Mapping[str, str]) -> Statement:
        name = self.quote(field.name)
        cases = " ".join(
            f"WHEN {self.text(old)} THEN {self.text(new)}" for old, new in now.items()
        )
        words = ", ".join(self.text(old) for old in now)
        return Statement(
            f"UPDATE {self.thing(table.name)} SET {name} = CASE {name} {cases} END"
            f" WHERE {name} IN ({words})"
        )

    def _unused(self, table: Table, field: Field, lost: list[str]) -> Expect:
        words = ", ".join(self.text(value) for value in lost)
        return Expect(
            f"SELECT count(*) FROM {self.thing(table.name)}"
            f" WHERE {self.quote(field.name)} IN ({words})",
            rows=((0,),),
            message=f"rows of {table.name} still have {', '.join(lost)}"
            f" in {field.name}, and that goes",
            hint="say what they get instead: replaced={…}; or change those rows first",
        )

    def _options_changed(self, move: Move, name: str) -> Iterator[Item]:
        """Partitions as they now are; projections are not altered but made anew."""
        before, after = (
            self.chosen(schema.table(name).options, self.table_options)
            for schema in (move.before, move.after)
        )
        for key in ("order_by", "segmented_by", "unsegmented", "ksafe"):
            if before.get(key) != after.get(key):
                raise UnsupportedError(
                    f"{key} is said when a table is made, and no statement alters it",
                    at=move.after.table(name).at,
                    hint="make a projection in a RunSQL, with this operation as its"
                    " state_operations",
                )
        cut = self.single(after, "partition_by")
        if cut == self.single(before, "partition_by"):
            return
        words = "REMOVE PARTITIONING"
        if cut is not None:
            words = f"PARTITION BY {expression(cut, self.features)} REORGANIZE"
        yield self.altered(name, words)
