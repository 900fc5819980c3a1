"""A file of SQLite, brought back page by page."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from mm_pytest.databases.resets import HELD, PATIENCE, NotResetError, Reset

_DONE = 101
"""https://www.sqlite.org/rescode.html#done"""


class SQLiteReset(Reset):
    """Copies the template's pages into the file, be others connected to it."""

    def __init__(self, path: Path, template: Path) -> None:
        """Open both."""
        self._template = sqlite3.connect(template)
        self._file = sqlite3.connect(path, timeout=0)

    def __call__(self) -> None:
        """Bring back all there is, tables and counters as well as rows."""
        deadline = time.monotonic() + PATIENCE

        def told(status: int, remaining: int, total: int) -> None:
            """Called with every try, of which there is no end while it is locked."""
            del remaining, total
            if status != _DONE and time.monotonic() > deadline:
                raise NotResetError(HELD.format("database is locked"))

        self._template.backup(self._file, progress=told, sleep=0.01)

    def close(self) -> None:
        """Close both."""
        self._template.close()
        self._file.close()
