"""One migrator at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mm_engine.errors import LockError
from mm_engine.runner.backend import Backend, Trouble

if TYPE_CHECKING:
    import sqlalchemy as sa


def begin(connection: sa.Connection, statement: str, backend: Backend) -> None:
    """Begin the transaction that is the lock, and waits for whoever holds it.

    SQLite's ``BEGIN IMMEDIATE`` waits for the busy timeout; the kernel frees the lock
    of a process that dies. Raises ``LockError`` when the time is over.
    """
    from sqlalchemy.exc import DBAPIError

    try:
        connection.exec_driver_sql(statement).close()
    except DBAPIError as error:
        if backend.trouble(error.orig) is Trouble.BUSY:
            raise lock_error(connection, backend) from error
        raise


def hold(connection: sa.Connection, backend: Backend) -> None:
    """Keep other migrators out of the transaction that is open.

    Raises ``LockError`` when the time is over, with the transaction still open.
    """
    if not backend.has_lock(connection):
        raise lock_error(connection, backend)


def lock_error(connection: sa.Connection, backend: Backend) -> LockError:
    """What is said when the lock was not to be had, with its holder if known."""
    holder = backend.holder(connection)
    return LockError(
        "somebody else holds the lock of this database"
        + (f": {holder}" if holder else ""),
        hint=Trouble.BUSY.value,
    )
