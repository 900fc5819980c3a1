"""What SQL Server is told: its facts, types, columns and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import sqlserver_types as types
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
    LiteralSQL,
    TypeSQL,
    ValueSQL,
    expression,
)
from mm_engine.dialects.sqlserver_catalog import SQLServerCatalog
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey, OnAction, Unique
from mm_engine.model.databases import SQLSERVER
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import (
    BigSerial,
    Date,
    EnumOf,
    Serial,
    Time,
    Timestamp,
    TimestampTZ,
)
from mm_engine.model.values import Default, Symbol

BEGIN = (
    "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL,"
    " QUOTED_IDENTIFIER, XACT_ABORT ON;\nBEGIN TRANSACTION"
)
"""What opens a transaction, as indexes with a WHERE and computed columns ask for.

https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql
"""

_EXACT = "COLLATE Latin1_General_100_BIN2"
"""Texts are one only if they are so letter by letter, whatever the column's order."""

_CONTINUED = re.compile(r"\\(\r?\n)")
_COLLATION = re.compile(r"\w+", re.ASCII)


class SQLServerWords(SQLServerCatalog):
    """The facts and words of SQL Server from 2016 on."""

    name = SQLSERVER
    title = "SQL Server"
    features = Features(
        transactional_ddl=Transactions.FULL,
        begin=BEGIN,
        foreign_keys=ForeignKeys.ENFORCED,
        identifier_quotes=(("[", "]"), ('"', '"')),
        longest_name=128,
        counts_names_in_bytes=False,
        # As the collation of the database says, and the usual ones do not.
        tells_case_apart=False,
        # Such tables are gone when the session is.
        reserved_prefixes=("#",),
        has_namespaces=True,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        keys_have_index_names=True,
        constraint_names_are_unique_in=Namespace.DATABASE,
        unique_in_the_database=(),
        longest_key=1700,
        says_if_exists=(Guarded.DROP_TABLE, Guarded.DROP_INDEX),
        partial_indexes=True,
        expression_indexes=False,
        descending_indexes=True,
        index_methods=(),
        # ONLINE = ON is only had in some editions.
        concurrent_indexes=False,
        covering_indexes=True,
        nulls_not_distinct=True,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        set_default_references=True,
        enforces_checks=True,
        default_expressions=True,
        renames_columns=True,
        renames_indexes=True,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.CHECK,
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=True,
        stores_comments=True,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.TRIGGER,
        several_triggers=True,
        booleans=("0", "1"),
        bytes_literal=("0x", ""),
        backslash_escapes=False,
        rows_word="",
        # https://learn.microsoft.com/sql/t-sql/queries/table-value-constructor-transact-sql
        rows_a_statement=1000,
        rows_a_transaction=None,
    )
    # Six digits of a second, as everywhere else, although it could keep seven.
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "NVARCHAR({length})",
        "char": "NCHAR({length})",
        "text": "NVARCHAR(MAX)",
        "smallint": "SMALLINT",
        "integer": "INT",
        "bigint": "BIGINT",
        "serial": "INT",
        "bigserial": "BIGINT",
        "float": "REAL",
        "double": "FLOAT(53)",
        "decimal": "DECIMAL({precision}, {scale})",
        "boolean": "BIT",
        "date": "DATE",
        "time": "TIME(6)",
        "timestamp": "DATETIME2(6)",
        "timestamptz": "DATETIMEOFFSET(6)",
        "interval": "NVARCHAR(255)",
        "uuid": "UNIQUEIDENTIFIER",
        "json": "NVARCHAR(MAX)",
        "jsonb": "NVARCHAR(MAX)",
        "bytes": "VARBINARY(MAX)",
        "enum": "NVARCHAR(255)",
        "array": "NVARCHAR(MAX)",
    }
    # A trigger has to begin a batch, and a batch does not know a column that it adds.
    apart = "GO"
    field_options = ("collate", "generated", "stored")
    table_options = ("compression",)
    index_options = ("compression", "fillfactor")

    def text(self, text: str) -> LiteralSQL:
        """A text as a constant of Unicode letters."""
        return _national(super().text(text))

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant."""
        made = super().literal(text, field, schema)
        return _national(made) if made.startswith("'") else made

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table; what stands on them is named after both."""
        return tuple(self.in_table(field, table, schema) for field in table.fields)

    def in_table(self, field: Field, table: Table, schema: Schema) -> Column:
        """The column of a field, and the table that it is in."""
        return attrs.evolve(self.column(field, schema), within=table.name)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is."""
        column = super().column(field, schema)
        if column.generated:
            cast = f"(CAST({column.generated} AS {column.type}))"
            if column.not_null and not column.stored:
                raise UnsupportedError(
                    f'"{field.name}" is computed and required, which {self.title} holds'
                    " only of what is stored",
                    at=field.at,
                    hint="say options: {sqlserver: {stored: true}}, or let it be null",
                )
            return attrs.evolve(column, generated=ExpressionSQL(cast), default=None)
        if not isinstance(self.spoken(field.type), Serial | BigSerial):
            is_own = not self.is_mapped(field, schema)
            longest = types.longest(self.spoken(field.type)) if is_own else None
            return attrs.evolve(column, longest=longest) if longest else column
        types.check_counter(column, field, self.title)
        return attrs.evolve(column, not_null=True, identity=True)

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column."""
        type_ = self.spoken(field.type)
        if not self.is_mapped(field, schema):
            types.check_size(type_, field, self.title)
            if own := types.text_words(type_):
                return own
            if isinstance(type_, EnumOf):
                types.check_enum(schema.enum(type_.name), self.title)
        return super().type_sql(field, schema)

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field; the built-in ``now`` of a moment says its zone."""
        made = super().default(value, field, schema)
        if isinstance(value, Symbol) and value.name == "now":
            is_ours = made == self.expression(BUILT_IN_DEFAULTS[self.name]["now"])
            if is_ours and isinstance(self.spoken(field.type), TimestampTZ):
                return self.clock(field, "now")
        return made

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type, by the server's clock."""
        match self.spoken(field.type):
            case Timestamp():
                return ExpressionSQL("SYSDATETIME()")
            case TimestampTZ():
                return ExpressionSQL("SYSDATETIMEOFFSET()")
            case Date():
                return ExpressionSQL("CAST(SYSDATETIME() AS DATE)")
            case Time():
                return ExpressionSQL("CAST(SYSDATETIME() AS TIME(6))")
            case _:
                return super().clock(field, asked_by)

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether SQL Server gives a row a number of its own here."""
        del table, schema
        return isinstance(self.spoken(field.type), Serial | BigSerial)

    def column_sql(self, column: Column) -> str:
        """A column as CREATE TABLE and ADD take it."""
        name = self.new_name(column.name)
        if column.generated:
            kept = " PERSISTED" if column.stored else ""
            required = " NOT NULL" if column.not_null else ""
            return f"{name} AS {column.generated}{kept}{required}"
        words = [f"{name} {self.kind_sql(column)}"]
        if column.default is not None:
            words.append(self.default_sql(column))
        if check_name(column) is not None:
            words.append(self.own_check_sql(column))
        return " ".join(words)

    def kind_sql(self, column: Column) -> str:
        """What ALTER COLUMN would have to say again: type, collation and null."""
        collate = f" COLLATE {self.collation(column)}" if column.collation else ""
        counts = " IDENTITY(1, 1)" if column.identity else ""
        null = "NOT NULL" if column.not_null else "NULL"
        return f"{column.type}{collate}{counts} {null}"

    def collation(self, column: Column) -> str:
        """The name of a collation, which stands in no quotes."""
        if not _COLLATION.fullmatch(column.collation or ""):
            raise UnsupportedError(f'"{column.collation}" is no name of a collation')
        return str(column.collation)

    def default_sql(self, column: Column) -> str:
        """The clause of a default, which always has a name: it is dropped by it."""
        name = self.part_name(default_name(column.within, column.name))
        return f"CONSTRAINT {name} DEFAULT {column.default}"

    def own_check_sql(self, column: Column) -> str:
        """The clause that keeps a column to an enum's values, or to so many letters."""
        name, called = self.quote(column.name), self.part_name(check_name(column))
        condition = f"DATALENGTH({name}) <= {2 * (column.longest or 0)}"
        if column.enum is not None:
            allowed = ", ".join(self.text(value) for value in column.allowed)
            condition = f"{self.exactly(name)} IN ({allowed})"
        return f"CONSTRAINT {called} CHECK ({condition})"

    def exactly(self, value: str) -> str:
        """A text that is compared letter by letter."""
        return f"{value} {_EXACT}"

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The constraints of a table as CREATE TABLE takes them."""
        kept = [u for u in table.uniques if not self.is_by_index(table, u)]
        return super().constraint_clauses(attrs.evolve(table, uniques=kept), lowered)

    def is_by_index(self, table: Table, unique: Unique) -> bool:
        """Whether an index must do the work of a unique constraint.

        SQL Server takes two nulls for the same; an index can leave out their rows.
        """
        fields = map(table.field, unique.fields)
        return not unique.nulls_not_distinct and any(f.nullable for f in fields)

    def unique_sql(self, unique: Unique) -> str:
        """The clause of a unique constraint, to which nulls are not distinct."""
        return super().unique_sql(attrs.evolve(unique, nulls_not_distinct=False))

    def foreign_key_sql(self, key: ForeignKey) -> str:
        """The clause of a foreign key; to restrict is what happens unsaid."""
        return super().foreign_key_sql(
            attrs.evolve(
                key, on_delete=_told(key.on_delete), on_update=_told(key.on_update)
            )
        )

    def table_suffix(self, table: Table) -> str:
        """How its pages are packed."""
        packed = self.compression(table)
        return f" WITH (DATA_COMPRESSION = {packed})" if packed else ""

    def compression(self, part: Table | Index) -> str | None:
        """How the pages of a table or index are packed, if that is said."""
        known = self.table_options if isinstance(part, Table) else self.index_options
        said = self.single(self.chosen(part.options, known), "compression")
        if said is not None and said.lower() not in ("none", "row", "page"):
            raise UnsupportedError(
                f'the option "compression" is none, row or page, not "{said}"',
                at=part.at,
            )
        return said and said.upper()

    def condition(self, text: str, what: str) -> ExpressionSQL:
        """A condition of the user's, in which true and false are no words."""
        made = expression(text, self.features)
        types.check_words(made, what, self.title)
        return made


def default_name(table: str | None, field: str) -> str:
    """What the default of a field is called."""
    return f"DF_{table}_{field}"


def check_name(column: Column) -> str | None:
    """What the check is called that a column needs for its type, if it needs one."""
    if column.enum is not None:
        return f"enum_{column.within}_{column.name}"
    if column.longest is not None:
        return f"length_{column.within}_{column.name}"
    return None


def _told(action: OnAction) -> OnAction:
    return "NO ACTION" if action == "RESTRICT" else action


def _national(made: LiteralSQL) -> LiteralSQL:
    r"""A text of Unicode letters; a backslash at the end of a line would join two.

    https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-backslash

    >>> _national(LiteralSQL("'it''s'"))
    "N'it''s'"
    """
    apart = _CONTINUED.sub(r"\\\\\1\1", made)
    return LiteralSQL(f"N{apart}")
