"""The clauses of CREATE TABLE and CREATE INDEX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from mm_engine.dialects.columns import ENUM_CHECK, Column
from mm_engine.dialects.lowering import Lowering
from mm_engine.dialects.sql import TypeSQL, expression
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import (
    Check,
    Deferral,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Expression


class Clauses(Lowering):
    """The texts that tables, constraints and indexes are made with."""

    table_options: ClassVar[tuple[str, ...]] = ()
    index_options: ClassVar[tuple[str, ...]] = ()
    drops_foreign_keys_by: ClassVar[str] = "DROP CONSTRAINT"

    def column_sql(self, column: Column) -> str:
        """A column as CREATE TABLE and ADD COLUMN take it."""
        words: list[str] = [self.new_name(column.name), column.type]
        if column.collation:
            words.append(f"COLLATE {self.quote(column.collation)}")
        if column.not_null:
            words.append("NOT NULL")
        if column.default is not None:
            words.append(f"DEFAULT {column.default}")
        if column.generated:
            kind = "STORED" if column.stored else "VIRTUAL"
            words.append(f"GENERATED ALWAYS AS {column.generated} {kind}")
        if column.enum is not None:
            allowed = ", ".join(self.text(value) for value in column.allowed)
            words.append(
                f"CONSTRAINT {self.part_name(ENUM_CHECK + column.enum)}"
                f" CHECK ({self.quote(column.name)} IN ({allowed}))"
            )
        return " ".join(words)

    def table_sql(
        self,
        table: Table,
        schema: Schema,
        *,
        named: str | None = None,
        if_not_exists: bool = False,
    ) -> str:
        """The CREATE TABLE of a table, under its own name or another."""
        self.chosen(table.options, self.table_options)
        guard = "IF NOT EXISTS " if if_not_exists else ""
        lowered = self.columns(table, schema)
        lines = [
            *(self.column_sql(column) for column in lowered),
            *self.constraint_clauses(table, lowered),
        ]
        body = ",\n".join(f"    {line}" for line in lines)
        name = self.new_thing(named or table.name)
        kind = self.table_kind(table)
        return f"CREATE {kind} {guard}{name} (\n{body}\n){self.table_suffix(table)}"

    def table_kind(self, table: Table) -> str:
        """What stands behind CREATE."""
        del table
        return "TABLE"

    def table_suffix(self, table: Table) -> str:
        """What stands behind the closing parenthesis of CREATE TABLE."""
        del table
        return ""

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The constraints of a table as CREATE TABLE takes them."""
        if table.primary_key and not any(column.key for column in lowered):
            yield self.primary_key_sql(table.primary_key)
        yield from (self.unique_sql(unique) for unique in table.uniques)
        yield from (self.check_sql(check) for check in table.checks)
        yield from (self.foreign_key_sql(key) for key in table.foreign_keys)

    def primary_key_sql(self, key: PrimaryKey) -> str:
        """The clause of a primary key."""
        fields = self.listed(key.fields)
        return f"CONSTRAINT {self.part_name(key.name)} PRIMARY KEY ({fields})"

    def unique_sql(self, unique: Unique) -> str:
        """The clause of a unique constraint."""
        facts = self.features
        self._check_nulls(unique)
        if unique.deferrable and not facts.deferrable_uniques:
            raise self._cannot_wait("unique constraint", unique)
        distinct = "NULLS NOT DISTINCT " if unique.nulls_not_distinct else ""
        return (
            f"CONSTRAINT {self.part_name(unique.name)}"
            f" UNIQUE {distinct}({self.listed(unique.fields)})"
            f"{deferral_sql(unique.deferrable)}"
        )

    def check_sql(self, check: Check) -> str:
        """The clause of a check."""
        if not self.features.enforces_checks:
            raise UnsupportedError(
                f'{self.title} reads the check "{check.name}" and does not look at it',
                at=check.at,
                hint="leave it out; later versions keep to it",
            )
        condition = expression(check.expression, self.features)
        return f"CONSTRAINT {self.part_name(check.name)} CHECK ({condition})"

    def foreign_key_sql(self, key: ForeignKey) -> str:
        """The clause of a foreign key."""
        return (
            f"CONSTRAINT {self.part_name(key.name)}"
            f" FOREIGN KEY ({self.listed(key.fields)}) {self.references_sql(key)}"
        )

    def references_sql(self, key: ForeignKey) -> str:
        """What a foreign key refers to, and what happens when that goes."""
        if key.deferrable and not self.features.deferrable_foreign_keys:
            raise self._cannot_wait("foreign key", key)
        actions = (("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update))
        falls_back = any(action == "SET DEFAULT" for _, action in actions)
        if falls_back and not self.features.set_default_references:
            raise UnsupportedError(
                f"{self.title} lets no row fall back to its defaults (SET DEFAULT),"
                f' and foreign key "{key.name}" does',
                at=key.at,
                hint="say SET NULL, CASCADE or RESTRICT",
            )
        references = " ".join(
            [
                f"REFERENCES {self.thing(key.table)} ({self.listed(key.references)})",
                *(f"{event} {act}" for event, act in actions if act != "NO ACTION"),
            ]
        )
        return f"{references}{deferral_sql(key.deferrable)}"

    def index_sql(
        self, table: str, index: Index, *, if_not_exists: bool = False
    ) -> str:
        """The CREATE INDEX of an index."""
        self.chosen(index.options, self.index_options)
        self.check_index(index)
        kind = "UNIQUE INDEX" if index.unique else "INDEX"
        guard = "IF NOT EXISTS " if if_not_exists else ""
        using = f" USING {index.method}" if index.method in self._methods else ""
        parts = ", ".join(self.index_parts(index))
        sql = (
            f"CREATE {kind} {guard}{self.part_name(index.name)}"
            f" ON {self.thing(table)}{using} ({parts})"
        )
        if index.include and self.features.covering_indexes:
            sql += f" INCLUDE ({self.listed(index.include)})"
        if index.nulls_not_distinct:
            sql += " NULLS NOT DISTINCT"
        sql += self.index_suffix(index)
        if index.where and self.features.partial_indexes:
            sql += f" WHERE {expression(index.where, self.features)}"
        return sql

    def trigger_dropped_sql(self, table: str, name: str) -> str:
        """What drops a trigger of a table."""
        return f"DROP TRIGGER {self.part_name(name)} ON {self.thing(table)}"

    def index_suffix(self, index: Index) -> str:
        """What one database says of an index, before the rows it covers."""
        del index
        return ""

    def held(self, field: Field, schema: Schema) -> object:
        """What of a field a foreign key holds fast: here its type."""
        return self.type_sql(field, schema)

    def fit_together(self, one: TypeSQL, other: TypeSQL) -> bool:
        """Whether a foreign key can lie between fields of these types."""
        return one == other

    def own_constraints(self, table: Table) -> Iterable[tuple[str, str]]:
        """Constraints that no schema names: what each is, and what we call it."""
        del table
        return ()

    def is_unique(self, table: Table, fields: Iterable[str]) -> bool:
        """Whether no two rows of a table hold the same values in these fields."""
        wanted = sorted(fields)
        key = table.primary_key
        return (
            (key is not None and sorted(key.fields) == wanted)
            or any(
                sorted(unique.fields) == wanted
                for unique in table.uniques
                if not unique.deferrable
            )
            or any(
                index.unique and not index.where and sorted(index.field_names) == wanted
                for index in table.indexes
                if len(index.field_names) == len(index.fields)
            )
        )

    @property
    def _methods(self) -> tuple[str | None, ...]:
        return self.features.index_methods

    def _cannot_wait(self, what: str, part: Unique | ForeignKey) -> UnsupportedError:
        return UnsupportedError(
            f'{self.title} cannot put off the {what} "{part.name}" to the end of a'
            " transaction",
            at=part.at,
            hint="leave out what says that it is deferrable",
        )

    def _check_nulls(self, part: Unique | Index) -> None:
        if part.nulls_not_distinct and not self.features.nulls_not_distinct:
            raise UnsupportedError(
                f'{self.title} takes rows that are null for different ones, and "'
                f'{part.name}" says they are not (nulls_not_distinct)',
                at=part.at,
                hint="make the fields required, or leave nulls_not_distinct out",
            )

    def check_index(self, index: Index) -> None:
        """Refuse an index of a kind that is not there."""
        facts = self.features
        self._check_nulls(index)
        lacks = hint = None
        if index.where and index.unique and not facts.partial_indexes:
            lacks = "partial indexes, and a whole one would refuse more rows"
            hint = "leave where out, or index a computed field that is null elsewhere"
        elif any(isinstance(part, Expression) for part in index.fields):
            lacks = None if facts.expression_indexes else "indexes on expressions"
            hint = "index a computed field (generated) instead"
        elif facts.index_methods and index.method not in (None, *facts.index_methods):
            lacks = f'the index method "{index.method}"'
        if lacks:
            raise UnsupportedError(
                f"{self.title} has no {lacks}", at=index.at, hint=hint
            )

    def index_parts(self, index: Index) -> Iterable[str]:
        """What an index orders by, as it is told."""
        for part in index.fields:
            match part:
                case str():
                    yield self.quote(part)
                case Desc():
                    downwards = " DESC" if self.features.descending_indexes else ""
                    yield f"{self.quote(part.name)}{downwards}"
                case Expression():
                    yield f"({expression(part.sql, self.features)})"


def deferral_sql(deferrable: Deferral | None) -> str:
    """What a constraint that can wait has at its end; nothing for all others."""
    if deferrable is None:
        return ""
    return f" DEFERRABLE INITIALLY {deferrable.upper()}"
