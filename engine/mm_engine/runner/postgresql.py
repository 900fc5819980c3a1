"""PostgreSQL as a server and a connection: opened, prepared, locked, understood."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.errors import ConfigError
from mm_engine.model.databases import AURORADSQL, POSTGRESQL, REDSHIFT
from mm_engine.runner.backend import Backend, Begun, Trouble, stamp_sql
from mm_engine.runner.owned import Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

OLDEST = 14
"""The oldest version that gets security fixes (postgresql.org/support/versioning)."""

REDSHIFT_VERSION = (8, 0, 2)

DSQL_HOST = re.compile(r"\w+\.dsql(-\w+)?\.[\w-]+\.on\.aws")

KEYS = tuple(
    zlib.crc32(word) >> 1 for word in (b"makemigrations", b"makemigrations_history")
)
"""The advisory lock's two numbers; the server keeps it apart for each database."""

HEARTBEAT = "500ms"
"""How often a server looks whether the client of a running statement is there."""

_TRY = f"SELECT pg_try_advisory_xact_lock({KEYS[0]}, {KEYS[1]})"
_TRY_OUTSIDE = f"SELECT pg_try_advisory_lock({KEYS[0]}, {KEYS[1]})"
_FREE = f"SELECT pg_advisory_unlock({KEYS[0]}, {KEYS[1]})"
_HOLDER = f"""
SELECT l.pid, a.usename, a.application_name, a.client_addr::text
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
    AND l.classid = {KEYS[0]} AND l.objid = {KEYS[1]}
    AND l.database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = current_database())
"""

_STATES = {
    "55P03": Trouble.IN_USE,
    "40P01": Trouble.IN_USE,
    "57014": Trouble.STOPPED,
    "25006": Trouble.REPLICA,
    "42501": Trouble.RIGHTS,
    "53100": Trouble.FULL,
    "57P01": Trouble.LOST,
    "57P02": Trouble.LOST,
    "57P03": Trouble.LOST,
    "42P07": Trouble.EXISTS,
    "42701": Trouble.EXISTS,
    "42710": Trouble.EXISTS,
    "42723": Trouble.EXISTS,
    "3D000": Trouble.NO_DATABASE,
}
_CLASSES = {"08": Trouble.LOST, "22": Trouble.ROWS, "23": Trouble.ROWS}


class _Driver(Protocol):
    """What psycopg's connection has, in version 2 and 3."""

    autocommit: bool

    @property
    def info(self) -> _Info: ...

    def rollback(self) -> None: ...


class _Info(Protocol):
    # 0 where no transaction is open.
    @property
    def transaction_status(self) -> int: ...


