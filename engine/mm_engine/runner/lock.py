"""One migrator at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from mm_engine.errors import LockError
from mm_engine.runner.backend import Backend, Begun, Stamp, Trouble
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa


def begin(
    connection: sa.Connection,
    statement: str,
    backend: Backend,
    table: str | None = None,
) -> Stamp | None:
    """Begin a transaction that keeps other migrators out, after whoever holds it.

    Gives the stamp that a table has now, if there is one to ask for.

    One who waits has no transaction open meanwhile: an index that is built
    concurrently would wait for it in its turn. SQLite's ``BEGIN IMMEDIATE`` is the lock
    itself, and waits for the busy timeout. Raises ``LockError`` when the time is over.
    """
    for _ in tries(backend.patience):
        try:
            begun = _begun(connection, statement, backend, table)
            if begun.is_locked:
                return begun.stamp
        except BaseException:
            _roll_back(connection)
            raise
        _roll_back(connection)
    raise lock_error(connection, backend)


def hold(connection: sa.Connection, backend: Backend) -> None:
    """Keep other migrators out of the transaction that the caller has open.

    Raises ``LockError`` when the time is over, with the transaction still open.
    """
    if not any(backend.has_lock(connection) for _ in tries(backend.patience)):
        raise lock_error(connection, backend)


@contextmanager
def outside(connection: sa.Connection, backend: Backend) -> Iterator[None]:
    """Keep other migrators out for a block, in which no transaction has to be open.

    Raises ``LockError`` when the time is over.
    """
    with backend.locked(connection) as is_ours:
        if not is_ours:
            raise lock_error(connection, backend)
        yield


def around(connection: sa.Connection, backend: Backend) -> AbstractContextManager[None]:
    """What a transaction has to stand in, where it does not bring the lock along."""
    return outside(connection, backend) if backend.locks_sessions else nullcontext()


def lock_error(connection: sa.Connection, backend: Backend) -> LockError:
    """What is said when the lock was not to be had, with its holder if known."""
    holder = backend.holder(connection)
    return LockError(
        "somebody else holds the lock of this database"
        + (f": {holder}" if holder else ""),
        hint=Trouble.BUSY.value,
    )


def _begun(
    connection: sa.Connection, statement: str, backend: Backend, table: str | None
) -> Begun:
    from sqlalchemy.exc import DBAPIError

    try:
        return backend.begun(connection, statement, table)
    except DBAPIError as error:
        if backend.trouble(error.orig) is Trouble.BUSY:
            raise lock_error(connection, backend) from error
        raise


def _roll_back(connection: sa.Connection) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    # Of a connection that broke nothing is left to be rolled back.
    with suppress(SQLAlchemyError):
        connection.exec_driver_sql("ROLLBACK").close()
