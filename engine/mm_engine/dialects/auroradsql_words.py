"""What Aurora DSQL is told: PostgreSQL's words, and what it does not have of them.

What it takes is documented, and was seen in what a cluster answered in 2026-09:
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-sql-subsets.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import attrs

from mm_engine.dialects import postgresql_casts as casts
from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import (
    AutoUpdate,
    EnumStyle,
    Features,
    Transactions,
)
from mm_engine.dialects.names import Version
from mm_engine.dialects.postgresql_words import PostgreSQLWords
from mm_engine.dialects.sql import LiteralSQL, TypeSQL, ValueSQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import AURORADSQL
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Array, BigSerial, Char, EnumOf, Jsonb, Text, Varchar
from mm_engine.model.values import Default

COUNTED_BY_ONE = "1"
COUNTED_AHEAD = "65536"
"""The least that a session may take of a sequence at once, if it takes more than 1."""

MOST_INDEXES = 24
MOST_KEY_FIELDS = 8
LONGEST_KEY = 2000

_UNORDERED = ("JSON", "JSONB", "BYTEA")
"""Types that no key or index can hold."""


class AuroraDSQLWords(PostgreSQLWords):
    """The facts and words of Aurora DSQL, which has no versions to choose from."""

    name = AURORADSQL
    title = "Aurora DSQL"
    features = Features.like(
        PostgreSQLWords.features,
        transactional_ddl=Transactions.SINGLE,
        # It knows one isolation level, and refuses to be asked for another.
        begin="BEGIN",
        descending_indexes=False,
        index_methods=(),
        # Every index is built beside its writers, so nobody has to wish for it.
        concurrent_indexes=False,
        deferrable_uniques=False,
        renames_indexes=False,
        enums=EnumStyle.CHECK,
        has_arrays=False,
        auto_update=AutoUpdate.ABSENT,
        rows_a_transaction=3000,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {}
    types: ClassVar[Mapping[str, str]] = {
        **PostgreSQLWords.types,
        "serial": "BIGINT",
        "enum": "TEXT",
        "array": "JSONB",
    }
    field_options = ("generated", "cache")
    table_options: ClassVar[tuple[str, ...]] = ()
    index_options: ClassVar[tuple[str, ...]] = ()

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is; the check of its enum is called after it."""
        column = super().column(field, schema)
        if column.enum is not None:
            column = attrs.evolve(column, enum=field.name)
        if not column.identity:
            return column
        return attrs.evolve(column, sequence=f" (CACHE {self._cache(field)})")

    def _cache(self, field: Field) -> str:
        """How many numbers a session takes at once, which it may never use.

        What refers to a serial is an integer: numbers in leaps would outgrow it soon.
        """
        is_wide = isinstance(self.spoken(field.type), BigSerial)
        said = self.single(self.chosen(field.options, self.field_options), "cache")
        cache = said or (COUNTED_AHEAD if is_wide else COUNTED_BY_ONE)
        is_number = cache.isascii() and cache.isdigit()
        if not is_number or not (int(cache) == 1 or int(cache) >= int(COUNTED_AHEAD)):
            raise UnsupportedError(
                f"{self.title} keeps 1 number of a sequence at hand, or {COUNTED_AHEAD}"
                f' and more, not "{cache}"',
                at=field.at,
                hint="leave the option cache out, or say one of these",
            )
        return cache

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; an array is a document."""
        return super(PostgreSQLWords, self).type_sql(field, schema)

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant."""
        return super(PostgreSQLWords, self).literal(text, field, schema)

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field."""
        return super(PostgreSQLWords, self).default(value, field, schema)

    def enum_text(self, field: Field, schema: Schema) -> str | None:
        """A field of an enum is a text already."""
        del field, schema
        return None

    def side(self, field: Field, schema: Schema) -> casts.Side:
        """A field as one side of a change of type, as what it is kept as."""
        type_ = self.spoken(field.type)
        if isinstance(type_, Array):
            type_ = Jsonb()
        if isinstance(type_, EnumOf):
            type_ = Text()
        words, is_mapped = self.type_sql(field, schema), self.is_mapped(field, schema)
        return casts.side(type_, words, is_mapped=is_mapped)

    def index_sql(
        self, table: str, index: Index, *, if_not_exists: bool = False
    ) -> str:
        """The CREATE INDEX of an index, which is built beside its writers."""
        plain = attrs.evolve(index, method=None)
        sql = super().index_sql(table, plain, if_not_exists=if_not_exists)
        return sql.replace("INDEX ", "INDEX ASYNC ", 1)

    def kept_sql(
        self, kept: str, queries: Sequence[str], table: Table, schema: Schema
    ) -> Iterator[str]:
        """A table of the same columns, and its rows: no query makes one."""
        columns = ", ".join(
            f"{self.quote(field.name)} {self.type_sql(field, schema)}"
            for field in table.fields
        )
        yield f"CREATE TABLE {kept} ({columns})"
        yield from (f"INSERT INTO {kept} {query}" for query in queries)

    def check_table(self, table: Table, schema: Schema) -> None:
        """Refuse keys that it has not, or would only refuse when it builds them.

        https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
        """
        keys = [
            *((i.name, i.field_names) for i in table.indexes),
            *((unique.name, unique.fields) for unique in table.uniques),
        ]
        if table.primary_key:
            keys.append((table.primary_key.name, table.primary_key.fields))
        if len(keys) > MOST_INDEXES:
            raise UnsupportedError(
                f'"{table.name}" has {len(keys)} indexes, those of its keys too, and'
                f" {self.title} takes {MOST_INDEXES}",
                at=table.at,
                hint="leave out those that begin with the fields of another",
            )
        keys += [(key.name, key.fields) for key in table.foreign_keys]
        for name, fields in keys:
            self._check_key(table, str(name), fields, schema)

    def _check_key(
        self, table: Table, name: str, names: tuple[str, ...], schema: Schema
    ) -> None:
        if len(names) > MOST_KEY_FIELDS:
            raise UnsupportedError(
                f'"{name}" of {table.name} has {len(names)} fields, and {self.title}'
                f" takes {MOST_KEY_FIELDS} in one key",
                at=table.at,
                hint="let it carry the last ones (include), or leave them out",
            )
        fields = [table.field(field) for field in names]
        for field in fields:
            words = self.type_sql(field, schema)
            if words in _UNORDERED:
                raise UnsupportedError(
                    f'"{name}" of {table.name} would order rows by {field.name}, and'
                    f" {self.title} keeps no {words.lower()} in a key",
                    at=field.at,
                    hint="index a computed field (generated) or an expression of it",
                )
        length = sum(_letters(field) for field in fields)
        if length > LONGEST_KEY:
            raise UnsupportedError(
                f'"{name}" of {table.name} may be {length} letters long, and'
                f" {self.title} takes {LONGEST_KEY} in one key",
                at=table.at,
                hint="make its fields shorter, or index a part of them",
            )


def _letters(field: Field) -> int:
    return field.type.length if isinstance(field.type, Varchar | Char) else 0
