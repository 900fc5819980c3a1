"""A lock that is a row with an end, where no connection can hold a lock.

Whoever waits only reads until the row is free: on some servers the wish to write would
end the transaction of the one who migrates. For the same reason nothing beside that
transaction renews the row: its holder does so before whatever he writes, in the same
transaction where there is one, and learns there that he has lost it.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import attrs

from mm_engine.runner import owned
from mm_engine.runner.backend import LostLeaseError
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_lock"

LASTS = 300
"""Seconds that a row holds for others, if its holder dies without giving it back."""

MADE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE}"
    " (id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, host TEXT NOT NULL,"
    " process INTEGER NOT NULL, ends_at BIGINT NOT NULL)"
)

SQLITE_CLOCK = "CAST(strftime('%s', 'now') AS INTEGER)"
POSTGRESQL_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)"
"""Seconds by the server's clock, which all who migrate share."""


@attrs.frozen
class Lease:
    """One holder: a process, and a token that no other has."""

    token: str
    host: str
    process: int

    clock: str
    """What the server calls the seconds that it is."""

    @classmethod
    def here(cls, clock: str) -> Lease:
        """A holder in this process."""
        return cls(uuid4().hex, socket.gethostname(), os.getpid(), clock)

    def take(self, connection: sa.Connection) -> bool:
        """Whether the row is ours now; nothing is written while it is another's."""
        owned.have(connection, TABLE, MADE)
        found = _rows(connection, found_sql(self.clock))
        if found and not _is_dead(found[0]):
            return False
        _run(connection, self.taking_sql(str(found[0][0]) if found else None))
        return self._is_ours(connection)

    def prove(self, connection: sa.Connection) -> None:
        """Hold the row for the whole of its time again.

        Raises ``LostLeaseError`` where it is another's by now, or its time was over.
        """
        _run(connection, self.renewing_sql)
        if not self._is_ours(connection):
            raise LostLeaseError.to(holder(connection, self.clock))

    def give_back(self, connection: sa.Connection) -> None:
        """Let the next one have it."""
        _run(connection, self.freeing_sql)

    def taking_sql(self, freed: str | None) -> str:
        """What takes the row if its time is over, or from a holder who is dead."""
        mine = f"'{self.token}', {_text(self.host)}, {self.process}"
        dead = f" OR {TABLE}.token = '{freed}'" if freed else ""
        return (
            f"INSERT INTO {TABLE} (id, token, host, process, ends_at) VALUES"
            f" (1, {mine}, {self.clock} + {LASTS})"
            " ON CONFLICT (id) DO UPDATE SET token = excluded.token,"
            " host = excluded.host, process = excluded.process,"
            f" ends_at = excluded.ends_at WHERE {TABLE}.ends_at <= {self.clock}{dead}"
        )

    @property
    def renewing_sql(self) -> str:
        """What gives the row its whole time again, as long as it has any."""
        return (
            f"UPDATE {TABLE} SET ends_at = {self.clock} + {LASTS}"
            f" WHERE token = '{self.token}' AND ends_at > {self.clock}"
        )

    @property
    def freeing_sql(self) -> str:
        """What takes the row away."""
        return f"DELETE FROM {TABLE} WHERE token = '{self.token}'"

    @property
    def asking_sql(self) -> str:
        """What has a row as long as the lease is ours."""
        return (
            f"SELECT 1 FROM {TABLE}"
            f" WHERE token = '{self.token}' AND ends_at > {self.clock}"
        )

    def _is_ours(self, connection: sa.Connection) -> bool:
        return bool(_rows(connection, self.asking_sql))


@attrs.define(eq=False)
class Leased:
    """What one session holds of the row, if anything."""

    clock: str
    lease: Lease | None = None

    @contextmanager
    def held(self, connection: sa.Connection, patience: float) -> Iterator[bool]:
        """Whether the row is ours for the block; who has it already goes on."""
        if self.lease is not None:
            yield True
            return
        wanted = Lease.here(self.clock)
        is_ours = any(wanted.take(connection) for _ in tries(patience))
        self.lease = wanted if is_ours else None
        try:
            yield is_ours
        finally:
            self.lease = None
            # Of a connection that broke the row stays until its end.
            with suppress(Exception):
                if is_ours:
                    wanted.give_back(connection)

    def prove(self, connection: sa.Connection) -> None:
        """Renew what is held; raises ``LostLeaseError`` where it is lost."""
        if self.lease is not None:
            self.lease.prove(connection)


def found_sql(clock: str) -> str:
    """What asks who holds the row, and for how long."""
    return (
        f"SELECT token, host, process, ends_at - {clock} FROM {TABLE}"
        f" WHERE ends_at > {clock}"
    )


def holder(connection: sa.Connection, clock: str) -> str | None:
    """Who holds the row, in words."""
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(TABLE):
        return None
    found = _rows(connection, found_sql(clock))
    if not found:
        return None
    _, host, process, left = found[0]
    return f"process {process} on {host}, for {left} s more if it has died"


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
