"""What the runner has to know of a database beyond the SQL it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.errors import ConfigError, LockError
from mm_engine.runner.owned import Words

if TYPE_CHECKING:
    import sqlalchemy as sa


class Trouble(Enum):
    """What kind of failure a driver speaks of; the value is a hint for people."""

    BUSY = "let the other one finish, or give it more time with --lock-timeout"
    FULL = "make room where the database lies, then run it again"
    READ_ONLY = "make the database file and its folder writable, or use another URL"
    REPLICA = "this server only reads; give the URL of the one that is written to"
    RIGHTS = "grant the user of the URL what is missing, or use another user"
    LOST = "look whether the server still runs, then run it again"
    NO_DATABASE = "look at the URL: it names something else"
    DAMAGED = "the file is damaged: put a copy from before in its place"
    UNREACHABLE = "look at the URL, at the rights, and whether it is there"
    ROWS = "rows that are there do not fit; mend them first, or in a RunSQL before it"
    IN_USE = "let whoever uses the table finish, then run it again"
    STOPPED = (
        "the server was told to stop it, by its statement_timeout or by somebody:"
        " give it more time"
    )
    EXISTS = (
        "somebody made it by hand: drop it or rename it;"
        ' or if it is right, "migrate fake" records the migration'
    )
    OTHER = ""


class LostLeaseError(LockError):
    """Somebody else may migrate by now: the lock was for a time, which is over."""

    @classmethod
    def to(cls, holder: str | None) -> LostLeaseError:
        """The error, with whoever has the lock now."""
        return cls(
            "the lock of this database was lost while this process stood still"
            + (f"; it is held by {holder}" if holder else ""),
            hint='let the other one finish, then look at "migrate status"',
        )


Stamp: TypeAlias = tuple[int, ...]
"""Numbers that differ after somebody else has added or taken out rows of a table."""


@attrs.frozen
class Begun:
    """A transaction that is open: whether others are kept out, and a table's stamp."""

    is_locked: bool
    stamp: Stamp | None = None


class Backend:
    """What holds for any database; narrowed by those that need more."""

    database: str | None = None
    """The type of database that it is for."""

    has_namespaces = False
    """Whether tables lie in namespaces, which their names say before a point."""

    words = Words()
    """What our own tables are made of."""

    savepoints: tuple[str, str | None, str] = (
        "SAVEPOINT {}",
        "RELEASE SAVEPOINT {}",
        "ROLLBACK TO SAVEPOINT {}",
    )
    """What makes a part of a transaction, ends it, and undoes it, by its name."""

    locks_sessions = False
    """Whether the lock is a session's, so that no transaction brings it along."""

    deals_numbers = True
    """Whether it gives a row of ours its number, and tells which; else we count."""

    patience: float = 0.0
    """Seconds to wait for somebody else who migrates."""

    @property
    def complaints(self) -> tuple[type[Exception], ...]:
        """Exceptions of the driver that SQLAlchemy does not know as errors."""
        return ()

    def server_text(self, connection: sa.Connection) -> str | None:
        """What a server says that it is, where that chooses among kin."""
        del connection
        return None

    def check(self, connection: sa.Connection) -> None:
        """Raise ``ConfigError`` for a server that we cannot work with.

        That is one that is too old, and one that is of another type than was said.
        """
        del connection

    def check_type(self, told: str | None) -> None:
        """Raise ``ConfigError`` where a server tells that it is of another type."""
        if told is not None and told != self.database:
            raise ConfigError(
                f"the type of the database is {self.database}, but the server says"
                f" that it is {told}",
                hint=f"set DB_TYPE or database.type to {told}, or use another URL",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """The connection with settings fit for migrating, put back afterwards.

        ``is_own`` says that no transaction of the caller's is open on it.
        """
        del connection, is_own, patience
        yield

    def ended(
        self, connection: sa.Connection, answer: sa.CursorResult[tuple[object, ...]]
    ) -> None:
        """Wait for what a statement has begun beside the session; here nothing is."""
        del connection, answer

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """Whether the database has a transaction open, whatever SQLAlchemy thinks."""
        return connection.in_transaction()

    def enforces_foreign_keys(self, connection: sa.Connection) -> bool:
        """Whether foreign keys are looked after on this connection right now."""
        del connection
        return True

    def begun(
        self, connection: sa.Connection, statement: str, table: str | None
    ) -> Begun:
        """Begin a transaction, try to lock it, and then read the stamp of a table.

        Nobody is waited for: what is open without its lock has to be rolled back.
        """
        connection.exec_driver_sql(statement).close()
        is_locked = self.has_lock(connection)
        if not is_locked or table is None:
            return Begun(is_locked)
        return Begun(is_locked, self.stamp(connection, table))

    def has_lock(self, connection: sa.Connection) -> bool:
        """Whether the transaction that is open keeps other migrators out now.

        Nobody is waited for; here beginning it was enough.
        """
        del connection
        return True

    @contextmanager
    def waiting(self, connection: sa.Connection, seconds: float) -> Iterator[None]:
        """A block whose statements wait so long for a lock on a table, and then fail.

        Here nothing is changed: readers wait as the connection was told to.
        """
        del connection, seconds
        yield

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Whether other migrators are kept out for a block without a transaction.

        Waits for the one who is there; here nobody is kept out.
        """
        del connection
        yield True

    def prove(self, connection: sa.Connection) -> None:
        """Raise ``LostLeaseError`` where the lock was for a time, and is lost.

        Asked before something is written that only its holder may write; here a lock
        cannot be lost without its connection.
        """
        del connection

    def stamp(self, connection: sa.Connection, table: str) -> Stamp:
        """The stamp of a table, so that its rows need not be read each time."""
        rows, newest = connection.exec_driver_sql(stamp_sql(table)).one()
        return (rows, newest or 0)

    def stamp_with(self, stamp: Stamp, number: int) -> Stamp:
        """That stamp after a row of ours with that number, without asking."""
        rows, newest = stamp
        return (rows + 1, max(newest, number))

    def trouble(self, error: BaseException | None) -> Trouble:
        """What kind of failure an error of the driver is."""
        del error
        return Trouble.OTHER

    def said(self, error: object) -> str:
        """What an error of the driver says, as people should read it."""
        return str(error)

    def holder(self, connection: sa.Connection) -> str | None:
        """Who holds the lock, in words, where that can be seen."""
        del connection
        return None


def stamp_sql(table: str) -> str:
    """What asks for the stamp of a table."""
    return f"SELECT count(*), max(id) FROM {table}"
