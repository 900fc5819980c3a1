"""Vertica as a server and a connection, and a lock that a second session holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.model.databases import VERTICA
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.keeper import TABLE, Keeper
from mm_engine.runner.owned import Words

if TYPE_CHECKING:
    import sqlalchemy as sa

HAVE_LOCK = f'CREATE TABLE IF NOT EXISTS "{TABLE}" ("id" INTEGER)'

TAKE_LOCK = f'LOCK TABLE "{TABLE}" IN EXCLUSIVE MODE NOWAIT'
"""Fails where another session has it (docs.vertica.com, LOCK TABLE)."""

_STATES = {
    "55V03": Trouble.IN_USE,
    "40V01": Trouble.IN_USE,
    "57014": Trouble.STOPPED,
    "42501": Trouble.RIGHTS,
    "53100": Trouble.FULL,
    "42P07": Trouble.EXISTS,
    "42701": Trouble.EXISTS,
    "42710": Trouble.EXISTS,
    "3D000": Trouble.NO_DATABASE,
}
_CLASSES = {
    "08": Trouble.LOST,
    "57": Trouble.LOST,
    "22": Trouble.ROWS,
    "23": Trouble.ROWS,
}


class _Driver(Protocol):
    """What vertica-python's connection has."""

    autocommit: bool
    transaction_status: str | None


class Vertica(Backend):
    """A cluster. DDL ends the transaction it stands in, and with it every lock.

    So a session of its own locks a table, and does nothing else: the lock is freed
    when it ends, however it does.
    """

    database = VERTICA
    has_namespaces = True
    locks_sessions = True
    deals_numbers = False
    words = Words(
        key="INTEGER NOT NULL PRIMARY KEY ENABLED",
        unique=" UNIQUE ENABLED",
        text="LONG VARCHAR",
    )

    def __init__(self) -> None:
        """A backend of one session, which remembers what it holds."""
        self._keeper = Keeper(HAVE_LOCK, (TAKE_LOCK,), self._is_refusal)

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
            connection.exec_driver_sql("ROLLBACK").close()
        driver.autocommit = True
        try:
            yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                driver.autocommit = autocommit

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server said with its last answer."""
        status = _driver(connection).transaction_status
        return status not in (None, "no_transaction")

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the lock on a session of its own; who has it already goes on."""
        with self._keeper.held(connection.engine, self.patience) as is_ours:
            yield is_ours

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the SQLSTATE, which is PostgreSQL's but for a few."""
        state = str(getattr(error, "sqlstate", None) or "")
        return _STATES.get(state, _CLASSES.get(state[:2], Trouble.OTHER))

    def _is_refusal(self, error: BaseException | None) -> bool:
        return self.trouble(error) is Trouble.IN_USE


def _driver(connection: sa.Connection) -> _Driver:
    return cast("_Driver", connection.connection.driver_connection)
