"""Indexes of ClickHouse, which let it pass over parts of a table that cannot match.

https://clickhouse.com/docs/engines/table-engines/mergetree-family/mergetree#table_engine-mergetree-data_skipping-indexes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mm_engine.dialects.clickhouse_storage import no_uniqueness
from mm_engine.dialects.sql import type_text
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Index

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse_words import ClickHouseWords

USUAL = "minmax"
"""What an index is of that says no type of ours.

It takes fields of every type and any number of them, answers comparisons and ranges as
the index of another database does, and is of the same small size whatever it holds.
"""

_METHODS = {
    "hash": "bloom_filter",
    "minmax": "minmax",
    "bloom_filter": "bloom_filter",
    "set": "set(0)",
}
"""Types that a method of an index means; of all other methods it is the usual one."""


def index_clause(dialect: ClickHouseWords, index: Index) -> str:
    """The clause of an index, as CREATE TABLE and ADD take it."""
    if index.unique:
        raise no_uniqueness(dialect.title, "unique index", index)
    options = dialect.chosen(index.options, dialect.index_options)
    dialect.check_index(index)
    parts = list(dialect.index_parts(index))
    what = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
    said = dialect.single(options, "type")
    kind = said or _METHODS.get(index.method or "", USUAL)
    granularity = dialect.single(options, "granularity") or "1"
    if not granularity.isdecimal() or not int(granularity):
        raise UnsupportedError(
            f'the granularity of index "{index.name}" is no number: "{granularity}"',
            at=index.at,
            hint="it counts granules, as in granularity: 4",
        )
    type_ = type_text(kind, dialect.features)
    name = dialect.part_name(index.name)
    return f"INDEX {name} {what} TYPE {type_} GRANULARITY {granularity}"
