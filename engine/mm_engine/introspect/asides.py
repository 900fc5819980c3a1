"""Something asked of PostgreSQL that leaves the connection as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from mm_engine.errors import LockError

if TYPE_CHECKING:
    import sqlalchemy as sa

Rows: TypeAlias = list[tuple[object, ...]]

PATIENCE = "1s"
"""How long to wait for a table that somebody is altering: the server looks at the
table whenever it writes down an expression, and that is all we ever wait for."""

_SAVEPOINT = "makemigrations_aside"
_AS_IT_IS = {"no_parameters": True}
_IDLE = 0
_LOCKED = "55P03"


class _Info(Protocol):
    @property
    def transaction_status(self) -> int: ...


class _Driver(Protocol):
    """What psycopg's connection has, in version 2 and 3."""

    autocommit: bool

    @property
    def info(self) -> _Info: ...

    def rollback(self) -> None: ...


def run(connection: sa.Connection, text: str) -> None:
    """Send a text of one or more statements as it is; ``%`` means itself."""
    connection.exec_driver_sql(text, execution_options=_AS_IT_IS).close()


def rows(connection: sa.Connection, query: str) -> Rows:
    """The rows of a query, sent as it is."""
    found = connection.exec_driver_sql(query, execution_options=_AS_IT_IS)
    return [tuple(row) for row in found]


@contextmanager
def aside(connection: sa.Connection) -> Iterator[None]:
    """A transaction that is always undone, or such a part of the one that is open.

    What is set or made in it is gone afterwards, after an error too, and a transaction
    of the caller's goes on. Raises ``LockError`` for a table that is being altered.
    """
    from sqlalchemy.exc import DBAPIError

    was_begun = connection.in_transaction()
    driver = cast("_Driver", connection.connection.driver_connection)
    is_inside = int(driver.info.transaction_status) != _IDLE
    try:
        _begin(connection, driver, is_inside=is_inside)
        yield
    except DBAPIError as error:
        with suppress(DBAPIError):
            _undo(connection, driver, is_inside=is_inside)
        if sqlstate(error) == _LOCKED:
            raise LockError(
                "somebody is altering a table of this database right now",
                hint="let the other one finish, then do it again",
            ) from error
        raise
    except BaseException:
        # A connection that broke has nothing left to undo.
        with suppress(Exception):
            _undo(connection, driver, is_inside=is_inside)
        raise
    else:
        _undo(connection, driver, is_inside=is_inside)
    finally:
        if not was_begun and connection.in_transaction():
            connection.rollback()


def sqlstate(error: BaseException) -> str:
    """The five letters by which PostgreSQL tells its errors apart."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    return str(state or "")


def _begin(connection: sa.Connection, driver: _Driver, *, is_inside: bool) -> None:
    if is_inside:
        run(connection, f"SAVEPOINT {_SAVEPOINT}")
    else:
        if driver.autocommit:
            run(connection, "BEGIN")
        # All questions see the same state; a standby takes this level too.
        run(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    run(connection, f"SET LOCAL lock_timeout = '{PATIENCE}'")


def _undo(connection: sa.Connection, driver: _Driver, *, is_inside: bool) -> None:
    if is_inside:
        run(connection, f"ROLLBACK TO {_SAVEPOINT}; RELEASE {_SAVEPOINT}")
    elif driver.autocommit:
        run(connection, "ROLLBACK")
    else:
        driver.rollback()
