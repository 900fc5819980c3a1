"""PostgreSQL: transactional DDL, types of its own, everything altered in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

import attrs

from mm_engine.dialects import (
    postgresql_alters,
    postgresql_concurrent,
    postgresql_deferred,
    postgresql_enums,
    postgresql_namespaces,
    postgresql_storage,
    postgresql_text,
)
from mm_engine.dialects.base import Items
from mm_engine.dialects.postgresql_parts import PostgreSQLParts
from mm_engine.dialects.statements import Item, Move, Statement, When
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
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
    DropCheck,
    DropEnum,
    DropField,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
    SetTableOptions,
)


class PostgreSQL(PostgreSQLParts):
    """PostgreSQL from 14 on."""

    def items(self, moves: Sequence[Move]) -> tuple[Item, ...]:
        """The body of one step."""
        told = super().items(moves)
        if moves:
            for move in moves:
                if isinstance(move.operation, SetTableOptions) or move is moves[-1]:
                    postgresql_storage.check_unlogged(self, move.after)
        if postgresql_deferred.is_needed(told, moves):
            return tuple(postgresql_deferred.settled(told))
        return told

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse to compare documents, for which PostgreSQL has no order."""
        users = {
            "the primary key": table.primary_key.fields if table.primary_key else (),
            **{f"unique constraint {u.name}": u.fields for u in table.uniques},
            **{f"foreign key {key.name}": key.fields for key in table.foreign_keys},
            **{
                f"index {index.name}": index.field_names
                for index in table.indexes
                if index.method in (None, "btree", "hash")
            },
        }
        for user, fields in users.items():
            for field in map(table.field, fields):
                if self.type_sql(field, schema) == "JSON":
                    raise UnsupportedError(
                        f"{user} of {table.name} would compare {field.name}, and"
                        " PostgreSQL does not compare json",
                        at=field.at,
                        hint="make the field jsonb",
                    )

    def groups(self, moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
        """Each move for itself; together what follows a new value and may use it."""
        groups: list[Sequence[Move]] = []
        for number, move in enumerate(moves):
            operation = move.operation
            if isinstance(operation, AlterEnum) and not operation.schema_only:
                enum = move.before.enum(operation.enum.name)
                new = postgresql_enums.new_values(enum, operation)
                later = [other.operation for other in moves[number + 1 :]]
                if new and any(postgresql_enums.may_use(op, new) for op in later):
                    return [*groups, moves[number:]]
            groups.append((move,))
        return groups

    def told_as_one(self, group: Sequence[Move]) -> Items:
        """The items of a group; a value that is used at once comes with a new type."""
        first, *others = group
        if not others or not isinstance(first.operation, AlterEnum):
            return self.told(first)
        with self.explained(first.operation):
            items = (
                *self._tolerant_enum(
                    first, postgresql_enums.replaced(self, first, first.operation)
                ),
            )
        rest = [
            item for later in self.groups(others) for item in self.told_as_one(later)
        ]
        return (*items, *rest)

    def create_table(self, table: Table, schema: Schema, *, tolerant: bool) -> Items:
        """Make a table and everything on it.

        A foreign key to a table that is made later waits for it.
        """
        yield from postgresql_namespaces.opened(self, table.name, schema)
        keys = [
            key
            for key in table.foreign_keys
            if key.table in schema.tables or key.table == table.name
        ]
        key = table.primary_key
        seen = {key.fields} if key else set()
        apart = [unique for unique in table.uniques if unique.fields in seen]
        uniques = [unique for unique in table.uniques if unique not in apart]
        made = attrs.evolve(table, foreign_keys=keys, uniques=uniques)
        yield from super().create_table(made, schema, tolerant=tolerant)
        for unique in apart:
            # CREATE TABLE makes one index of two equal ones, and loses a name.
            yield from self.part_added(table.name, unique, tolerant=tolerant)
        for field in table.fields:
            yield from self.field_comment(table.name, field.name, None, field.comment)
        yield from self.triggers_made(table)
        for other, waiting in schema.references_to(table.name):
            yield from self.part_added(other.name, waiting, tolerant=tolerant)

    def told(self, move: Move) -> tuple[Item, ...]:
        """The items of one move; with a table go the functions of its triggers."""
        if self.features.concurrent_indexes and move.operation.stands_alone(
            move.before
        ):
            return self._alone(move)
        items = super().told(move)
        if items and isinstance(move.operation, DropTable):
            table = move.before.table(move.operation.name)
            functions = self.triggers(table)
            return (*items, *(self.function_dropped(table.name, n) for n in functions))
        return items

    def _alone(self, move: Move) -> tuple[Item, ...]:
        """The items of a move that no transaction may hold."""
        with self.explained(move.operation):
            match move.operation:
                case AddIndex() as operation:
                    return tuple(postgresql_concurrent.added(self, move, operation))
                case AlterIndex() as operation:
                    return tuple(postgresql_concurrent.altered(self, operation))
                case DropIndex() as operation:
                    return tuple(postgresql_concurrent.dropped(self, operation))
                case _:
                    return super().told(move)

    def rename_table(self, move: Move, operation: RenameTable) -> Items:
        """Rename a table; what speaks of it follows by itself, our triggers do not."""
        old, new, schema = operation.old, operation.new, move.before
        yield from postgresql_namespaces.opened(self, new, schema)
        yield from self.triggers_dropped(schema.table(old))
        yield from postgresql_namespaces.moved(self, "TABLE", old, new, schema)
        yield from self.triggers_made(move.after.table(operation.new))

    def add_field(self, move: Move, operation: AddField) -> Items:
        """Add a column, with what rows get that are there."""
        yield from postgresql_alters.added(self, move, operation)
        field = operation.field
        yield from self.field_comment(operation.table, field.name, None, field.comment)
        yield from self.triggers_changed(move, operation.table)

    def drop_field(self, move: Move, operation: DropField) -> Items:
        """Drop a column, and our trigger on it."""
        yield from self.triggers_changed(move, operation.table)
        yield from super().drop_field(move, operation)

    def rename_field(self, move: Move, operation: RenameField) -> Items:
        """Rename a column; only our trigger does not follow by itself."""
        before = self.triggers(move.before.table(operation.table))
        after = self.triggers(move.after.table(operation.table))
        for name in before:
            if name not in after:
                yield from self.trigger_dropped(operation.table, name)
        yield from super().rename_field(move, operation)
        for name, made in after.items():
            if name not in before:
                yield from map(Statement, made)

    def alter_field(self, move: Move, operation: AlterField) -> Items:
        """Make a column what the field now says, with as few words as that takes."""
        before = move.before.table(operation.table)
        yield from postgresql_alters.altered(
            self,
            move,
            before,
            before.field(operation.field.name),
            operation,
        )
        yield from self.triggers_changed(move, operation.table)

    def change_settings(self, move: Move) -> Items:
        """Alter every field that new defaults or type mappings say otherwise."""
        for table in move.before.tables.values():
            for field in table.fields:
                same = AlterField(table.name, field)
                yield from postgresql_alters.altered(self, move, table, field, same)

    def rename_index(self, move: Move, operation: RenameIndex) -> Items:
        """Rename an index."""
        del move
        guard = "IF EXISTS " if operation.if_present else ""
        old = self.part_beside(operation.table, operation.old)
        new = self.part_name(operation.new)
        yield Statement(f"ALTER INDEX {guard}{old} RENAME TO {new}")

    def change_table(self, move: Move, table: str) -> Items:
        """Make a table's keys and constraints what they now are."""
        operation = move.operation
        tolerant = operation.if_present
        match operation:
            case AddForeignKey():
                yield from self.part_added(
                    table, operation.foreign_key, tolerant=tolerant
                )
            case AddUnique():
                yield from self.part_added(table, operation.unique, tolerant=tolerant)
            case AddCheck():
                yield from self.part_added(table, operation.check, tolerant=tolerant)
            case AlterForeignKey(foreign_key=key):
                was = move.before.table(table).foreign_key(key.name or "")
                yield self.foreign_key_altered(table, was, key, tolerant=tolerant)
            case AlterUnique():
                yield self.part_altered(table, operation.unique, tolerant=tolerant)
            case AlterCheck():
                yield self.part_altered(table, operation.check, tolerant=tolerant)
            case DropForeignKey() | DropUnique() | DropCheck():
                yield self.part_dropped(table, operation.name, tolerant=tolerant)
            case RenameConstraint():
                old, new = self.part_name(operation.old), self.part_name(operation.new)
                rename = self.altered(table, f"RENAME CONSTRAINT {old} TO {new}")
                exists = self.constraint_exists_sql(table, operation.old)
                yield from self.when(tolerant, exists, [rename])
            case AlterPrimaryKey():
                yield from self._key_changed(move, operation)
            case _:
                yield from self._options_changed(move, table)

    def change_enum(
        self, move: Move, operation: CreateEnum | DropEnum | RenameEnum | AlterEnum
    ) -> Items:
        """Make a type what the enum now is."""
        match operation:
            case CreateEnum(enum=enum):
                yield from postgresql_namespaces.opened(self, enum.name, move.before)
                items = postgresql_enums.created(self, enum)
                exists = self.enum_exists_sql(enum.name)
                absent = self.absent_sql(exists)
                yield from self.when(operation.if_present, absent, items)
            case DropEnum(name=name):
                guard = "IF EXISTS " if operation.if_present else ""
                yield Statement(f"DROP TYPE {guard}{self.thing(name)}")
            case RenameEnum(old=old, new=new):
                schema = move.before
                postgresql_enums.check_name(self, new)
                yield from postgresql_namespaces.opened(self, new, schema)
                renames = postgresql_namespaces.moved(self, "TYPE", old, new, schema)
                exists = self.enum_exists_sql(old)
                yield from self.when(operation.if_present, exists, renames)
            case AlterEnum():
                items = postgresql_enums.altered(self, move, operation)
                yield from self._tolerant_enum(move, items)
            case _:
                assert_never(operation)

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text, function bodies kept together."""
        return postgresql_text.statements(text, transactional=transactional)

    def _key_changed(self, move: Move, operation: AlterPrimaryKey) -> Iterator[Item]:
        table, tolerant = move.before.table(operation.table), operation.if_present
        old, new = table.primary_key, operation.primary_key
        if old and new and old.fields == new.fields and not tolerant:
            # What refers to the key holds it fast, but not its name.
            names = f"{self.part_name(old.name)} TO {self.part_name(new.name)}"
            yield self.altered(table.name, f"RENAME CONSTRAINT {names}")
            return
        if table.primary_key:
            name = str(table.primary_key.name)
            yield self.part_dropped(table.name, name, tolerant=tolerant)
        if operation.primary_key:
            yield from self.part_added(
                table.name, operation.primary_key, tolerant=tolerant
            )

    def _options_changed(self, move: Move, name: str) -> Iterator[Item]:
        before, after = move.before.table(name), move.after.table(name)
        if self.is_unlogged(before) != self.is_unlogged(after):
            logged = "UNLOGGED" if self.is_unlogged(after) else "LOGGED"
            yield self.altered(name, f"SET {logged}")
        old, new = self.storage(before), self.storage(after)
        if gone := [parameter for parameter in old if parameter not in new]:
            yield self.altered(name, f"RESET ({', '.join(gone)})")
        if come := {p: value for p, value in new.items() if old.get(p) != value}:
            yield self.altered(name, f"SET ({postgresql_storage.listed(come)})")

    def _tolerant_enum(self, move: Move, items: Items) -> Items:
        operation = move.operation
        if not isinstance(operation, AlterEnum) or not operation.if_present:
            return items
        exists = self.enum_exists_sql(operation.enum.name)
        return (When(exists, items=tuple(items)),)
