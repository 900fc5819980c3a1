"""Turso and libSQL: SQLite behind a server, which keeps its connections clean."""

from __future__ import annotations

import re
from typing import ClassVar

from mm_engine.dialects.features import Features
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import TURSO

_REFUSED = re.compile(
    r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(?:"
    r"(?P<vacuum>VACUUM)\b|"
    r"(?P<own>CREATE\s+TEMP(?:ORARY)?)\b|"
    r"(?P<analyze>ANALYZE)\b|"
    r"PRAGMA\s+(?:\w+\.)?(?P<pragma>\w+)\s*(?P<value>[=(])?)",
    re.IGNORECASE | re.DOTALL,
)
_PRAGMAS = frozenset(
    [
        *("defer_foreign_keys", "foreign_keys", "foreign_key_list", "table_info"),
        *("foreign_key_check", "collation_list", "data_version", "freelist_count"),
        *("integrity_check", "legacy_file_format", "page_count", "quick_check"),
        *("stats", "user_version", "table_list", "index_list", "table_xinfo"),
        *("index_info", "index_xinfo", "pragma_list", "compile_options", "encoding"),
        *("database_list", "function_list", "module_list"),
    ]
)
"""What the server takes with a value (libsql-server, query_analysis.rs)."""


class Turso(SQLite):
    """libSQL as its server serves it: no state of a connection but its transaction."""

    name = TURSO
    title = "Turso"
    features = Features.like(SQLite.features)
    # Every libSQL that there is descends from SQLite 3.39 or later.
    facts_before = SQLite.facts_before
    # The server takes neither PRAGMA legacy_alter_table nor CREATE TEMP TABLE
    # (libsql-server, query_analysis.rs).
    renames_blindly: ClassVar[bool] = False
    has_temporary_tables: ClassVar[bool] = False

    def split(self, text: str, *, transactional: bool = True) -> tuple[str, ...]:
        """The single statements of a text; none that the server would refuse."""
        pieces = super().split(text, transactional=transactional)
        for piece in pieces:
            _check(piece)
        return pieces


def _check(piece: str) -> None:
    found = _REFUSED.match(piece)
    if found is None:
        return
    if found["own"]:
        raise UnsupportedError(
            "Turso's server has no temporary tables, views or triggers",
            hint="make a table that lasts, and drop it at the end",
        )
    if found["pragma"]:
        if found["value"] and found["pragma"].lower() not in _PRAGMAS:
            raise UnsupportedError(
                f"Turso's server takes no PRAGMA {found['pragma']} with a value",
                hint="leave it out; the server sets its connections itself",
            )
        return
    raise UnsupportedError(
        f"Turso's server takes no {(found['vacuum'] or found['analyze']).upper()}",
        hint="leave it out; the server looks after its files itself",
    )
