"""What PostgreSQL is told: its facts, types, columns and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import postgresql_casts as casts
from mm_engine.dialects import postgresql_storage as storage
from mm_engine.dialects.autoupdate import trigger_name
from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import (
    AutoUpdate,
    EnumStyle,
    Features,
    ForeignKeys,
    Guarded,
    Namespace,
    Transactions,
)
from mm_engine.dialects.names import Version
from mm_engine.dialects.postgresql_arrays import array_text
from mm_engine.dialects.postgresql_types import told_type
from mm_engine.dialects.sql import ExpressionSQL, LiteralSQL, TypeSQL, ValueSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import POSTGRESQL
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Array, BigSerial, Serial
from mm_engine.model.values import Default, Symbol


class PostgreSQLWords(Clauses):
    """The facts and words of PostgreSQL from 14 on."""

    name = POSTGRESQL
    title = "PostgreSQL"
    features = Features(
        transactional_ddl=Transactions.FULL,
        # Whatever the database's own defaults are: a history read before the lock was
        # had must not be read again from an old snapshot.
        begin="BEGIN ISOLATION LEVEL READ COMMITTED",
        foreign_keys=ForeignKeys.ENFORCED,
        identifier_quotes=(('"', '"'),),
        longest_name=63,
        counts_names_in_bytes=True,
        tells_case_apart=True,
        reserved_prefixes=(),
        has_namespaces=True,
        index_names_are_unique_in=Namespace.DATABASE,
        index_names_are_table_names=True,
        keys_have_index_names=True,
        constraint_names_are_unique_in=Namespace.TABLE,
        unique_in_the_database=(),
        longest_key=None,
        says_if_exists=(
            Guarded.CREATE_TABLE,
            Guarded.DROP_TABLE,
            Guarded.CREATE_INDEX,
            Guarded.DROP_INDEX,
        ),
        partial_indexes=True,
        expression_indexes=True,
        descending_indexes=True,
        index_methods=("btree", "hash", "gin", "gist", "spgist", "brin"),
        concurrent_indexes=True,
        covering_indexes=True,
        nulls_not_distinct=True,
        deferrable_foreign_keys=True,
        deferrable_uniques=True,
        set_default_references=True,
        enforces_checks=True,
        default_expressions=True,
        renames_columns=True,
        renames_indexes=True,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.TYPE,
        has_arrays=True,
        reads_json=True,
        has_zoned_timestamps=True,
        stores_comments=True,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.TRIGGER,
        several_triggers=True,
        booleans=("FALSE", "TRUE"),
        bytes_literal=("'\\x", "'"),
        backslash_escapes=False,
        # A list of VALUES would be texts, compared with whatever the keys are.
        rows_word="",
        rows_a_statement=500,
        rows_a_transaction=None,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {
        (15,): {"nulls_not_distinct": False},
    }
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "VARCHAR({length})",
        "char": "CHAR({length})",
        "text": "TEXT",
        "smallint": "SMALLINT",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "serial": "INTEGER",
        "bigserial": "BIGINT",
        "float": "REAL",
        "double": "DOUBLE PRECISION",
        "decimal": "NUMERIC({precision}, {scale})",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "time": "TIME",
        "timestamp": "TIMESTAMP",
        "timestamptz": "TIMESTAMPTZ",
        "interval": "INTERVAL",
        "uuid": "UUID",
        "json": "JSON",
        "jsonb": "JSONB",
        "bytes": "BYTEA",
    }
    field_options: ClassVar[tuple[str, ...]] = ("collate", "generated")
    table_options: ClassVar[tuple[str, ...]] = ("unlogged", "with")
    index_options: ClassVar[tuple[str, ...]] = ("with",)

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table."""
        return tuple(self.column(field, schema) for field in table.fields)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is; one that counts itself up is an identity."""
        column = super().column(field, schema)
        if column.generated:
            column = attrs.evolve(column, stored=True)
        if not isinstance(self.spoken(field.type), Serial | BigSerial):
            return column
        if column.default is not None:
            raise UnsupportedError(
                f'"{field.name}" counts itself up, so it has no default',
                at=field.at,
                hint="make it an integer, or leave the default out",
            )
        is_own = not self.is_mapped(field, schema)
        return attrs.evolve(column, not_null=True, identity=is_own)

    def column_sql(self, column: Column) -> str:
        """A column as CREATE TABLE and ADD COLUMN take it."""
        return f"{super().column_sql(column)}{self.identity_sql(column)}"

    def identity_sql(self, column: Column) -> str:
        """What a column that counts itself up has at its end; nothing for others."""
        if not column.identity:
            return ""
        return f" GENERATED BY DEFAULT AS IDENTITY{column.sequence}"

    def index_sql(
        self, table: str, index: Index, *, if_not_exists: bool = False
    ) -> str:
        """The CREATE INDEX of an index; only a B-tree can be unique."""
        if index.unique and index.method not in (None, "btree"):
            raise UnsupportedError(
                f"an index of the method {index.method} cannot be unique",
                at=index.at,
                hint="leave the method out, or make it an index that is not unique",
            )
        return super().index_sql(table, index, if_not_exists=if_not_exists)

    def table_kind(self, table: Table) -> str:
        """A table, or one that is not in the log and empty after a crash."""
        return "UNLOGGED TABLE" if self.is_unlogged(table) else "TABLE"

    def is_unlogged(self, table: Table) -> bool:
        """Whether a table is kept out of the log."""
        return self.flag(self.chosen(table.options, self.table_options), "unlogged")

    def storage(self, part: Table | Index) -> dict[str, str]:
        """The storage parameters of a table or index, by name."""
        known = self.table_options if isinstance(part, Table) else self.index_options
        said = self.chosen(part.options, known).get("with", ())
        return storage.parameters((said,) if isinstance(said, str) else said, part)

    def table_suffix(self, table: Table) -> str:
        """The storage parameters."""
        return storage.clause(self.storage(table))

    def index_suffix(self, index: Index) -> str:
        """The storage parameters."""
        return storage.clause(self.storage(index))

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; an array has the words of what it holds."""
        type_ = self.spoken(field.type)
        if isinstance(type_, Array) and not self.is_mapped(field, schema):
            item = self.type_sql(attrs.evolve(field, type=type_.of), schema)
            return TypeSQL(f"{item}[]")
        return super().type_sql(field, schema)

    def told_type(self, words: str) -> str:
        """A type as ``format_type`` writes it, in the words of ``types``."""
        return told_type(words)

    def side(self, field: Field, schema: Schema) -> casts.Side:
        """A field as one side of a change of type."""
        return casts.side(
            self.spoken(field.type),
            self.type_sql(field, schema),
            is_mapped=self.is_mapped(field, schema),
        )

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant."""
        type_ = self.spoken(field.type)
        if isinstance(type_, Array):
            return self.text(array_text(text, type_, self.features))
        return super().literal(text, field, schema)

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field; the built-in ``array`` fits arrays and documents."""
        made = super().default(value, field, schema)
        is_array = isinstance(self.spoken(field.type), Array)
        if is_array and isinstance(value, Symbol) and value.name == "array":
            built_in = self.expression(BUILT_IN_DEFAULTS[self.name]["array"])
            return LiteralSQL("'{}'") if made == built_in else made
        return made

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type."""
        now = super().clock(field, asked_by)
        return ExpressionSQL("LOCALTIME") if now == "CURRENT_TIME" else now

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether PostgreSQL gives a row a number of its own here."""
        del table, schema
        return isinstance(self.spoken(field.type), Serial | BigSerial)

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return (
            f"SELECT 1 FROM pg_catalog.pg_class WHERE oid = {self.regclass(name)}"
            " AND relkind IN ('r', 'p', 'f')"
        )

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        return (
            "SELECT 1 FROM pg_catalog.pg_attribute"
            f" WHERE attrelid = {self.regclass(table)} AND attname = {self.text(name)}"
            " AND attnum > 0 AND NOT attisdropped"
        )

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such a constraint."""
        return (
            "SELECT 1 FROM pg_catalog.pg_constraint"
            f" WHERE conrelid = {self.regclass(table)}"
            f" AND conname = {self.part_text(name)}"
        )

    def enum_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a type."""
        return (
            "SELECT 1 FROM pg_catalog.pg_type"
            f" WHERE oid = to_regtype({self.text(self.thing(name))})"
        )

    def regclass(self, name: str) -> str:
        """What finds a table in the catalog along the search path, or NULL."""
        return f"to_regclass({self.text(self.thing(name))})"

    def triggers(self, table: Table) -> dict[str, tuple[str, str]]:
        """Our triggers on a table, by name: the function, and the trigger."""
        return {
            name: self._trigger(name, table, field)
            for field in self.updates_by_trigger(table)
            for name in [trigger_name(table, field)]
        }

    def triggers_on(self, table: Table, field: Field) -> dict[str, tuple[str, str]]:
        """Those of them that speak of a field."""
        name = trigger_name(table, field)
        return {n: made for n, made in self.triggers(table).items() if n == name}

    def enum_text(self, field: Field, schema: Schema) -> str | None:
        """The type in which a field of an enum is a text; None for all others."""
        type_ = self.spoken(field.type)
        if enum_name(type_) is None or self.is_mapped(field, schema):
            return None
        return "text[]" if isinstance(type_, Array) else "text"

    def kept_value(self, field: Field, schema: Schema) -> str:
        """A value to keep for later; that of an enum may not hold on to its type."""
        text, name = self.enum_text(field, schema), self.quote(field.name)
        return f"{name}::{text} AS {name}" if text else name

    def restored_value(self, name: str, field: Field, schema: Schema) -> str:
        """A value that was kept, as the field takes it."""
        if self.enum_text(field, schema) is None:
            return name
        return f"{name}::{self.type_sql(field, schema)}"

    def _trigger(self, name: str, table: Table, field: Field) -> tuple[str, str]:
        own, column = self.part_name(name), self.quote(field.name)
        called = self.part_beside(table.name, name)
        now = self.clock(field, "auto_update")
        body = f"\nBEGIN\n    NEW.{column} := {now};\n    RETURN NEW;\nEND\n"
        quoted = self.text(body) if "$$" in body else f"$${body}$$"
        function = (
            f"CREATE OR REPLACE FUNCTION {called}() RETURNS trigger"
            f" LANGUAGE plpgsql AS {quoted}"
        )
        trigger = (
            f"CREATE OR REPLACE TRIGGER {own} BEFORE UPDATE"
            f" ON {self.thing(table.name)} FOR EACH ROW\n"
            f"WHEN (NEW.{column} IS NOT DISTINCT FROM OLD.{column})"
            f" EXECUTE FUNCTION {called}()"
        )
        return function, trigger
