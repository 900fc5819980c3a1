"""SQLite: transactional DDL, types by affinity, tables rebuilt to be altered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import attrs

from mm_engine.dialects import enums, rebuild, sqlite_text
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.copies import Copy, turns
from mm_engine.dialects.fusing import OnTable, drops, drops_together, gathered
from mm_engine.dialects.sql import is_constant, is_null
from mm_engine.dialects.sqlite_words import SQLiteWords
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Move,
    Statement,
    flat,
    serving,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.operations import (
    AddField,
    AddForeignKey,
    AddIndex,
    AlterEnum,
    AlterField,
    AlterIndex,
    CreateEnum,
    DropEnum,
    DropField,
    DropIndex,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
    SetTableComment,
)


class SQLite(SQLiteWords, Dialect):
    """SQLite, whose ALTER TABLE does little, and a rebuild the rest."""

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step; foreign keys are looked after where it rebuilds."""
        told = super().items(moves)
        if not any(rebuild.is_rebuild(item) for item in flat(told)):
            return told
        return rebuild.with_foreign_keys_checked(
            told, has_temporary_tables=self.has_temporary_tables
        )

    def prologue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """Foreign keys off, where a table is rebuilt: in a transaction it is too late.

        https://www.sqlite.org/pragma.html#pragma_foreign_keys
        """
        return rebuild.prologue() if rebuild.FOREIGN_KEYS_ARE_OFF in items else ()

    def epilogue(self, items: Sequence[Item]) -> tuple[Statement, ...]:
        """Foreign keys on again."""
        if rebuild.FOREIGN_KEYS_ARE_OFF not in items:
            return ()
        return rebuild.epilogue(renames_blindly=self.renames_blindly)

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """Moves on one table together where it is rebuilt for one of them anyway."""
        place = {id(move): number for number, move in enumerate(moves)}
        groups: list[Sequence[Move]] = []
        for group in gathered(moves, partial(turns, self)):
            if len(group) == 1 or any(self._needs_rebuild(move) for move in group):
                groups.append(group)
            else:
                groups += [(move,) for move in group]
        return drops_together(sorted(groups, key=lambda group: place[id(group[0])]))

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """One rebuild for a whole group, unless it only adds references."""
        if drops(group):
            return self._dropping(group)
        if len(group) == 1:
            return self.told(group[0])
        if references := self._new_references(group):
            return self._referring(group, references)
        table, schema = str(group[0].operation.subject().table), group[0].before
        copy = Copy.of(self, schema.table(table), schema)
        for move in group:
            with self.explained(move.operation):
                copy = copy.told(self, move)
        with self.explained(group[-1].operation):
            return tuple(rebuild.rebuilt(self, copy))

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it."""
        yield from super().create_table(table, schema, tolerant=tolerant)
        for sql in self.triggers(table, tolerant=tolerant).values():
            yield Statement(sql)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table in references, views and triggers too, and our triggers."""
        before, after = move.before, move.after
        if self.renames_blindly:
            yield from rebuild.modern()
        yield from self._dropped(self.triggers(before.table(operation.old)))
        old, new = operation.old, operation.new
        if old.lower() == new.lower():
            # To SQLite they are one name, and it is taken.
            between = f"{rebuild.NEW}{new}"
            yield self.altered(old, f"RENAME TO {self.quote(between)}")
            old = between
        yield self.altered(old, f"RENAME TO {self.new_name(new)}")
        yield from self._made(self.triggers(after.table(new)))

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, by a rebuild where SQLite cannot fill it in existing rows."""
        if not self._adds_natively(move, operation):
            return self.change_table(move, operation.table)
        return (
            self._added(move, operation),
            *self._triggers_changed(move, operation.table),
        )

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, and our trigger on it; by a rebuild where it harms others."""
        if not self.features.drops_columns:
            yield from self.change_table(move, operation.table)
            return
        yield from self._triggers_changed(move, operation.table)
        yield from super().drop_field(move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column in keys, indexes, views and triggers too."""
        before = self.triggers(move.before.table(operation.table))
        after = self.triggers(move.after.table(operation.table))
        yield from self._dropped({n: s for n, s in before.items() if n not in after})
        yield from super().rename_field(move, operation)
        yield from self._made({n: s for n, s in after.items() if n not in before})

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index."""
        self.check_decimals(table, schema)
        return super().add_index(table, index, schema, tolerant=tolerant)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says; a rebuild if that shows in SQL."""
        if self._needs_rebuild(move):
            return self.change_table(move, operation.table)
        table = move.before.table(operation.table)
        guards = Copy.of(self, table, move.before).told(self, move).guards
        return (*guards, *self._triggers_changed(move, operation.table))

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's parts what they now are: a rebuild if that shows in SQL."""
        if self._needs_rebuild(move):
            copy = attrs.evolve(
                Copy.of(self, move.before.table(table), move.before),
                tolerant=move.operation.if_present,
            )
            yield from rebuild.rebuilt(self, copy.told(self, move))

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make the checks of an enum's fields, and their values, what they now are."""
        for copy in enums.copies(self, move, operation):
            yield from rebuild.rebuilt(self, copy)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        before, after = move.before, move.after
        for table in before.tables.values():
            if self.table_sql(table, before) != self.table_sql(table, after):
                copy = attrs.evolve(Copy.of(self, table, before), new_schema=after)
                for field in table.fields:
                    copy = copy.altering(self, field, field, None, None)
                yield from rebuild.rebuilt(self, copy)

    def trigger_dropped_sql(self, table: str, name: str) -> str:
        """What drops a trigger; SQLite names no table."""
        del table
        return f"DROP TRIGGER {self.part_name(name)}"

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text, those of triggers kept together."""
        return sqlite_text.statements(text, transactional=transactional)

    def _needs_rebuild(self, move: Move) -> bool:
        """Whether SQLite has no statement for what a move does to a table.

        One that makes a table which SQLite refuses has none either: what stands
        halfway through a group need not be possible, only what it ends with.
        """
        operation = move.operation
        try:
            match operation:
                case AddField():
                    return not self._adds_natively(move, operation)
                case DropField():
                    return not self.features.drops_columns
                case AddIndex() | AlterIndex() | DropIndex() | RenameIndex():
                    return False
                case SetTableComment():
                    return False
                case _ if isinstance(operation, OnTable):
                    return self._shows(move, operation.table)
                case _:
                    return False
        except UnsupportedError:
            return True

    def _shows(self, move: Move, name: str) -> bool:
        """Whether a table's own SQL, or what is in its fields, is another after."""
        before, after = move.before.table(name), move.after.table(name)
        same = self.table_sql(before, move.before) == self.table_sql(after, move.after)
        copy = Copy.of(self, before, move.before)
        return not same or copy.told(self, move).sources != copy.sources

    def _adds_natively(self, move: Move, operation: AddField) -> bool:
        """Whether ADD COLUMN takes the field.

        https://www.sqlite.org/lang_altertable.html, section 4
        """
        column = self._new_column(move, operation)
        if operation.one_off is not None or (column.generated and column.stored):
            return False
        if column.default is not None and not is_constant(column.default):
            return False
        return not (column.not_null and is_null(column.default)) or bool(
            column.generated
        )

    def _new_column(self, move: Move, operation: AddField) -> Column:
        table = move.after.table(operation.table)
        return self.in_table(operation.field, table, move.after)

    def _added(
        self, move: Move, operation: AddField, references: str = ""
    ) -> Statement:
        self.check_decimals(move.after.table(operation.table), move.after)
        column = self.column_sql(self._new_column(move, operation))
        return self.altered(operation.table, f"ADD COLUMN {column}{references}")

    def _new_references(
        self, group: Sequence[Move]
    ) -> Mapping[str, tuple[ForeignKey, ...]]:
        """The foreign keys of fields that are new, where that is all a group does.

        ADD COLUMN takes REFERENCES for a column that is NULL in every row.
        """
        found: dict[str, tuple[ForeignKey, ...]] = {}
        for move in group:
            match move.operation:
                case AddField(field=field) as adds if not self._needs_rebuild(move):
                    column = self._new_column(move, adds)
                    if is_null(column.default) and not column.generated:
                        found[field.name] = ()
                case AddForeignKey(foreign_key=key) if (
                    len(key.fields) == 1 and key.fields[0] in found
                ):
                    found[key.fields[0]] += (key,)
                case AddIndex() | SetTableComment():
                    pass
                case _:
                    return {}
        return found

    def _referring(
        self, group: Sequence[Move], references: Mapping[str, tuple[ForeignKey, ...]]
    ) -> Iterator[Item]:
        for move in group:
            match move.operation:
                case AddField(field=field) as adds if references.get(field.name):
                    clauses = (
                        f" CONSTRAINT {self.part_name(key.name)}"
                        f" {self.references_sql(key)}"
                        for key in references[field.name]
                    )
                    with self.explained(adds):
                        yield self._added(move, adds, "".join(clauses))
                        yield from self._triggers_changed(move, adds.table)
                case AddForeignKey():
                    pass
                case _:
                    yield from self.told(move)

    def _dropping(self, group: Sequence[Move]) -> Iterator[Item]:
        """Tables dropped, once it is sure that no other table refers to them.

        While foreign keys are enforced, SQLite deletes the rows of a table before it
        drops it, and with them the rows that refer to them.
        """
        names = ", ".join(self.text(str(m.operation.subject().table)) for m in group)
        yield Expect(
            "SELECT DISTINCT child.name FROM sqlite_schema AS child"
            " JOIN pragma_foreign_key_list(child.name) AS key"
            " WHERE child.type = 'table'"
            f' AND key."table" COLLATE NOCASE IN ({names})'
            f" AND child.name COLLATE NOCASE NOT IN ({names}) ORDER BY 1",
            rows=(),
            message="other tables still refer to what is dropped,"
            " and would lose their rows",
            hint="drop their foreign keys, or the tables themselves, first",
        )
        for move in group:
            reach = (move.number, move.number)
            yield from (serving(item, reach) for item in self.told(move))

    def _triggers_changed(self, move: Move, name: str) -> Iterator[Item]:
        """Our triggers that are gone or new, or no longer say the same."""
        before = self.triggers(move.before.table(name))
        after = self.triggers(move.after.table(name))
        gone = {n: s for n, s in before.items() if after.get(n) != s}
        yield from self._dropped(gone)
        yield from self._made({n: s for n, s in after.items() if before.get(n) != s})

    def _dropped(self, triggers: Mapping[str, str]) -> Iterator[Item]:
        for name in triggers:
            yield Statement(f"DROP TRIGGER IF EXISTS {self.quote(name)}")

    def _made(self, triggers: Mapping[str, str]) -> Iterator[Item]:
        for sql in triggers.values():
            yield Statement(sql)
