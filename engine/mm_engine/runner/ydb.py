"""YDB as a database and a connection, and a lock that is a row with a term."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.model.databases import YDB as NAME
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.owned import Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

LEASE = 60
"""Seconds after which a row that nobody renewed holds nothing."""

LOCK = "makemigrations_lock"
HAVE_LOCK = (
    f"CREATE TABLE IF NOT EXISTS `{LOCK}` (`name` Utf8 NOT NULL, `holder` Utf8,"
    " `until` Timestamp, PRIMARY KEY (`name`))"
)
_TERM = f'CurrentUtcTimestamp() + Interval("PT{LEASE}S")'
_KEY = "'migrate'u"
TAKE_LOCK = (
    f"INSERT INTO `{LOCK}` (`name`, `holder`, `until`)"
    f" VALUES ({_KEY}, '{{holder}}'u, {_TERM})"
)
"""Fails where there is a row; a holder is a number of ours, with no quotes in it."""

TAKE_OVER = (
    f"UPDATE `{LOCK}` SET `holder` = '{{holder}}'u, `until` = {_TERM}"
    f" WHERE `name` = {_KEY} AND `until` < CurrentUtcTimestamp()"
)
RENEW = (
    f"UPDATE `{LOCK}` SET `until` = {_TERM}"
    f" WHERE `name` = {_KEY} AND `holder` = '{{holder}}'u"
)
FREE = f"DELETE FROM `{LOCK}` WHERE `name` = {_KEY} AND `holder` = '{{holder}}'u"
WHOSE = f"SELECT `holder` FROM `{LOCK}` WHERE `name` = {_KEY}"

_WORDS = (
    ("ALREADY_EXISTS", Trouble.EXISTS),
    ("path exist", Trouble.EXISTS),
    ("PRECONDITION_FAILED", Trouble.ROWS),
    ("UNAUTHORIZED", Trouble.RIGHTS),
    ("access denied", Trouble.RIGHTS),
    ("ABORTED", Trouble.IN_USE),
    ("OVERLOADED", Trouble.IN_USE),
    ("UNAVAILABLE", Trouble.LOST),
    ("BAD_SESSION", Trouble.LOST),
)
"""Statuses as errors say them: ydb.tech/docs/en/reference/ydb-sdk, status codes."""


class _Driver(Protocol):
    """What a connection of ydb-dbapi has."""

    interactive_transaction: bool


class YDB(Backend):
    """A database of a cluster. What is sent is a transaction of its own."""

    database = NAME
    locks_sessions = True
    deals_numbers = False
    words = Words(
        key="Int64 NOT NULL",
        unique="",
        word="Utf8",
        text="Utf8",
        number="Int64",
        moment="Timestamp",
        now="",
        inside=", PRIMARY KEY (id)",
    )
    _holder: str | None = None

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Wait for the lock as long as told."""
        del connection, is_own
        self.patience = patience
        yield

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """Whether the driver was told to begin transactions of several statements."""
        driver = cast("_Driver", connection.connection.driver_connection)
        return driver.interactive_transaction and connection.in_transaction()

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the row, and renew it meanwhile; who holds it already goes on."""
        if self._holder is not None:
            yield True
            return
        holder = uuid.uuid4().hex
        with connection.engine.connect() as keeper:
            _run(keeper, HAVE_LOCK)
            is_ours = any(_is_taken(keeper, holder) for _ in tries(self.patience))
            if not is_ours:
                yield False
                return
            self._holder = holder
            over = threading.Event()
            beat = threading.Thread(
                target=_renewed, args=(keeper, holder, over), daemon=True
            )
            beat.start()
            try:
                yield True
            finally:
                self._holder = None
                over.set()
                beat.join()
                # Of a connection that broke the row is free when its term is over.
                with suppress(Exception):
                    _run(keeper, FREE.format(holder=holder))

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the words of the error: the driver has no numbers."""
        said = str(error)
        return next((kind for word, kind in _WORDS if word in said), Trouble.OTHER)


def _is_taken(keeper: sa.Connection, holder: str) -> bool:
    from sqlalchemy.exc import DBAPIError

    # A row that is there makes the first fail, and the second may take it over.
    with suppress(DBAPIError):
        _run(keeper, TAKE_LOCK.format(holder=holder))
    _run(keeper, TAKE_OVER.format(holder=holder))
    found = keeper.exec_driver_sql(WHOSE).scalar()
    return (found.decode() if isinstance(found, bytes) else found) == holder


def _renewed(keeper: sa.Connection, holder: str, over: threading.Event) -> None:
    """Renew the row until it is over; nothing else speaks on this connection."""
    while not over.wait(LEASE / 4):
        # One beat may be missed; the next may reach the database again.
        with suppress(Exception):
            _run(keeper, RENEW.format(holder=holder))


def _run(connection: sa.Connection, sql: str) -> None:
    connection.exec_driver_sql(sql).close()
