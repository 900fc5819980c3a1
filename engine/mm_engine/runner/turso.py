"""libSQL's server as a connection: what is set on it, its lock, its troubles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.runner import lease
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.owned import Words

if TYPE_CHECKING:
    import sqlalchemy as sa

_SAID = (
    (r"transaction timed out|TRANSACTION_TIMEOUT", Trouble.IN_USE),
    (r"database is locked|database table is locked|SQLITE_BUSY", Trouble.BUSY),
    (r"constraint failed", Trouble.ROWS),
    (r"already exists", Trouble.EXISTS),
    (r"disk is full|SQLITE_FULL", Trouble.FULL),
    (r"malformed|not a database", Trouble.DAMAGED),
    (r"readonly|read.only|write is blocked|writes are blocked", Trouble.REPLICA),
    (r"HTTP status 40[13]", Trouble.RIGHTS),
    (r"HTTP status 404", Trouble.NO_DATABASE),
    (r"stream.*(expired|closed|not found)|baton", Trouble.LOST),
    (r"Connection reset|Broken pipe|RemoteDisconnected|IncompleteRead", Trouble.LOST),
    (r"request to \S+ failed", Trouble.UNREACHABLE),
)
"""What the server and its driver say; codes of SQLite's come with few of them."""

_PREFIX = re.compile(r"(HTTP status 500: )?(Internal Error: )?(SQLite error: )?")


class _Driver(Protocol):
    """What libSQL's drivers have of Python's own."""

    in_transaction: bool


class Turso(Backend):
    """A server that keeps a connection's state for as long as it is used.

    It ends a transaction after five seconds if somebody else wants to write, and takes
    a connection that says nothing for ten seconds for dead (libsql-server). So one who
    waits must not try to write meanwhile: the lock is a row, with an end.
    """

    words = Words(word="TEXT", moment="TEXT")
    locks_sessions = True

    def __init__(self) -> None:
        """A backend of one session, which remembers what it holds."""
        self._leased = lease.Leased(lease.SQLITE_CLOCK)

    @property
    def complaints(self) -> tuple[type[Exception], ...]:
        """What the driver in Rust raises for everything."""
        return (ValueError,)

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Keep foreign keys, which is what a new connection to a server does."""
        self.patience = patience
        if is_own:
            if self.is_in_transaction(connection):
                connection.exec_driver_sql("ROLLBACK").close()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON").close()
        yield

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server said with its last answer."""
        driver = cast("_Driver", connection.connection.driver_connection)
        return driver.in_transaction

    def enforces_foreign_keys(self, connection: sa.Connection) -> bool:
        """What the pragma says."""
        return bool(connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one())

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the row for as long as the block lasts; who holds it keeps it."""
        with self._leased.held(connection, self.patience) as is_ours:
            yield is_ours

    def prove(self, connection: sa.Connection) -> None:
        """Renew the row, in the transaction that is open if one is."""
        self._leased.prove(connection)

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the words of the error."""
        found = (
            kind
            for words, kind in _SAID
            if re.search(words, str(error), re.IGNORECASE | re.DOTALL)
        )
        return next(found, Trouble.OTHER) if error is not None else Trouble.OTHER

    def said(self, error: object) -> str:
        """The server's text, without what only says that it is one."""
        return _PREFIX.sub("", str(error), count=1)

    def holder(self, connection: sa.Connection) -> str | None:
        """The process that holds the row, and for how long it can."""
        return lease.holder(connection, lease.SQLITE_CLOCK)