class PostgreSQL(Backend):
    """A server, and an advisory lock: a transaction's, or a session's without one."""

    database = POSTGRESQL
    has_namespaces = True
    words = Words(counter="SERIAL PRIMARY KEY", moment="TIMESTAMP WITH TIME ZONE")

    def check(self, connection: sa.Connection) -> None:
        """Refuse a server that is too old, or only speaks like PostgreSQL."""
        version = connection.dialect.server_version_info or ()
        self.check_type(kin_of(connection.engine.url.host, version))
        if version < (OLDEST,):
            said = ".".join(str(part) for part in version)
            raise ConfigError(
                f"PostgreSQL {said} is too old",
                hint=f"a server of version {OLDEST} or later is needed",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Begin nothing by itself, wait for the lock as long as told."""
        self.patience = patience
        driver = _driver(connection)
        autocommit = driver.autocommit
        if not is_own:
            yield
            return
        if self.is_in_transaction(connection):
            driver.rollback()
        driver.autocommit = True
        try:
            with _missed_when_gone(connection), _unprepared(connection):
                yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                driver.autocommit = autocommit

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server said with its last answer."""
        return int(_driver(connection).info.transaction_status) != 0

    def begun(
        self, connection: sa.Connection, statement: str, table: str | None
    ) -> Begun:
        """All of it in one text, so that the server is waited for once.

        A text's statements see what was committed before each of them: the stamp is of
        what the last holder of the lock has left. Only psycopg 3 gives the rows of all.
        """
        dialect = connection.dialect
        if dialect.driver != "psycopg" or dialect.is_async:
            return super().begun(connection, statement, table)
        asked = [statement, _TRY, *([stamp_sql(table)] if table else [])]
        (is_locked,), *stamps = _answers(connection, "; ".join(asked))
        stamp = next(((rows, newest or 0) for rows, newest in stamps), None)
        return Begun(bool(is_locked), stamp)

    def has_lock(self, connection: sa.Connection) -> bool:
        """Try to get the lock for this transaction.

        It is the server's own: a process that dies loses it with its connection. It is
        asked for and not waited for in a statement, which would hold a snapshot, and
        break the transaction when the time is over.
        """
        return bool(connection.exec_driver_sql(_TRY).scalar_one())

    @contextmanager
    def waiting(self, connection: sa.Connection, seconds: float) -> Iterator[None]:
        """Set the timeout of locks, for one who alters the table meanwhile."""
        # Zero would mean for ever.
        timeout = f"{max(round(seconds * 1000), 1)}ms"
        with _set(connection, "lock_timeout", timeout):
            yield

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the same lock for the session, which begins no transaction."""
        is_ours = any(
            connection.exec_driver_sql(_TRY_OUTSIDE).scalar_one()
            for _ in tries(self.patience)
        )
        try:
            yield is_ours
        finally:
            # A connection that broke has given it back.
            with suppress(Exception):
                if is_ours:
                    connection.exec_driver_sql(_FREE).close()

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the SQLSTATE (postgresql.org/docs/current/errcodes-appendix)."""
        state = str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", ""))
        lost = "closed the connection" in str(error) or "connection is" in str(error)
        if lost and not _STATES.get(state):
            return Trouble.LOST
        return _STATES.get(state, _CLASSES.get(state[:2], Trouble.OTHER))

    def holder(self, connection: sa.Connection) -> str | None:
        """The server process that holds the lock, and whose it is."""
        found = connection.exec_driver_sql(_HOLDER).fetchall()
        told = [
            f"server process {pid}"
            + (f" ({name})" if name else "")
            + (f" of {user}" if user else "")
            + (f" from {address.partition('/')[0]}" if address else "")
            for pid, user, name, address in found
        ]
        return ", ".join(told) or None


def kin_of(host: str | None, version: tuple[object, ...]) -> str | None:
    """Which kin of PostgreSQL a server is, where that can be told without asking.

    Redshift has the number of the PostgreSQL that it was made from, Aurora DSQL a host
    name of its own:
    https://docs.aws.amazon.com/redshift/latest/dg/r_VERSION.html
    https://docs.aws.amazon.com/aurora-dsql/latest/userguide/accessing.html
    """
    if version == REDSHIFT_VERSION:
        return REDSHIFT
    return AURORADSQL if DSQL_HOST.fullmatch(host or "") else None


def _answers(connection: sa.Connection, text: str) -> tuple[tuple[int, ...], ...]:
    """The first row of each query in a text; SQLAlchemy gives one query's alone."""
    from sqlalchemy.exc import DBAPIError

    with closing(connection.connection.cursor()) as cursor:
        try:
            cursor.execute(text)
        except connection.dialect.loaded_dbapi.Error as error:
            raise DBAPIError(text, None, error) from error
        found = []
        while cursor.nextset():
            found.append(tuple(cursor.fetchone() or ()))
        return tuple(found)


@contextmanager
def _missed_when_gone(connection: sa.Connection) -> Iterator[None]:
    """Let the server look, in the middle of a statement, whether we still live.

    Else a statement goes on without its client, and keeps the lock until its end.
    """
    with _set(connection, "client_connection_check_interval", HEARTBEAT):
        yield


@contextmanager
def _unprepared(connection: sa.Connection) -> Iterator[None]:
    """Let psycopg 3 prepare no statement that comes often; its version 2 prepares none.

    After each ``ALTER`` it throws away all that is prepared, which is one more answer
    to wait for, and prepares it anew, which is more of them.
    """
    name = "prepare_threshold"
    driver = connection.connection.driver_connection
    before = getattr(driver, name, None)
    if before is None:
        yield
        return
    setattr(driver, name, None)
    try:
        yield
    finally:
        setattr(driver, name, before)


@contextmanager
def _set(connection: sa.Connection, name: str, value: str) -> Iterator[None]:
    """Have a setting for a block; it stays as it is on a server that cannot have it."""
    from sqlalchemy.exc import DBAPIError

    try:
        before = str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
        connection.exec_driver_sql(f"SET {name} = '{value}'").close()
    except DBAPIError:
        # Not every system that a server runs on can look after its clients.
        yield
        return
    try:
        yield
    finally:
        # A transaction that broke brings it back by itself; a connection has none.
        with suppress(Exception):
            connection.exec_driver_sql(f"SET {name} = '{before}'").close()


def _driver(connection: sa.Connection) -> _Driver:
    """What SQLAlchemy calls anything is psycopg's class for this dialect.

    In an event loop it is SQLAlchemy's own around that, which waits for its answers.
    """
    return cast("_Driver", connection.connection.dbapi_connection)
