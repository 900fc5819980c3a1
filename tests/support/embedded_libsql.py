"""libSQL in this process, behind the few methods of Python's own driver that we use.

Its driver gives None for no rows, and takes parameters as a tuple alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import pytest

from live_sqlite import Live
from mm_engine.dialects.turso import Turso

if TYPE_CHECKING:
    import sqlite3


class Rows(list[tuple[object, ...]]):
    """What a statement gave."""

    def fetchall(self) -> list[tuple[object, ...]]:
        """All of it."""
        return list(self)

    def fetchone(self) -> tuple[object, ...] | None:
        """The first."""
        return next(iter(self), None)


class Embedded:
    """A database in memory."""

    def __init__(self) -> None:
        """Open it; it begins nothing by itself."""
        # Its module is made in Rust, and no type checker sees what is in it.
        driver = import_module("libsql")
        self._connection = driver.connect(":memory:", isolation_level=None)

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """One statement."""
        found = self._connection.execute(sql, tuple(parameters))
        return Rows(found.fetchall() or ())

    def close(self) -> None:
        """Let it go."""
        self._connection.close()


@pytest.fixture
def live_libsql() -> Live:
    """An empty database; skipped where the driver is not installed."""
    if find_spec("libsql") is None:
        pytest.skip("libsql is not installed")
    return Live(cast("sqlite3.Connection", Embedded()), dialect=Turso())
