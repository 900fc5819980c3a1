"""A file of SQLite's that is only looked at, through Python's own driver.

To look at the history takes a few milliseconds; to import SQLAlchemy for it takes
longer than all else that ``migrate status`` does.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from mm_engine.runner import sqlite
from mm_engine.runner.connect import unreachable
from mm_engine.runner.url import Url
from mm_engine.runner.waiting import GLANCE

RECOVERABLE = (
    "SQLITE_READONLY_ROLLBACK",
    "SQLITE_READONLY_RECOVERY",
    "SQLITE_READONLY_CANTINIT",
)
"""A writer was killed; SQLite rolls its work back for those who may write."""

Rows: TypeAlias = tuple[tuple[str, ...], list[dict[str, object]]]
"""The columns of a table, and its rows; no column where there is no table."""


def file_rows(url: Url, root: Path, table: str) -> Rows:
    """All rows of a table. No file is made, and nobody who writes is waited for.

    Raises ``ConfigError`` or ``LockError`` where it cannot be read.
    """
    import sqlite3

    try:
        try:
            return _rows(sqlite.file_uri(url, root, is_read_only=True), table)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in RECOVERABLE:
                raise
            return _rows(sqlite.file_uri(url, root, must_exist=True), table)
    except sqlite3.Error as error:
        raise unreachable(error, sqlite.SQLite(), url) from None


def _rows(uri: str, table: str) -> Rows:
    with closing(sqlite.open_connection(uri, GLANCE)) as connection:
        there = connection.execute(
            "SELECT 1 FROM sqlite_schema"
            " WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE",
            (table,),
        )
        if there.fetchone() is None:
            return (), []
        found = connection.execute(f"SELECT * FROM {table}")
        columns = tuple(name for name, *_ in found.description)
        return columns, [dict(zip(columns, row, strict=True)) for row in found]
