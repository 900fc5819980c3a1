"""What SQLite is told: its facts, types by affinity, columns and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import autoupdate, conversions
from mm_engine.dialects.affinity import affinity, declared_type, strict_type
from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.columns import Column, enum_values
from mm_engine.dialects.features import (
    AutoUpdate,
    EnumStyle,
    Features,
    ForeignKeys,
    Guarded,
    Namespace,
    Transactions,
)
from mm_engine.dialects.literals import decimal_text
from mm_engine.dialects.names import Version
from mm_engine.dialects.sql import Identifier, LiteralSQL, TypeSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import SQLITE
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import BigSerial, Decimal, Serial

_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


class SQLiteWords(Clauses):
    """The facts and words of SQLite from 3.35 on."""

    name = SQLITE
    title = "SQLite"
    features = Features(
        transactional_ddl=Transactions.FULL,
        begin="BEGIN IMMEDIATE",
        foreign_keys=ForeignKeys.ENFORCED,
        identifier_quotes=(('"', '"'), ("`", "`"), ("[", "]")),
        longest_name=None,
        counts_names_in_bytes=False,
        tells_case_apart=False,
        reserved_prefixes=("sqlite_",),
        has_namespaces=False,
        index_names_are_unique_in=Namespace.DATABASE,
        index_names_are_table_names=True,
        keys_have_index_names=False,
        constraint_names_are_unique_in=None,
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
        index_methods=(),
        concurrent_indexes=False,
        covering_indexes=False,
        nulls_not_distinct=False,
        deferrable_foreign_keys=True,
        deferrable_uniques=False,
        set_default_references=True,
        enforces_checks=True,
        default_expressions=True,
        renames_columns=True,
        renames_indexes=False,
        drops_columns=True,
        strict_tables=True,
        enums=EnumStyle.CHECK,
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=False,
        stores_comments=False,
        # A number with a fraction is an IEEE double; 15 digits survive one.
        exact_decimal_digits=15,
        auto_update=AutoUpdate.TRIGGER,
        several_triggers=True,
        booleans=("0", "1"),
        bytes_literal=("X'", "'"),
        backslash_escapes=False,
        rows_word="VALUES ",
        rows_a_statement=500,
        rows_a_transaction=None,
    )
    # Before 3.35.5 DROP COLUMN moves rows into each other's columns where the table has
    # several pages and a column that was added with a default; integrity_check sees
    # nothing of it (sqlite.org/releaselog/3_35_5.html).
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {
        (3, 35, 5): {"drops_columns": False},
        (3, 37): {"strict_tables": False},
    }
    # Chosen so that the affinity keeps every value as it was written, and so that
    # SQLAlchemy reads the types it would write. Hence JSON is TEXT (a column of JSON
    # would turn '1.10' into 1.1) and INTERVAL is TEXT (it contains INT).
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "VARCHAR({length})",
        "char": "CHAR({length})",
        "text": "TEXT",
        "smallint": "SMALLINT",
        "integer": "INTEGER",
        "bigint": "BIGINT",
        "serial": "INTEGER",
        "bigserial": "INTEGER",
        "float": "FLOAT",
        "double": "DOUBLE",
        "decimal": "DECIMAL({precision}, {scale})",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "time": "TIME",
        "timestamp": "DATETIME",
        "timestamptz": "TIMESTAMP",
        "interval": "TEXT",
        "uuid": "CHAR(36)",
        "json": "TEXT",
        "jsonb": "TEXT",
        "bytes": "BLOB",
        "enum": "TEXT",
        "array": "TEXT",
    }
    # Whether PRAGMA legacy_alter_table lets a table be renamed while views and triggers
    # speak of one that is not there.
    renames_blindly: ClassVar[bool] = True
    # Whether a connection can have tables of its own.
    has_temporary_tables: ClassVar[bool] = True
    field_options = ("collate", "decimal", "generated", "stored")
    table_options = ("strict", "without_rowid")

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table, with what they are because of it."""
        return tuple(self.in_table(field, table, schema) for field in table.fields)

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; a decimal is TEXT where numbers could not keep it."""
        type_ = self.spoken(field.type)
        if not isinstance(type_, Decimal):
            return super().type_sql(field, schema)
        options = self.chosen(field.options, self.field_options)
        if self.single(options, "decimal") == "text":
            return TypeSQL("TEXT")
        words = super().type_sql(field, schema)
        exact = self.features.exact_decimal_digits or type_.precision
        if type_.precision > exact and affinity(words) not in ("TEXT", "BLOB"):
            raise UnsupportedError(
                f"{self.title} keeps decimals exactly up to {exact} digits,"
                f' and "{field.name}" has {type_.precision}',
                hint="keep it exactly, as text:"
                f" options: {{{self.name}: {{decimal: text}}}}",
            )
        return words

    def told_type(self, words: str) -> str:
        """A type as it was declared, in the style of ``types``."""
        return declared_type(words)

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant."""
        type_ = self.spoken(field.type)
        if isinstance(type_, Decimal) and self.is_text(field, schema):
            whole, _, fraction = decimal_text(text, type_).partition(".")
            point = "." if type_.scale else ""
            return self.text(f"{whole}{point}{fraction[: type_.scale]:0<{type_.scale}}")
        return super().literal(text, field, schema)

    def is_text(self, field: Field, schema: Schema) -> bool:
        """Whether a field's values lie there as texts."""
        return affinity(self.type_sql(field, schema)) == "TEXT"

    def kept(self, field: Field, schema: Schema) -> conversions.Kept:
        """How the values of a field lie there."""
        type_ = self.spoken(field.type)
        as_text = self.is_text(field, schema)
        allowed = enum_values(type_, schema)
        return conversions.kept(type_, as_text=as_text, allowed=allowed)

    def table_sql(
        self,
        table: Table,
        schema: Schema,
        *,
        named: str | None = None,
        if_not_exists: bool = False,
    ) -> str:
        """The CREATE TABLE of a table, under its own name or another."""
        self.check_decimals(table, schema)
        return super().table_sql(
            table, schema, named=named, if_not_exists=if_not_exists
        )

    def column_sql(self, column: Column) -> str:
        """A column; one that counts itself up is the primary key in the same breath."""
        sql = super().column_sql(column)
        if column.key is None:
            return sql
        return (
            f"{sql} CONSTRAINT {self.part_name(column.key)} PRIMARY KEY AUTOINCREMENT"
        )

    def table_suffix(self, table: Table) -> str:
        """STRICT and WITHOUT ROWID."""
        options = self.chosen(table.options, self.table_options)
        words = [key.upper() for key in self.table_options if self.flag(options, key)]
        if "STRICT" in words and not self.features.strict_tables:
            raise UnsupportedError(
                f'{self.title} has no STRICT tables, and "{table.name}" is to be one',
                hint="use a Python with SQLite 3.37 or later, or leave the option out",
            )
        return " " + ", ".join(words).replace("_", " ") if words else ""

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return (
            "SELECT 1 FROM sqlite_schema WHERE type = 'table'"
            f" AND name = {self.text(name)} COLLATE NOCASE"
        )

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        return (
            f"SELECT 1 FROM pragma_table_xinfo({self.text(table)})"
            f" WHERE name = {self.text(name)} COLLATE NOCASE"
        )

    def triggers(self, table: Table, *, tolerant: bool = False) -> dict[str, str]:
        """Our triggers on a table, by name."""
        guard = "IF NOT EXISTS " if tolerant else ""
        keys = self._row_keys(table)
        return {
            name: autoupdate.trigger_sql(
                Identifier(f"{guard}{self.quote(name)}"),
                self.quote(table.name),
                self.quote(field.name),
                self.clock(field, "auto_update"),
                keys,
            )
            for field in self.updates_by_trigger(table)
            for name in [autoupdate.trigger_name(table, field)]
        }

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether SQLite gives a row a number of its own here."""
        key = table.primary_key
        alone = key is not None and key.fields == (field.name,)
        if not alone or self._is_without_row_numbers(table):
            return False
        return self.type_sql(field, schema).upper() == "INTEGER"

    def fills_itself(self, field: Field, schema: Schema) -> bool:
        """Whether rows get a value here that nobody gives: counted up, or computed."""
        counted = isinstance(self.spoken(field.type), Serial | BigSerial)
        return counted or self.column(field, schema).generated is not None

    def has_row_numbers(self, table: Table, schema: Schema) -> bool:
        """Whether rows have a number that is in no field."""
        return not self._is_without_row_numbers(table) and not any(
            self.counts_up(table, field, schema) for field in table.fields
        )

    def row_number(self, *fields: Field) -> Identifier | None:
        """What a row's own number is called, unless fields have all its names."""
        taken = {field.name.lower() for field in fields}
        free = (name for name in _ROW_NUMBERS if name not in taken)
        found = next(free, None)
        return Identifier(found) if found else None

    def _row_keys(self, table: Table) -> list[Identifier]:
        """What tells a row apart in a trigger."""
        if self._is_without_row_numbers(table):
            names = table.primary_key.fields if table.primary_key else ()
            return [self.quote(name) for name in names]
        number = self.row_number(*table.fields)
        if number is None:
            raise UnsupportedError(
                f'the fields of "{table.name}" leave no name for the number of a row',
                hint=f"rename one of {', '.join(_ROW_NUMBERS)}",
            )
        return [number]

    def _is_without_row_numbers(self, table: Table) -> bool:
        options = self.chosen(table.options, self.table_options)
        return self.flag(options, "without_rowid")

    def in_table(self, field: Field, table: Table, schema: Schema) -> Column:
        """The column of one field, with what it is because of its table."""
        column = self.column(field, schema)
        if isinstance(self.spoken(field.type), Serial | BigSerial):
            if not self.counts_up(table, field, schema):
                raise UnsupportedError(
                    f'{self.title} counts "{field.name}" up only where it is the'
                    " primary key of its own, an INTEGER in a table with row numbers",
                    at=field.at,
                    hint="make it the only field of the primary key, or an integer",
                )
            key = table.primary_key.name if table.primary_key else None
            column = attrs.evolve(column, key=key or f"{table.name}_pkey")
        if self.flag(self.chosen(table.options, self.table_options), "strict"):
            column = attrs.evolve(column, type=strict_type(column.type))
        return column

    def check_decimals(self, table: Table, schema: Schema) -> None:
        """Refuse to compare decimals that are kept as texts: "10" comes before "9"."""
        for field in table.fields:
            if isinstance(self.spoken(field.type), Decimal):
                users = table.users_of(field.name)
                if users and self.is_text(field, schema):
                    raise UnsupportedError(
                        f'"{field.name}" is a decimal kept as text, and {users[0]}'
                        " would compare it letter by letter",
                        at=field.at,
                        hint="give the field at most"
                        f" {self.features.exact_decimal_digits} digits and no option",
                    )
