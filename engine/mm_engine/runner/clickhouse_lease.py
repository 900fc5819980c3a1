"""A lock where there are none: a table that one process can make, and renews in time.

``CREATE TABLE`` fails where the table is there, so of all who want the next number one
gets it. The comment of the table says who holds it and for how long; a process that is
killed renews it no more, and when its time is over the next number is to be had. A
lock that is given back stays as a table whose comment says so, since one who read an
older number could not take the same number twice.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_lock_"
"""What the names of the tables begin with; the number follows."""

FREE = "free"
LASTS = 30
"""Seconds that it is held without being renewed, by the server's clock."""

RENEWED_EACH = 5.0
"""Seconds between two renewals."""

EXISTS = 57
"""TABLE_ALREADY_EXISTS, in ClickHouse's own list of errors."""

LEASES = (
    "SELECT name, comment, toInt64(toUnixTimestamp(now())), database"
    " FROM system.tables"
    f" WHERE database = currentDatabase() AND match(name, '^{TABLE}[0-9]+$')"
)
_SAID = re.compile(r"(?P<holder>.*); until (?P<until>\d+)")


@attrs.frozen
class Lease:
    """A table of ours as it stands there; ``now`` is the server's clock."""

    number: int
    comment: str
    now: int
    database: str

    @property
    def is_held(self) -> bool:
        """Whether somebody has it whose time is not over."""
        said = _SAID.fullmatch(self.comment)
        return said is not None and int(said["until"]) > self.now

    def is_of(self, table: str) -> bool:
        """Whether it is held, and is the one that was taken as this table."""
        return self.is_held and table == _table(self.database, self.number)

    @property
    def holder(self) -> str:
        """Who has it, and for how long it is certain."""
        said = _SAID.fullmatch(self.comment)
        if said is None:
            return self.comment
        left = int(said["until"]) - self.now
        return f"{said['holder']}; free in {left} s unless it is renewed"


def newest(connection: sa.Connection) -> Lease | None:
    """The lease that counts, if there ever was one."""
    found = [
        Lease(int(str(name).removeprefix(TABLE)), str(comment), int(now), str(database))
        for name, comment, now, database in connection.exec_driver_sql(LEASES)
    ]
    return max(found, key=lambda lease: lease.number, default=None)


def taken(connection: sa.Connection) -> str | None:
    """The table that makes the lease ours now; None where another has it.

    Its name says the database too, which another connection may not be in.
    """
    from sqlalchemy.exc import DBAPIError

    last = newest(connection)
    if last is not None and last.is_held:
        return None
    asked = "SELECT toInt64(toUnixTimestamp(now())), currentDatabase()"
    now, database = connection.exec_driver_sql(asked).one()
    table = _table(str(database), last.number + 1 if last else 1)
    words = f"CREATE TABLE {table} (held UInt8) ENGINE = Null COMMENT {_comment(now)}"
    try:
        connection.exec_driver_sql(words).close()
    except DBAPIError as error:
        if getattr(error.orig, "code", None) == EXISTS:
            return None
        raise
    if last is not None:
        old = _table(str(database), last.number)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old} SYNC").close()
    return table


@contextmanager
def renewed(engine: sa.Engine, table: str) -> Iterator[None]:
    """A block during which the lease is renewed, and free after it."""
    over = Event()
    keeper = Thread(target=_keep, args=(engine, table, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def give_back(connection: sa.Connection, table: str) -> None:
    """Let the next one have it at once."""
    _say(connection, table, f"'{FREE}'")


def _keep(engine: sa.Engine, table: str, over: Event) -> None:
    while not over.wait(RENEWED_EACH):
        # A server that cannot be reached now may be at the next time.
        with suppress(Exception), engine.connect() as connection:
            asked = connection.exec_driver_sql("SELECT toInt64(toUnixTimestamp(now()))")
            _say(connection, table, _comment(int(asked.scalar_one())))


def _say(connection: sa.Connection, table: str, comment: str) -> None:
    words = f"ALTER TABLE {table} MODIFY COMMENT {comment}"
    connection.exec_driver_sql(words).close()


def _table(database: str, number: int) -> str:
    escaped = database.replace("\\", "\\\\").replace("`", "``")
    return f"`{escaped}`.{TABLE}{number}"


def _comment(now: int) -> str:
    host = re.sub(r"[^\w.-]", "_", socket.gethostname())
    return f"'process {os.getpid()} on {host}; until {now + LASTS}'"
