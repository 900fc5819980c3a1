"""Redshift as a server and a connection, and a lock that a second session holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.errors import UnsupportedError
from mm_engine.model.databases import REDSHIFT
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.keeper import TABLE, Keeper
from mm_engine.runner.owned import Words
from mm_engine.runner.postgresql import PostgreSQL, kin_of

if TYPE_CHECKING:
    import sqlalchemy as sa

HAVE_LOCK = f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER)"

TAKE_LOCK = ("SET LOCAL statement_timeout TO 500", f"LOCK TABLE {TABLE}")
"""LOCK knows no NOWAIT, so that its statement is given half a second to wait.

https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html
https://docs.aws.amazon.com/redshift/latest/dg/r_statement_timeout.html
"""

_WORDS = (
    ("Serializable isolation violation", Trouble.IN_USE),
    ("conflict with concurrent transaction", Trouble.IN_USE),
    ("communication error", Trouble.UNREACHABLE),
)
"""What it says of its own; what it has of PostgreSQL has PostgreSQL's numbers."""


class _Driver(Protocol):
    """What redshift_connector's connection has, and psycopg's but for the last."""

    autocommit: bool

    def rollback(self) -> None: ...

    @property
    def in_transaction(self) -> bool: ...


class Redshift(Backend):
    """A cluster or a workgroup. DDL stands in a transaction, but for little of it.

    It keeps no key, and of two who write the same table at once one is refused when he
    has done all his work. So a session of its own locks a table meanwhile, and does
    nothing else: the lock is freed when it ends, however it does. A transaction's view
    of the rows begins with its first query, which comes after the lock:
    https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
    """

    database = REDSHIFT
    has_namespaces = True
    locks_sessions = True
    deals_numbers = False
    words = Words(
        key="BIGINT NOT NULL PRIMARY KEY",
        word="VARCHAR(1020)",
        text="VARCHAR(65535)",
        number="BIGINT",
        now="GETDATE()",
    )
    _is_own = True

    def __init__(self) -> None:
        """A backend of one session, which remembers what it holds."""
        self._keeper = Keeper(HAVE_LOCK, TAKE_LOCK, self._is_refusal)

    def check(self, connection: sa.Connection) -> None:
        """Refuse a server that is of other kin."""
        version = connection.dialect.server_version_info or ()
        self.check_type(kin_of(connection.engine.url.host, version))

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Begin nothing by itself, wait for the lock as long as told."""
        self.patience, self._is_own = patience, is_own
        if not is_own:
            yield
            return
        driver = _driver(connection)
        autocommit = driver.autocommit
        if self.is_in_transaction(connection):
            driver.rollback()
        driver.autocommit = True
        try:
            yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                driver.autocommit = autocommit

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server said with its last answer."""
        driver = _driver(connection)
        if hasattr(driver, "in_transaction"):
            return driver.in_transaction
        return PostgreSQL().is_in_transaction(connection)

    def enforces_foreign_keys(self, connection: sa.Connection) -> bool:
        """Never: they are declared."""
        del connection
        return False

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the lock on a session of its own; who has it already goes on."""
        if not self._is_own:
            raise UnsupportedError(
                "your transaction has begun, and Redshift has no SAVEPOINT to undo a"
                " part of it alone",
                hint="pass an engine, or a connection that has begun nothing"
                " (connection.commit() before)",
            )
        with self._keeper.held(connection.engine, self.patience) as is_ours:
            yield is_ours

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the SQLSTATE, which is PostgreSQL's, and from Redshift's words."""
        said = self.said(error)
        found = next((kind for word, kind in _WORDS if word in said), None)
        return found or PostgreSQL().trouble(_Coded.of(error) or error)

    def said(self, error: object) -> str:
        """The server's message, where the driver gives all of its fields."""
        return _fields(error).get("M") or str(error)

    def _is_refusal(self, error: BaseException | None) -> bool:
        return self.trouble(error) in {Trouble.STOPPED, Trouble.IN_USE}


class _Coded(Exception):  # noqa: N818 - it only carries the number to where it is read
    """An error as PostgreSQL's drivers have it: its number is an attribute."""

    sqlstate: str

    @classmethod
    def of(cls, error: BaseException | None) -> _Coded | None:
        """The error with the number that redshift_connector puts among its fields."""
        state = _fields(error).get("C")
        if state is None:
            return None
        coded = cls(_fields(error).get("M"))
        coded.sqlstate = state
        return coded


def _fields(error: object) -> Mapping[str, str]:
    """The fields of the server's answer, by their letters; none of another error."""
    first = next(iter(getattr(error, "args", ())), None)
    return first if isinstance(first, dict) else {}


def _driver(connection: sa.Connection) -> _Driver:
    return cast("_Driver", connection.connection.dbapi_connection)
