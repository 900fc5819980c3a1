"""The facts and words of TiDB, where they are not MySQL's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import attrs

from mm_engine.dialects import tidb_limits as limits
from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import Features, ForeignKeys
from mm_engine.dialects.mysql import MySQL
from mm_engine.dialects.mysql_types import is_document
from mm_engine.dialects.names import Version
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL, ValueSQL
from mm_engine.dialects.tidb_defaults import default_words
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.databases import TIDB
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Timestamp, TimestampTZ


class TiDBWords(MySQL):
    """What TiDB is told; older facts are stated beside the others."""

    name = TIDB
    title = "TiDB"
    features = Features.like(
        MySQL.features,
        unique_in_the_database=("check",),
        descending_indexes=False,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {
        (8,): {"default_expressions": False},
        (7, 4): {"enforces_checks": False},
        (6, 6): {"foreign_keys": ForeignKeys.DECLARED},
    }
    stored_by: ClassVar[Mapping[str, str]] = {"charset": "utf8mb4"}
    kept_by = ("charset", "collate", "auto_id_cache", "shard_row_id_bits")
    table_options = (*kept_by, "pre_split_regions", "clustered", "placement", "ttl")
    field_options = (*MySQL.field_options, "auto_random")
    index_options = ("prefix",)
    types: ClassVar[Mapping[str, str]] = {
        **MySQL.types,
        # A DATETIME has no clock in UTC: that is no default here.
        "timestamptz": "TIMESTAMP(6)",
    }
    clocked = (Timestamp, TimestampTZ)
    drops_checks_by = "DROP CONSTRAINT"
    has_json_table = False

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is; its numbers may be dealt out at random."""
        column = super().column(field, schema)
        bits = limits.random_bits(self, field)
        if bits is None:
            return column
        return attrs.evolve(column, not_null=True, says=f"AUTO_RANDOM({bits})")

    def column_sql(self, column: Column) -> str:
        """A column, all of it."""
        said = super().column_sql(column)
        return f"{said} {column.says}" if column.says else said

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether TiDB gives a row a number of its own here."""
        is_random = limits.random_bits(self, field) is not None
        return is_random or super().counts_up(table, field, schema)

    def default_words(self, made: ValueSQL, type_: TypeSQL) -> ExpressionSQL:
        """A value as DEFAULT takes it: a constant, or one of few functions."""
        return default_words(super().default_words(made, type_), type_)

    def bears_default(self, type_: TypeSQL) -> bool:
        """Whether a column of a type can have a constant as its default."""
        return not is_document(type_)

    def key_clause(self, table: Table, key: PrimaryKey) -> str:
        """The clause of a primary key, and whether rows lie in its order."""
        kind = "CLUSTERED" if limits.is_clustered(self, table) else "NONCLUSTERED"
        return f"{self.primary_key_sql(key)} /*T![clustered_index] {kind} */"

    def storage(self, table: Table) -> dict[str, str]:
        """What a table is kept by, where, and how long its rows are."""
        return {**super().storage(table), **limits.kept_apart(self, table)}

    def resets(self, key: str) -> str:
        """What makes one of these what it is where nobody says it."""
        return limits.RESETS.get(key, f"{key}=0")

    def kept_sql(
        self, kept: str, queries: Sequence[str], table: Table, schema: Schema
    ) -> Iterable[str]:
        """What makes a table of rows: it is there before a query fills it."""
        yield limits.bare_table(self, kept, table, schema)
        yield from (f"INSERT INTO {kept} {query}" for query in queries)

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if there is such a constraint; checks lie apart."""
        found = super().constraint_exists_sql(table, name).removesuffix(" LIMIT 1")
        return f"{found}{limits.or_check_sql(self, name)}"
