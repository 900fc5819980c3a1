"""A lock that is a row with an end, where no connection can hold a lock.

Whoever waits only reads until the row is free: on some servers the wish to write would
end the transaction of the one who migrates.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_lock"

LASTS = 300
"""Seconds that a row holds for others, if its holder dies without giving it back."""

_MADE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE}"
    " (id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, host TEXT NOT NULL,"
    " process INTEGER NOT NULL, ends_at INTEGER NOT NULL)"
)
_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_FOUND = (
    f"SELECT token, host, process, ends_at - {_NOW} FROM {TABLE} WHERE ends_at > {_NOW}"
)


@attrs.frozen
class Lease:
    """One holder: a process, and a token that no other has."""

    token: str
    host: str
    process: int

    @classmethod
    def here(cls) -> Lease:
        """A holder in this process."""
        return cls(uuid4().hex, socket.gethostname(), os.getpid())

    def take(self, connection: sa.Connection) -> bool:
        """Whether the row is ours now; nothing is written while it is another's."""
        if not _is_there(connection):
            _run(connection, _MADE)
        found = _rows(connection, _FOUND)
        if found and not _is_dead(found[0]):
            return False
        mine = f"'{self.token}', {_text(self.host)}, {self.process}"
        freed = f" OR token = '{found[0][0]}'" if found else ""
        _run(
            connection,
            f"INSERT INTO {TABLE} (id, token, host, process, ends_at) VALUES"
            f" (1, {mine}, {_NOW} + {LASTS})"
            " ON CONFLICT (id) DO UPDATE SET token = excluded.token,"
            " host = excluded.host, process = excluded.process,"
            f" ends_at = excluded.ends_at WHERE ends_at <= {_NOW}{freed}",
        )
        return bool(
            _rows(connection, f"SELECT 1 FROM {TABLE} WHERE token = '{self.token}'")
        )

    def give_back(self, connection: sa.Connection) -> None:
        """Let the next one have it."""
        _run(connection, f"DELETE FROM {TABLE} WHERE token = '{self.token}'")


def holder(connection: sa.Connection) -> str | None:
    """Who holds the row, in words."""
    if not _is_there(connection):
        return None
    found = _rows(connection, _FOUND)
    if not found:
        return None
    _, host, process, left = found[0]
    return f"process {process} on {host}, for {left} s more if it has died"


def _is_there(connection: sa.Connection) -> bool:
    return bool(
        _rows(connection, f"SELECT 1 FROM sqlite_schema WHERE name = '{TABLE}'")
    )


def _is_dead(row: tuple[object, ...]) -> bool:
    """Whether the holder was a process of this machine, and is no more."""
    _, host, process, _ = row
    # On Windows the number 0 is no question but Ctrl-C.
    if host != socket.gethostname() or sys.platform == "win32":
        return False
    try:
        os.kill(int(str(process)), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _rows(connection: sa.Connection, sql: str) -> list[tuple[object, ...]]:
    found = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    return [tuple(row) for row in found]


def _run(connection: sa.Connection, sql: str) -> None:
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True}).close()


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
