"""What Vertica is told: its facts, types in octets, columns, keys that are enforced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import vertica_types as types
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
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL, expression
from mm_engine.dialects.vertica_catalog import VerticaCatalog
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.databases import VERTICA
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import BigSerial, Serial
from mm_engine.model.values import Expression


class VerticaWords(VerticaCatalog):
    """The facts and words of Vertica from 11 on."""

    name = VERTICA
    title = "Vertica"
    features = Features(
        # "All changes are auto-committed", docs.vertica.com, ALTER TABLE.
        transactional_ddl=Transactions.NONE,
        begin="BEGIN",
        foreign_keys=ForeignKeys.DECLARED,
        identifier_quotes=(('"', '"'),),
        # docs.vertica.com, Identifiers: 128 bytes, and case never counts.
        longest_name=128,
        counts_names_in_bytes=True,
        tells_case_apart=False,
        reserved_prefixes=(),
        has_namespaces=True,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        # A unique index is a constraint here.
        keys_have_index_names=True,
        constraint_names_are_unique_in=Namespace.TABLE,
        unique_in_the_database=(),
        longest_key=None,
        says_if_exists=(Guarded.CREATE_TABLE, Guarded.DROP_TABLE),
        partial_indexes=False,
        expression_indexes=False,
        descending_indexes=False,
        index_methods=(),
        concurrent_indexes=False,
        covering_indexes=False,
        nulls_not_distinct=False,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        set_default_references=False,
        enforces_checks=True,
        default_expressions=True,
        renames_columns=True,
        renames_indexes=False,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.CHECK,
        # It has arrays, and MERGE takes no table that has one.
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=True,
        stores_comments=True,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.ABSENT,
        several_triggers=True,
        booleans=("FALSE", "TRUE"),
        bytes_literal=("HEX_TO_BINARY('0x", "')"),
        backslash_escapes=False,
        rows_word="",
        rows_a_statement=100,
        rows_a_transaction=None,
    )
    # docs.vertica.com, Data types. Whole numbers and fractions are of 64 bits all.
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "VARCHAR({length})",
        "char": "CHAR({length})",
        "text": "LONG VARCHAR",
        "smallint": "INTEGER",
        "integer": "INTEGER",
        "bigint": "INTEGER",
        "serial": types.COUNTER,
        "bigserial": types.COUNTER,
        "float": "DOUBLE PRECISION",
        "double": "DOUBLE PRECISION",
        "decimal": "NUMERIC({precision}, {scale})",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "time": "TIME",
        "timestamp": "TIMESTAMP",
        "timestamptz": "TIMESTAMPTZ",
        "interval": "INTERVAL",
        "uuid": "UUID",
        "json": "LONG VARCHAR",
        "jsonb": "LONG VARCHAR",
        "bytes": "LONG VARBINARY",
        "enum": "VARCHAR(255)",
        "array": "LONG VARCHAR",
    }
    field_options = ("encoding",)
    table_options = ("order_by", "segmented_by", "unsegmented", "ksafe", "partition_by")

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table; one of them at most is counted up."""
        counted = [f for f in table.fields if self.counts_up(table, f, schema)]
        if len(counted) > 1:
            raise UnsupportedError(
                f'{self.title} counts up one field of a table, and "{table.name}" has'
                f" {counted[0].name} already",
                at=counted[1].at,
                hint=f"make {counted[1].name} an integer",
            )
        return tuple(self.column(field, schema) for field in table.fields)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is; one that counts itself up is an identity."""
        column = super().column(field, schema)
        options = self.chosen(field.options, self.field_options)
        if encoding := self.single(options, "encoding"):
            column = attrs.evolve(column, encoding=types.word(encoding))
        if column.type != types.COUNTER:
            return column
        if column.default is not None:
            raise UnsupportedError(
                f'"{field.name}" counts itself up, so it has no default',
                at=field.at,
                hint="make it an integer, or leave the default out",
            )
        return attrs.evolve(column, not_null=True, identity=True)

    def column_sql(self, column: Column) -> str:
        """A column as CREATE TABLE and ADD COLUMN take it; its enum stands apart."""
        said = super().column_sql(attrs.evolve(column, enum=None))
        return f"{said} ENCODING {column.encoding}" if column.encoding else said

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; lengths are octets, and a letter has up to four."""
        type_ = self.spoken(field.type)
        if self.is_mapped(field, schema):
            return super().type_sql(field, schema)
        types.check_values(type_, field, schema)
        return types.own_words(type_, field) or super().type_sql(field, schema)

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type."""
        now = super().clock(field, asked_by)
        return ExpressionSQL("LOCALTIME") if now == "CURRENT_TIME" else now

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether Vertica gives a row a number of its own here."""
        del table
        is_counter = isinstance(self.spoken(field.type), Serial | BigSerial)
        return is_counter and self.type_sql(field, schema) == types.COUNTER

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The constraints of a table, its unique indexes and enums among them."""
        lowered = tuple(lowered)
        yield from super().constraint_clauses(table, lowered)
        for index in table.indexes:
            if index.unique:
                yield self.unique_sql(self.as_unique(index))
        yield from (self.enum_sql(column) for column in lowered if column.enum)

    def primary_key_sql(self, key: PrimaryKey) -> str:
        """The clause of a primary key; nobody looks at one that is not enabled."""
        return f"{super().primary_key_sql(key)} ENABLED"

    def unique_sql(self, unique: Unique) -> str:
        """The clause of a unique constraint, enabled too."""
        return f"{super().unique_sql(unique)} ENABLED"

    def check_sql(self, check: Check) -> str:
        """The clause of a check, whatever the server's own setting is."""
        return f"{super().check_sql(check)} ENABLED"

    def enum_sql(self, column: Column) -> str:
        """The check of a column of an enum."""
        allowed = ", ".join(self.text(value) for value in column.allowed)
        named = self.part_name(types.enum_check(column.name))
        return (
            f"CONSTRAINT {named} CHECK ({self.quote(column.name)} IN ({allowed}))"
            " ENABLED"
        )

    def references_sql(self, key: ForeignKey) -> str:
        """What a foreign key refers to; nobody looks at it, so nothing happens then."""
        return f"REFERENCES {self.thing(key.table)} ({self.listed(key.references)})"

    def as_unique(self, index: Index) -> Unique:
        """The constraint that a unique index is, since there are no indexes."""
        self.chosen(index.options, self.index_options)
        self.check_index(index)
        if any(isinstance(part, Expression) for part in index.fields):
            raise UnsupportedError(
                f'{self.title} has no indexes, and "{index.name}" cannot be a unique'
                " constraint: it is of an expression",
                at=index.at,
                hint="keep what is computed in a field of its own",
            )
        return Unique(index.field_names, name=index.name)

    def table_suffix(self, table: Table) -> str:
        """How the table's first projection is sorted, parted, copied and cut."""
        options = self.chosen(table.options, self.table_options)
        said = ""
        if order := types.listed(options.get("order_by", ())):
            said += f" ORDER BY {self.listed(order)}"
        if parted := self.segmentation(table):
            said += f" {parted}"
        if copies := self.single(options, "ksafe"):
            said += f" KSAFE {types.whole(copies, 'ksafe')}"
        if cut := self.single(options, "partition_by"):
            said += f" PARTITION BY {expression(cut, self.features)}"
        return said

    def segmentation(self, table: Table) -> str:
        """How rows are spread over the nodes; nothing where the table does not say."""
        options = self.chosen(table.options, self.table_options)
        fields = types.listed(options.get("segmented_by", ()))
        if self.flag(options, "unsegmented"):
            if fields:
                raise UnsupportedError(
                    f'"{table.name}" is to be segmented and unsegmented',
                    at=table.at,
                    hint="say segmented_by or unsegmented",
                )
            return "UNSEGMENTED ALL NODES"
        if fields:
            return f"SEGMENTED BY HASH({self.listed(fields)}) ALL NODES"
        return ""

    def spreads_by(self, table: Table) -> tuple[str, ...]:
        """The fields by which rows are spread, which nothing can alter.

        Where a table does not say, they are its primary key; without one, all fields:
        docs.vertica.com, Auto-projections.
        """
        options = self.chosen(table.options, self.table_options)
        if self.flag(options, "unsegmented"):
            return ()
        if fields := types.listed(options.get("segmented_by", ())):
            return fields
        if table.primary_key:
            return table.primary_key.fields
        return tuple(field.name for field in table.fields)
