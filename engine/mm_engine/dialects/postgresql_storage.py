"""How PostgreSQL stores a table or index: parameters of storage, and what is logged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql_words import PostgreSQLWords

# https://www.postgresql.org/docs/18/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS
OF_TABLES = (
    *("fillfactor", "toast_tuple_target", "parallel_workers", "user_catalog_table"),
    *("autovacuum_enabled", "autovacuum_vacuum_threshold"),
    *("autovacuum_vacuum_max_threshold", "autovacuum_vacuum_scale_factor"),
    *("autovacuum_vacuum_insert_threshold", "autovacuum_vacuum_insert_scale_factor"),
    *("autovacuum_analyze_threshold", "autovacuum_analyze_scale_factor"),
    *("autovacuum_vacuum_cost_delay", "autovacuum_vacuum_cost_limit"),
    *("autovacuum_freeze_min_age", "autovacuum_freeze_max_age"),
    *("autovacuum_freeze_table_age", "autovacuum_multixact_freeze_min_age"),
    *("autovacuum_multixact_freeze_max_age", "autovacuum_multixact_freeze_table_age"),
    *("log_autovacuum_min_duration", "vacuum_index_cleanup", "vacuum_truncate"),
    "vacuum_max_eager_freeze_failure_rate",
)
# https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-STORAGE-PARAMETERS
OF_INDEXES = (
    *("fillfactor", "deduplicate_items", "buffering", "fastupdate"),
    *("gin_pending_list_limit", "pages_per_range", "autosummarize"),
)
_VALUE = re.compile(r"-?[0-9]+(\.[0-9]+)?|[A-Za-z]+")


def parameters(said: Iterable[str], part: Table | Index) -> dict[str, str]:
    """What is said as name=value, by name.

    Raises ``UnsupportedError`` for a name that PostgreSQL has not, and for no value.
    """
    known = OF_TABLES if isinstance(part, Table) else OF_INDEXES
    found: dict[str, str] = {}
    for text in said:
        name, _, value = (word.strip() for word in text.partition("="))
        if name not in known:
            raise UnsupportedError(
                f'PostgreSQL has no storage parameter "{name}" here',
                at=part.at,
                hint=nearest(name, known) or f"it has {', '.join(known)}",
            )
        if not _VALUE.fullmatch(value):
            raise UnsupportedError(
                f'the storage parameter "{name}" is a number or a word, not "{value}"',
                at=part.at,
                hint="write it as in with: [fillfactor=70]",
            )
        found[name] = value
    return found


def listed(chosen: Mapping[str, str]) -> str:
    """Parameters as WITH and SET take them."""
    return ", ".join(f"{name}={value}" for name, value in chosen.items())


def clause(chosen: Mapping[str, str]) -> str:
    """Parameters behind a table or index; nothing where there are none."""
    return f" WITH ({listed(chosen)})" if chosen else ""


def check_unlogged(words: PostgreSQLWords, schema: Schema) -> None:
    """Refuse a logged table that refers to one which is empty after a crash."""
    unlogged = {
        t.name for t in schema.tables.values() if t.options and words.is_unlogged(t)
    }
    for name in sorted(unlogged):
        for table, key in schema.references_to(name):
            if table.name not in unlogged:
                raise UnsupportedError(
                    f'foreign key "{key.name}" of "{table.name}" refers to "{name}",'
                    " which is unlogged and may be empty after a crash",
                    at=key.at,
                    hint="make both unlogged, the one that refers first, or none",
                )
