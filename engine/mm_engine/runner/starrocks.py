"""StarRocks as a server: jobs that are waited for, and a table that is the lock."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mm_engine.dialects.starrocks import JOB
from mm_engine.errors import ConfigError
from mm_engine.model.databases import STARROCKS
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.owned import Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

OLDEST = (3, 3, 2)
"""The first version that renames columns (docs.starrocks.io, ALTER TABLE)."""

LOCK = "makemigrations_lock"
"""The table that is there while somebody migrates; its comment says who."""

PAUSE = 0.2
"""Seconds between two questions after a job."""

_KEPT = ("sql_mode", "enable_insert_strict", "time_zone")
_EXISTS = re.compile(r"already exists", re.IGNORECASE)
_ALTERED = re.compile(r"ALTER TABLE `((?:[^`]|``)+)`")
_NUMBERS = {
    Trouble.RIGHTS: (1044, 1045, 1142, 1227, 5203),
    Trouble.LOST: (1053, 2006, 2013),
    Trouble.NO_DATABASE: (1046, 1049),
    Trouble.EXISTS: (1050, 1060),
    Trouble.UNREACHABLE: (2002, 2003, 2005),
}
_TROUBLES = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}


class JobError(Exception):
    """A change of a table that was begun, and ended badly."""


class StarRocks(Backend):
    """A cluster, and a lock that is a table: making one twice is refused by it.

    There is neither GET_LOCK nor a transaction that keeps others out, and a row of a
    table with a primary key is replaced by the next that is inserted.
    """

    database = STARROCKS
    locks_sessions = True
    patience = 0.0
    words = Words(
        counter="BIGINT NOT NULL AUTO_INCREMENT",
        key="BIGINT NOT NULL",
        unique="",
        word="VARCHAR(1020)",
        text="VARCHAR(1048576)",
        number="BIGINT",
        moment="DATETIME",
        ending=" PRIMARY KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 1",
    )

    @property
    def complaints(self) -> tuple[type[Exception], ...]:
        """A job that ended badly is told as an error of the driver is."""
        return (JobError,)

    def server_text(self, connection: sa.Connection) -> str:
        """What the cluster says that it is: VERSION() is that of its protocol."""
        return str(connection.exec_driver_sql("SELECT CURRENT_VERSION()").scalar_one())

    def check(self, connection: sa.Connection) -> None:
        """Refuse a cluster that is too old, and a URL without a database."""
        text = self.server_text(connection)
        found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
        version = tuple(map(int, found.groups())) if found else OLDEST
        if version < OLDEST:
            least = ".".join(map(str, OLDEST))
            raise ConfigError(
                f"StarRocks {text} is too old",
                hint=f"a cluster of version {least} or later is needed",
            )
        if connection.exec_driver_sql("SELECT DATABASE()").scalar_one() in (None, ""):
            raise ConfigError(
                "the URL names a server and no database on it",
                hint="write its name at the end:"
                " starrocks://user:password@host:9030/name",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """What scripts set on the connection is set back afterwards."""
        self.patience = patience
        if not is_own:
            yield
            return
        asked = ", ".join(f"@@{name}" for name in _KEPT)
        before = connection.exec_driver_sql(f"SELECT {asked}").one()
        connection.exec_driver_sql("SET time_zone = '+00:00'").close()
        try:
            yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                for name, value in zip(_KEPT, before, strict=True):
                    said = str(value) if isinstance(value, int) else f"'{value}'"
                    connection.exec_driver_sql(f"SET {name} = {said}").close()

    def ended(
        self, connection: sa.Connection, answer: sa.CursorResult[tuple[object, ...]]
    ) -> None:
        """Wait for the job that a statement began, if it began one."""
        self.settle(connection, str(answer.context.statement or ""))

    def settle(self, connection: sa.Connection, sql: str) -> None:
        """Wait for the job that a statement began, if it began one.

        Raises ``JobError`` if it ended badly: nothing has changed then.
        """
        found = _ALTERED.match(sql)
        if found is None or not sql.endswith(JOB):
            return
        table = found[1].replace("``", "`").replace("\\", "\\\\").replace("'", "\\'")
        question = (
            "SHOW ALTER TABLE COLUMN"
            f" WHERE TableName = '{table}' ORDER BY CreateTime DESC LIMIT 1"
        )
        while True:
            row = connection.exec_driver_sql(question).mappings().fetchone()
            state = str(row["State"]) if row else "FINISHED"
            if state == "FINISHED":
                return
            if state == "CANCELLED":
                raise JobError(str(row["Msg"]) if row else state)
            time.sleep(PAUSE)

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the lock by making its table; who holds it already keeps it."""
        mine = _mark(connection)
        if _said(connection) == mine:
            yield True
            return
        is_ours = self._is_taken(connection, mine)
        try:
            yield is_ours
        finally:
            with suppress(Exception):
                if is_ours:
                    connection.exec_driver_sql(f"DROP TABLE `{LOCK}` FORCE").close()

    def holder(self, connection: sa.Connection) -> str | None:
        """Who made the table of the lock; nobody drops it for one who died."""
        found = _said(connection)
        return found and f"{found} (if that is gone: DROP TABLE {LOCK} FORCE)"

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the number of the error, which is MySQL's where there is one."""
        match getattr(error, "args", ()):
            case (int() as number, *_):
                return _TROUBLES.get(number, Trouble.OTHER)
            case _:
                return Trouble.OTHER

    def _is_taken(self, connection: sa.Connection, mine: str) -> bool:
        from sqlalchemy.exc import DBAPIError

        for _ in tries(self.patience):
            try:
                connection.exec_driver_sql(lock_sql(mine)).close()
            except DBAPIError as error:
                if not _EXISTS.search(str(error.orig)):
                    raise
            else:
                return True
        return False


def lock_sql(who: str) -> str:
    """What takes the lock: a table that can be made once."""
    return (
        f"CREATE TABLE `{LOCK}` (`id` BIGINT NOT NULL) PRIMARY KEY (`id`)"
        f" COMMENT '{who}' DISTRIBUTED BY HASH (`id`) BUCKETS 1"
    )


def _said(connection: sa.Connection) -> str | None:
    """The comment of the lock's table, if there is one."""
    found = connection.exec_driver_sql(
        "SELECT table_comment FROM information_schema.tables"
        f" WHERE table_schema = DATABASE() AND table_name = '{LOCK}'"
    ).scalar()
    return str(found) if found is not None else None


def _mark(connection: sa.Connection) -> str:
    """Who we are: this process, by its connection."""
    number = connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one()
    return re.sub(
        r"[^\w.: -]",
        "_",
        f"connection {number} of process {os.getpid()} on {socket.gethostname()}",
    )
