"""Aurora DSQL: PostgreSQL's words, one change of the schema in a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mm_engine.dialects import auroradsql_alters as alters
from mm_engine.dialects.auroradsql_words import AuroraDSQLWords
from mm_engine.dialects.base import Items
from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.dialects.postgresql_parts import PostgreSQLParts
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddField,
    AlterCheck,
    AlterEnum,
    AlterField,
    AlterForeignKey,
    AlterPrimaryKey,
    AlterUnique,
    CreateEnum,
    DropEnum,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
)

_JOBS = "SELECT job_id, status, details FROM sys.jobs"


class AuroraDSQL(AuroraDSQLWords, PostgreSQL):
    """Aurora DSQL, as its documents describe it in 2026-08.

    Indexes are built, and constraints that are added looked at, by jobs beside the
    session. Whoever runs a statement waits for its job; what follows it here sees
    whether it came to a good end.
    """

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step; constraints wait for no later statement of it."""
        return super(PostgreSQL, self).items(moves)

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """Each move for itself: no value of an enum is new to a type."""
        return PostgreSQLParts.groups(self, moves)

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """The items of one move."""
        return PostgreSQLParts.told_as_one(self, group)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table within its namespace."""
        here, there = self.place(operation.old)[0], self.place(operation.new)[0]
        if None in (here, there) and here != there:
            raise UnsupportedError(
                f"{self.title} has no words for the first namespace of the search path",
                hint="give the other name its namespace too: public.… as a rule",
            )
        yield from super().rename_table(move, operation)

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a bare column, then all that it is and its rows hold."""
        field = operation.field
        yield from alters.added(self, move, operation)
        yield from self.field_comment(operation.table, field.name, None, field.comment)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column, and the checks that are called after it."""
        table, old, new = operation.table, operation.old, operation.new
        yield from super().rename_field(move, operation)
        yield from alters.renamed_checks(self, move, table, old, new)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says."""
        table = move.before.table(operation.table)
        before = table.field(operation.field.name)
        yield from alters.altered(self, move, table, before, operation)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                same = AlterField(table.name, field)
                yield from alters.altered(self, move, table, field, same)

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Let an index be built, and see that it was."""
        yield from super().add_index(table, index, schema, tolerant=tolerant)
        yield self._built(table.name, index.name)

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Build it anew under its new name, and then drop it under the old one."""
        table = move.after.table(operation.table)
        index = table.index(operation.new)
        tolerant = operation.if_present
        yield from self.add_index(table, index, move.after, tolerant=tolerant)
        yield from self.drop_index(table.name, operation.old, tolerant=tolerant)

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys and constraints what they now are."""
        operation = move.operation
        tolerant = operation.if_present
        match operation:
            case AlterForeignKey(foreign_key=part):
                yield from self._exchanged(table, part, tolerant=tolerant)
            case AlterUnique(unique=part):
                yield from self._exchanged(table, part, tolerant=tolerant)
            case AlterCheck(check=part):
                yield from self._exchanged(table, part, tolerant=tolerant)
            case AlterPrimaryKey() if not _is_same_key(move, operation):
                raise UnsupportedError(
                    f'{self.title} keeps the rows of "{table}" by their primary key,'
                    " which is what it is when the table is made",
                    hint="make a new table and copy the rows in a RunPython, some at"
                    " a time",
                )
            case _:
                yield from super().change_table(move, table)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the checks of an enum's fields what they now are."""
        if isinstance(operation, AlterEnum):
            yield from alters.enum_altered(self, move, operation)

    def recounted(self, table: str, field: str) -> Statement:
        """Let a column count on after the greatest number in it, and never backwards.

        What the sequence would give next is asked for, and so given to nobody.
        """
        of_table, name = self.text(self.thing(table)), self.quote(field)
        numbers = f"pg_get_serial_sequence({of_table}, {self.text(field)})"
        greatest = f"SELECT max({name}) AS greatest FROM {self.thing(table)}"
        return Statement(
            f"SELECT setval({numbers}, GREATEST(greatest, nextval({numbers})))"
            f" FROM ({greatest}) AS found WHERE greatest > 0"
        )

    def part_added(
        self,
        table: str,
        part: ForeignKey | Unique | Check | PrimaryKey,
        *,
        tolerant: bool,
    ) -> Iterator[Item]:
        """One more constraint: new rows keep to it at once, old ones are looked at."""
        if isinstance(part, Unique):
            items = self._unique_added(table, part)
        else:
            items = self._checked_later(table, part)
        absent = self.absent_sql(self.constraint_exists_sql(table, part.name))
        yield from self.when(tolerant, absent, items)

    def _exchanged(
        self, table: str, part: ForeignKey | Unique | Check, *, tolerant: bool
    ) -> Iterator[Item]:
        yield self.part_dropped(table, str(part.name), tolerant=tolerant)
        yield from self.part_added(table, part, tolerant=tolerant)

    def _unique_added(self, table: str, unique: Unique) -> Iterator[Item]:
        """An index that is built, and taken over when it is there."""
        self.unique_sql(unique)  # refuses what it cannot be
        index = Index(
            unique.fields,
            name=unique.name,
            unique=True,
            nulls_not_distinct=unique.nulls_not_distinct,
        )
        name = self.part_name(unique.name)
        yield Statement(self.index_sql(table, index))
        yield self._built(table, unique.name)
        yield self.altered(table, f"ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")

    def _checked_later(
        self, table: str, part: ForeignKey | Check | PrimaryKey
    ) -> Iterator[Item]:
        name = self.part_name(part.name)
        yield self.altered(table, f"ADD {self.part_sql(part)} NOT VALID")
        validate = f"VALIDATE CONSTRAINT {name}"
        yield Statement(f"ALTER TABLE ASYNC {self.thing(table)} {validate}")
        yield Expect(
            "SELECT convalidated FROM pg_catalog.pg_constraint"
            f" WHERE conrelid = {self.regclass(table)}"
            f" AND conname = {self.part_text(part.name)}",
            rows=((True,),),
            message=f"rows of {table} that are there break {part.name}",
            hint=f"mend them, then go on; the job says more: {_JOBS}",
        )

    def _built(self, table: str, name: str | None) -> Expect:
        index = self.text(self.part_beside(table, name))
        return Expect(
            "SELECT indisvalid FROM pg_catalog.pg_index"
            f" WHERE indexrelid = to_regclass({index})",
            rows=((True,),),
            message=f"the index {name} of {table} was not built",
            hint=f"drop it and mend what is in its way; the job says more: {_JOBS}",
        )


def _is_same_key(move: Move, operation: AlterPrimaryKey) -> bool:
    """Whether only the name of a key changes, which is the name of a constraint."""
    old, new = move.before.table(operation.table).primary_key, operation.primary_key
    return old is not None and new is not None and old.fields == new.fields
