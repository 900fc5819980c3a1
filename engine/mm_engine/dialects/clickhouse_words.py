"""What ClickHouse is told: its facts, types, columns and the clauses of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import clickhouse_storage as storage
from mm_engine.dialects import clickhouse_types as types
from mm_engine.dialects.clickhouse_catalog import ClickHouseCatalog
from mm_engine.dialects.clickhouse_indexes import index_clause
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
from mm_engine.dialects.sql import (
    ExpressionSQL,
    Identifier,
    LiteralSQL,
    TypeSQL,
    expression,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, Unique
from mm_engine.model.databases import CLICKHOUSE
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import BigSerial, Date, Serial, Time, Timestamp, TimestampTZ


@attrs.frozen(kw_only=True)
class StoredColumn(Column):
    """A column, how it is packed, and when its values go."""

    codec: ExpressionSQL | None = None
    ttl: ExpressionSQL | None = None


class ClickHouseWords(ClickHouseCatalog):
    """The facts and words of ClickHouse from 25.8 on."""

    name = CLICKHOUSE
    title = "ClickHouse"
    features = Features(
        transactional_ddl=Transactions.ABSENT,
        begin="",
        foreign_keys=ForeignKeys.ABSENT,
        identifier_quotes=(("`", "`"), ('"', '"')),
        # A table is a file of its name, with signs beyond ASCII spelled out.
        longest_name=200,
        counts_names_in_bytes=True,
        tells_case_apart=True,
        reserved_prefixes=(),
        has_namespaces=False,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        keys_have_index_names=False,
        constraint_names_are_unique_in=None,
        unique_in_the_database=(),
        longest_key=None,
        says_if_exists=tuple(Guarded),
        partial_indexes=False,
        expression_indexes=True,
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
        enums=EnumStyle.COLUMN,
        has_arrays=True,
        reads_json=True,
        has_zoned_timestamps=False,
        stores_comments=True,
        exact_decimal_digits=76,
        auto_update=AutoUpdate.ABSENT,
        several_triggers=True,
        booleans=("false", "true"),
        bytes_literal=("unhex('", "')"),
        backslash_escapes=True,
        rows_word="",
        rows_a_statement=100,
        rows_a_transaction=None,
    )
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "String",
        "char": "String",
        "text": "String",
        "smallint": "Int16",
        "integer": "Int32",
        "bigint": "Int64",
        "serial": "Int32",
        "bigserial": "Int64",
        "float": "Float32",
        "double": "Float64",
        "decimal": "Decimal({precision}, {scale})",
        "boolean": "Bool",
        "date": "Date32",
        "time": "String",
        "timestamp": "DateTime64(6, 'UTC')",
        "timestamptz": "DateTime64(6, 'UTC')",
        "interval": "String",
        "uuid": "UUID",
        "json": "String",
        "jsonb": "String",
        "bytes": "String",
    }
    field_options = ("codec", "ttl", "low_cardinality", "generated", "stored")
    table_options = storage.OPTIONS
    index_options = ("type", "granularity")

    def quote(self, name: str) -> Identifier:
        """A name in quotes; a backslash is doubled too, as in texts.

        https://clickhouse.com/docs/sql-reference/syntax#identifiers
        """
        return Identifier(super().quote(name).replace("\\", "\\\\"))

    def columns(self, table: Table, schema: Schema) -> tuple[StoredColumn, ...]:
        """The columns of a table."""
        return tuple(self.column(field, schema) for field in table.fields)

    def column(self, field: Field, schema: Schema) -> StoredColumn:
        """The column that a field is."""
        made = super().column(field, schema)
        return StoredColumn(
            name=made.name,
            type=made.type,
            not_null=made.not_null,
            default=None if made.generated else made.default,
            generated=made.generated,
            stored=made.stored,
            comment=field.comment,
            codec=self._said(field, "codec"),
            ttl=self._said(field, "ttl"),
        )

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column, which says itself whether it may be null."""
        words = types.words(self, field, schema)
        options = self.chosen(field.options, self.field_options)
        if self.flag(options, "low_cardinality"):
            words = TypeSQL(f"LowCardinality({words})")
        return types.nullable(words) if field.nullable else words

    def own_type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The schema's words for a type, or ours, with the field's numbers in them."""
        return super().type_sql(field, schema)

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field; decimals and arrays say their type."""
        type_ = self.spoken(field.type)
        return types.literal(self, text, type_, schema) or super().literal(
            text, field, schema
        )

    def field_default(
        self, field: Field, schema: Schema
    ) -> LiteralSQL | ExpressionSQL | None:
        """What a row gets that says nothing; a number of its own where it counts."""
        made = super().field_default(field, schema)
        if self.counts(field) and not self.is_mapped(field, schema):
            if made is not None:
                raise UnsupportedError(
                    f'"{field.name}" gets numbers of its own, so it has no default',
                    at=field.at,
                    hint="make it a bigint, or leave the default out",
                )
            return ExpressionSQL("toInt64(generateSnowflakeID())")
        return made

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type, with all its digits."""
        match self.spoken(field.type):
            case Timestamp() | TimestampTZ():
                return ExpressionSQL("now64(6)")
            case Date():
                return ExpressionSQL("today()")
            case Time():
                return ExpressionSQL("formatDateTime(now(), '%T')")
            case _:
                return super().clock(field, asked_by)

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether a row gets a number of its own here: a Snowflake one."""
        del table
        return self.counts(field) and not self.is_mapped(field, schema)

    def counts(self, field: Field) -> bool:
        """Whether a field shall count itself up."""
        return isinstance(self.spoken(field.type), Serial | BigSerial)

    def column_sql(self, column: Column) -> str:
        """A column, all of it, as CREATE TABLE, ADD and MODIFY take it."""
        words: list[str] = [self.new_name(column.name), column.type]
        if column.generated:
            kind = "MATERIALIZED" if column.stored else "ALIAS"
            words.append(f"{kind} {column.generated}")
        elif column.default is not None:
            words.append(f"DEFAULT {column.default}")
        if column.comment:
            words.append(f"COMMENT {self.text(column.comment)}")
        if isinstance(column, StoredColumn) and column.codec:
            words.append(f"CODEC({column.codec})")
        if isinstance(column, StoredColumn) and column.ttl:
            words.append(f"TTL {column.ttl}")
        return " ".join(words)

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The indexes and checks of a table; what else it has is in its ORDER BY."""
        del lowered
        yield from (self.index_clause(index) for index in table.indexes)
        yield from (self.unique_sql(unique) for unique in table.uniques)
        yield from (self.check_sql(check) for check in table.checks)

    def index_clause(self, index: Index) -> str:
        """The clause of an index, as CREATE TABLE and ADD take it."""
        return index_clause(self, index)

    def unique_sql(self, unique: Unique) -> str:
        """No clause: nothing keeps rows unique."""
        raise storage.no_uniqueness(self.title, "unique constraint", unique)

    def check_sql(self, check: Check) -> str:
        """The clause of a check, for which null is not false, as everywhere else."""
        condition = expression(check.expression, self.features)
        return (
            f"CONSTRAINT {self.part_name(check.name)} CHECK ifNull(({condition}), true)"
        )

    def table_suffix(self, table: Table) -> str:
        """What a table is kept by, in which order, for how long."""
        said = storage.clauses(self, table)
        if table.comment:
            said.append(f"COMMENT {self.text(table.comment)}")
        return "".join(f"\n{clause}" for clause in said)

    def _said(self, field: Field, key: str) -> ExpressionSQL | None:
        text = self.single(self.chosen(field.options, self.field_options), key)
        return expression(text, self.features) if text is not None else None
