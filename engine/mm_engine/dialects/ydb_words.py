"""What YDB is told: its facts, types of YQL, columns, and indexes inside of tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import ydb_values as values
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
    ValueSQL,
    is_null,
)
from mm_engine.dialects.ydb_parts import NUMBERS, SWITCHES, YDBParts
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import YDB
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import BigSerial, Decimal, EnumOf, Serial

_NAME = re.compile(r"[A-Za-z0-9_.\-]+", re.ASCII)
_PLAIN = re.compile(
    r"[+-]?\d[\d.]*([eE][+-]?\d+)?[a-z]*|true|false|'(?:[^'\\]|\\.)*'u?"
    r"|[A-Z]\w*\('(?:[^'\\]|\\.)*'(, \d+)*\)",
    re.IGNORECASE | re.DOTALL,
)
"""A constant of YQL, and one that says its type."""

_DIGITS = 35


class YDBWords(YDBParts):
    """The facts and words of YDB as its documents have them of version 25."""

    name = YDB
    title = "YDB"
    features = Features(
        # A transaction is no text: what is sent by itself is one, rows and schema.
        transactional_ddl=Transactions.ABSENT,
        begin="",
        foreign_keys=ForeignKeys.ABSENT,
        # The second are those of texts, which have two kinds.
        identifier_quotes=(("`", "`"), ('"', '"')),
        longest_name=255,
        counts_names_in_bytes=False,
        tells_case_apart=True,
        reserved_prefixes=("__ydb_", "."),
        has_namespaces=False,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
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
        covering_indexes=True,
        nulls_not_distinct=False,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        set_default_references=False,
        enforces_checks=False,
        default_expressions=False,
        renames_columns=False,
        renames_indexes=True,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.ABSENT,
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=False,
        stores_comments=False,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.ABSENT,
        several_triggers=True,
        booleans=("false", "true"),
        bytes_literal=("'", "'"),
        backslash_escapes=True,
        rows_word="",
        rows_a_statement=500,
        rows_a_transaction=None,
    )
    # ydb.tech/docs/en/yql/reference/types/primitive. The wide types of days and moments
    # hold those before 1970 too; a text has no length; there is no time of day.
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "Utf8",
        "char": "Utf8",
        "text": "Utf8",
        "enum": "Utf8",
        "smallint": "Int16",
        "integer": "Int32",
        "bigint": "Int64",
        "serial": "Serial",
        "bigserial": "BigSerial",
        "float": "Float",
        "double": "Double",
        "decimal": "Decimal({precision}, {scale})",
        "boolean": "Bool",
        "date": "Date32",
        "time": "Utf8",
        "timestamp": "Timestamp64",
        "timestamptz": "Timestamp64",
        "interval": "Utf8",
        "uuid": "Uuid",
        "json": "Json",
        "jsonb": "JsonDocument",
        "bytes": "String",
        "array": "Json",
    }
    field_options = ("set_by",)
    table_options = (*SWITCHES, *NUMBERS, "partition_at_keys", "ttl")
    index_options = ("async",)

    def quote(self, name: str) -> Identifier:
        """A name in backticks; only a few signs can stand in one."""
        if name and not _NAME.fullmatch(name):
            raise UnsupportedError(
                f'{self.title} cannot call anything "{name}"',
                hint="Latin letters, digits, and the signs _ - . are all that it takes",
            )
        return super().quote(name)

    def text(self, text: str) -> LiteralSQL:
        """A text as a constant."""
        return values.utf8(text)

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant that says its type."""
        type_ = self.spoken(field.type)
        plain = Features.like(self.features, backslash_escapes=False)
        if self.is_mapped(field, schema):
            return values.utf8(text)
        return values.constant(text, type_, plain)

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table."""
        return tuple(self.column(field, schema) for field in table.fields)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is; what the application sets here is left to it."""
        if self.is_set_by_application(field):
            field = attrs.evolve(
                field, auto_create=False, auto_update=False, default=None
            )
        if field.auto_update:
            raise UnsupportedError(
                f'{self.title} has nothing that sets "{field.name}" when its row is'
                " changed",
                at=field.at,
                hint="let the application set it:"
                " options: {ydb: {set_by: application}} on the field",
            )
        column = attrs.evolve(super().column(field, schema), enum=None)
        if not self.counts(field, schema):
            return column
        if column.default is not None:
            raise UnsupportedError(
                f'"{field.name}" counts itself up, so it has no default',
                at=field.at,
                hint="make it an integer, or leave the default out",
            )
        return attrs.evolve(column, not_null=True, identity=True)

    def column_sql(self, column: Column) -> str:
        """A column; that one is never null its sequence says by itself."""
        if column.identity:
            column = attrs.evolve(column, not_null=False)
        return super().column_sql(column)

    def is_set_by_application(self, field: Field) -> bool:
        """Whether a field's default and clock are left to the application here."""
        said = self.single(self.chosen(field.options, self.field_options), "set_by")
        if said not in (None, "application"):
            raise UnsupportedError(
                f'the option "set_by" is application, not "{said}"', at=field.at
            )
        return said is not None

    def field_default(self, field: Field, schema: Schema) -> ValueSQL | None:
        """What a row gets that says nothing: a constant, or nothing.

        ydb.tech/docs/en/yql/reference/syntax/create_table, DEFAULT.
        """
        made = super().field_default(field, schema)
        if made is None or is_null(made):
            return None
        plain = _constant(made)
        if plain is not None and not field.auto_create:
            return plain
        raise UnsupportedError(
            f'{self.title} takes only constants as defaults, and "{field.name}" would'
            f" get {made}",
            at=field.at,
            hint="let the application set it:"
            " options: {ydb: {set_by: application}} on the field",
        )

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now, which no default can be but a value once may."""
        super().clock(field, asked_by)
        return ExpressionSQL("CurrentUtcTimestamp()")

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; an enum has none, for nothing would keep to it."""
        type_ = self.spoken(field.type)
        if not self.is_mapped(field, schema):
            if isinstance(type_, EnumOf) and not self.leaves_enums:
                raise UnsupportedError(
                    f"{self.title} has neither enums nor checks, so"
                    f' "{field.name}" could hold anything',
                    at=field.at,
                    hint="if the application looks after it, keep texts:"
                    " type_mappings: {ydb: {enum: Utf8}}",
                )
            if isinstance(type_, Decimal) and type_.precision > _DIGITS:
                raise UnsupportedError(
                    f"{self.title} takes at most {_DIGITS} digits, and"
                    f' "{field.name}" has {type_.precision}',
                    at=field.at,
                    hint="make it a decimal of fewer digits",
                )
        return super().type_sql(field, schema)

    def counts(self, field: Field, schema: Schema) -> bool:
        """Whether a field has a sequence of its own."""
        is_counter = isinstance(self.spoken(field.type), Serial | BigSerial)
        return is_counter and not self.is_mapped(field, schema)

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether YDB gives a row a number of its own here."""
        del table
        return self.counts(field, schema)

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table, by its partitions.

        ydb.tech/docs/en/dev/system-views: there is no catalog of tables but this.
        """
        path = values.quoted(f"/{name}")
        return (
            f"SELECT 1 FROM `.sys/partition_stats` WHERE EndsWith(Path, {path}) LIMIT 1"
        )

    def field_exists_sql(self, table: str, name: str) -> str:
        """Nothing: no query can ask for a column, and ``when`` refuses to."""
        del table, name
        return ""

    def absent_sql(self, exists: str) -> str:
        """Nothing either: SELECT takes no WHERE without a FROM."""
        del exists
        return ""


def _constant(made: ValueSQL) -> ExpressionSQL | None:
    """A default as DEFAULT takes it, out of its parentheses; None if it is computed."""
    bare = made.removeprefix("(").removesuffix(")") if made.startswith("(") else made
    return ExpressionSQL(bare) if _PLAIN.fullmatch(bare) else None
