"""What Redshift is told: its facts, types and the clauses of its tables.

It keeps columns, and looks after no key: it takes primary keys, unique constraints and
foreign keys as promises of whoever writes. What it does not even take is refused.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import (
    AutoUpdate,
    EnumStyle,
    Features,
    ForeignKeys,
    Guarded,
    Namespace,
)
from mm_engine.dialects.names import Version
from mm_engine.dialects.postgresql_parts import PostgreSQLParts
from mm_engine.dialects.postgresql_words import PostgreSQLWords
from mm_engine.dialects.sql import LiteralSQL, TypeSQL, ValueSQL
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model.constraints import Check, ForeignKey
from mm_engine.model.databases import REDSHIFT
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Array, Char, EnumOf, Json, Jsonb, Varchar
from mm_engine.model.values import Default

LONGEST_TEXT = 65535
"""Bytes; what a VARCHAR holds is counted in bytes of UTF-8."""

LETTER = 4
"""Bytes that one letter may have."""

_STYLES = ("auto", "even", "all", "key")


class RedshiftWords(PostgreSQLParts):
    """The facts and words of Redshift, which was made from PostgreSQL 8."""

    name = REDSHIFT
    title = "Redshift"
    features = Features.like(
        PostgreSQLWords.features,
        begin="BEGIN",
        foreign_keys=ForeignKeys.DECLARED,
        longest_name=127,
        tells_case_apart=False,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        keys_have_index_names=False,
        says_if_exists=(Guarded.CREATE_TABLE, Guarded.DROP_TABLE),
        index_methods=(),
        concurrent_indexes=False,
        nulls_not_distinct=False,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        enforces_checks=False,
        renames_indexes=False,
        enums=EnumStyle.ABSENT,
        has_arrays=False,
        exact_decimal_digits=38,
        auto_update=AutoUpdate.ABSENT,
        bytes_literal=("FROM_HEX('", "')"),
        backslash_escapes=True,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {}
    types: ClassVar[Mapping[str, str]] = {
        **PostgreSQLWords.types,
        "text": f"VARCHAR({LONGEST_TEXT})",
        "enum": f"VARCHAR({255 * LETTER})",
        "serial": "INTEGER",
        "uuid": "VARCHAR(36)",
        # It has intervals in SELECT, and in tables only of months or only of seconds.
        "interval": "VARCHAR(64)",
        "json": "SUPER",
        "jsonb": "SUPER",
        "array": "SUPER",
        "bytes": "VARBYTE(1024000)",
    }
    field_options: ClassVar[tuple[str, ...]] = ("encode",)
    table_options: ClassVar[tuple[str, ...]] = ("diststyle", "distkey", "sortkey")
    index_options: ClassVar[tuple[str, ...]] = ()

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table; those of its key are never null."""
        key = table.primary_key.fields if table.primary_key else ()
        return tuple(
            attrs.evolve(column, not_null=column.not_null or column.name in key)
            for column in super().columns(table, schema)
        )

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is, and how it is packed."""
        column = super().column(field, schema)
        encoding = self.single(self.chosen(field.options, self.field_options), "encode")
        return attrs.evolve(
            column, encoding=encoding, sequence="(1, 1)" if column.identity else ""
        )

    def column_sql(self, column: Column) -> str:
        """A column as CREATE TABLE and ADD COLUMN take it: what it has, then NOT NULL.

        https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
        """
        words = [super().column_sql(attrs.evolve(column, not_null=False))]
        if column.encoding:
            words.append(f"ENCODE {column.encoding}")
        if column.not_null:
            words.append("NOT NULL")
        return " ".join(words)

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column: letters are counted in bytes, and a CHAR has ASCII.

        Nothing would keep a column to the values of an enum.
        """
        if isinstance(self.spoken(field.type), EnumOf) and not self.leaves_enums:
            raise UnsupportedError(
                f'{self.title} has neither enums nor checks, so "{field.name}" could'
                " hold any text",
                at=field.at,
                hint="say native: {redshift: VARCHAR(50)}, otherwise: the enum",
            )
        type_ = self.spoken(field.type)
        if isinstance(type_, Varchar | Char) and not self.is_mapped(field, schema):
            return TypeSQL(f"VARCHAR({min(type_.length * LETTER, LONGEST_TEXT)})")
        return super(PostgreSQLWords, self).type_sql(field, schema)

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field; a document is read from its text."""
        plain = super(PostgreSQLWords, self).literal(text, field, schema)
        if isinstance(self.spoken(field.type), Json | Jsonb | Array):
            return LiteralSQL(f"JSON_PARSE({plain})")
        return plain

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field."""
        return super(PostgreSQLWords, self).default(value, field, schema)

    def enum_text(self, field: Field, schema: Schema) -> str | None:
        """No field is of an enum."""
        del field, schema
        return None

    def table_suffix(self, table: Table) -> str:
        """How the rows are spread over the nodes, and in which order they lie."""
        options = self.chosen(table.options, self.table_options)
        style, key = self.single(options, "diststyle"), self.single(options, "distkey")
        if style is not None and style.lower() not in _STYLES:
            raise UnsupportedError(
                f'diststyle is {", ".join(_STYLES)}, not "{style}"',
                at=table.at,
                hint=nearest(style, _STYLES),
            )
        if (style or "key").lower() != "key" and key is not None:
            raise UnsupportedError(
                f'a distkey is of diststyle key, not of "{style}"',
                at=table.at,
                hint="leave one of the two out",
            )
        said = options.get("sortkey", ())
        order = (said,) if isinstance(said, str) else said
        self._check_fields(table, [*order, *([key] if key else [])])
        words = f" DISTSTYLE {style.upper()}" if style else ""
        words += f" DISTKEY ({self.quote(key)})" if key else ""
        return words + (f" COMPOUND SORTKEY ({self.listed(order)})" if order else "")

    def spread_by(self, table: Table) -> tuple[str, ...]:
        """The fields that rows are spread and ordered by, which cannot go."""
        options = self.chosen(table.options, self.table_options)
        found = (options.get("distkey", ()), options.get("sortkey", ()))
        listed = ((one,) if isinstance(one, str) else one for one in found)
        return tuple(name for names in listed for name in names)

    def _check_fields(self, table: Table, names: Iterable[str]) -> None:
        for name in names:
            if not table.has_field(name):
                raise UnsupportedError(
                    f'the options of "{table.name}" name "{name}", which is no field',
                    at=table.at,
                    hint=nearest(name, [field.name for field in table.fields]),
                )

    def check_sql(self, check: Check) -> str:
        """There are none, and what nobody looks at had better not seem to be."""
        raise UnsupportedError(
            f'{self.title} has no checks, and "{check.name}" is one',
            at=check.at,
            hint="leave it out, or add it with schema_only=True and let whoever writes"
            " rows keep to it",
        )

    def references_sql(self, key: ForeignKey) -> str:
        """What a foreign key refers to; where nobody looks, nothing happens either."""
        plain = attrs.evolve(key, on_delete="NO ACTION", on_update="NO ACTION")
        return super().references_sql(plain)

    def check_index(self, index: Index) -> None:
        """Refuse a unique index of more than fields: nothing could declare it."""
        plain = index.where is None and len(index.field_names) == len(index.fields)
        if index.unique and not plain:
            raise UnsupportedError(
                f'{self.title} has no indexes, and no words for what "{index.name}"'
                " would keep apart",
                at=index.at,
                hint="leave the unique index out, or make it one of plain fields",
            )

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return f"SELECT 1 FROM information_schema.tables WHERE {self._of_table(name)}"

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        return (
            f"SELECT 1 FROM information_schema.columns WHERE {self._of_table(table)}"
            f" AND column_name = {self.text(name.lower())}"
        )

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such a constraint."""
        return (
            "SELECT 1 FROM information_schema.table_constraints"
            f" WHERE {self._of_table(table)}"
            f" AND constraint_name = {self.text(self.cut_name(name or '').lower())}"
        )

    def _of_table(self, name: str) -> str:
        namespace, own = self.place(name)
        where = self.text(namespace.lower()) if namespace else "current_schema()"
        return f"table_schema = {where} AND table_name = {self.text(own.lower())}"
