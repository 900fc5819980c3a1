"""An engine of SQLAlchemy within the transaction of a connection.

What is committed by it is a savepoint's, and goes with the transaction around it.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import TimeoutError as NoneLeftError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import PoolProxiedConnection

    Connection = DBAPIConnection | PoolProxiedConnection

NAME = "mm_joined"
"""The savepoint's."""


class TwoConnectionsError(Exception):
    """A test wants a second connection while the only one is in use."""

    def __init__(self) -> None:
        super().__init__(
            "isolation rollback has one connection, and it is in use: end what uses it"
            ' first, or mark the test with isolation="truncate" or "clone"'
        )


class OneConnection(sa.pool.QueuePool):
    """A pool of a connection that is somebody else's, who will close it."""

    def connect(self) -> PoolProxiedConnection:
        """Hand it out, if nobody has it."""
        try:
            return super().connect()
        except NoneLeftError:
            taken = TwoConnectionsError()
        raise taken

    def dispose(self) -> None:
        """Keep it."""


def engine_on(connection: sa.Connection) -> sa.Engine:
    """An engine with that one connection, whose transactions are savepoints.

    Its own begin, commit and roll back, one after the other; a second connection while
    the first is in use raises ``TwoConnectionsError``.
    """
    raw = connection.connection.dbapi_connection
    dialect = copy.copy(connection.dialect)
    vars(dialect).update(do_begin=_begin, do_commit=_commit, do_rollback=_rollback)
    pool = OneConnection(
        lambda: raw,  # type: ignore[arg-type]  # it is open
        pool_size=1,
        max_overflow=0,
        timeout=0,
        reset_on_return=None,
        dialect=dialect,
    )
    return sa.Engine(pool, dialect, connection.engine.url)


def _begin(connection: Connection) -> None:
    _run(connection, f"SAVEPOINT {NAME}")


def _commit(connection: Connection) -> None:
    _run(connection, f"RELEASE SAVEPOINT {NAME}")


def _rollback(connection: Connection) -> None:
    _run(connection, f"ROLLBACK TO SAVEPOINT {NAME}")
    _run(connection, f"RELEASE SAVEPOINT {NAME}")


def _run(connection: Connection, sql: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
    finally:
        cursor.close()
