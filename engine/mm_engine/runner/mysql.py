"""MySQL, and what speaks like it, as a server and a connection."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol, cast

from mm_engine.errors import ConfigError
from mm_engine.model.databases import MYSQL, TIDB
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.owned import Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

OLDEST = {"MySQL": (5, 6), "MariaDB": (10, 5), "TiDB": (6, 5)}
"""The first version of each flavour that we know how to talk to.

MySQL 5.6 has fractions of seconds; MariaDB 10.5 renames columns and indexes
(mariadb.com/kb/en/alter-table); TiDB 6.5 locks by name (docs.pingcap.com, GET_LOCK).
"""

TYPES = {"TiDB": TIDB, "MariaDB": MYSQL}
"""What a flavour surely is; others may call themselves MySQL to please its clients."""

MODES = (
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_ENGINE_SUBSTITUTION",
    "NO_AUTO_VALUE_ON_ZERO",
)
"""The ``sql_mode`` that scripts are written for.

What does not fit is an error, quotes and backslashes mean what the dialect writes, and
a 0 that is written into a counting field stays one. Not NO_ZERO_DATE: a table with such
dates from long ago could not be altered at all.
"""

PATIENCE = 60
"""Seconds that a statement waits for a table in use; the server's own is a day or more.

All who come after it wait too, even those who only read.
"""

LONGEST_LOCK = 64
"""Characters that the name of a lock may have (dev.mysql.com, locking functions)."""

READ_ONLY = 1290
"""The error of whatever option forbids something, ``read_only`` among them."""

_IN_TRANSACTION = 1
"""SERVER_STATUS_IN_TRANS, a bit that each answer of the server carries."""

_NUMBERS = {
    Trouble.IN_USE: (1205, 1213, 3572),
    Trouble.STOPPED: (1317, 1969, 3024),
    Trouble.RIGHTS: (1044, 1142, 1143, 1227, 1370, 1419),
    Trouble.FULL: (3, 1021, 1114),
    Trouble.LOST: (1053, 1077, 1079, 1080, 1927, 2006, 2013, 2055),
    Trouble.NO_DATABASE: (1046, 1049),
    Trouble.EXISTS: (1050, 1060, 1061, 1304, 1359, 1826, 3822),
    Trouble.ROWS: (
        *(1048, 1062, 1138, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406),
        *(1451, 1452, 1557, 1586, 1690, 3819, 4025),
    ),
    Trouble.REPLICA: (READ_ONLY, 1792, 1836),
    Trouble.UNREACHABLE: (2002, 2003, 2005),
}
_TROUBLES = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}


class _Driver(Protocol):
    """What PyMySQL's and mysqlclient's connections have."""

    server_status: int


class MySQL(Backend):
    """A server, and a lock by name that belongs to a session."""

    database = MYSQL
    locks_sessions = True
    # Letters that differ in nothing but case are two; and MySQL 5.6 indexes so long a
    # name in this format alone.
    words = Words(
        counter="INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY",
        word="VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        text="LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        moment="DATETIME(6)",
        now="CURRENT_TIMESTAMP(6)",
        ending=" ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
    )

    def server_text(self, connection: sa.Connection) -> str:
        """What the server says when it is asked for its version."""
        return str(connection.exec_driver_sql("SELECT VERSION()").scalar_one())

    def check(self, connection: sa.Connection) -> None:
        """Refuse a server that is too old, and a URL without a database."""
        flavour, version = flavour_of(self.server_text(connection))
        self.check_type(TYPES.get(flavour))
        oldest = OLDEST.get(flavour)
        if oldest is not None and version < oldest:
            said, least = (".".join(map(str, each)) for each in (version, oldest))
            raise ConfigError(
                f"{flavour} {said} is too old",
                hint=f"a server of version {least} or later is needed",
            )
        if _database(connection) is None:
            raise ConfigError(
                "the URL names a server and no database on it",
                hint="write its name at the end: mysql://user:password@host:3306/name",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Commit by itself, be strict, keep foreign keys, wait no longer than told."""
        self.patience = patience
        if not is_own:
            yield
            return
        if self.is_in_transaction(connection):
            connection.exec_driver_sql("ROLLBACK").close()
        wanted = {
            "autocommit": "1",
            "sql_mode": f"'{','.join(MODES)}'",
            "foreign_key_checks": "1",
            "unique_checks": "1",
            "time_zone": "'+00:00'",
            "lock_wait_timeout": f"least(@@lock_wait_timeout, {PATIENCE})",
        }
        before = _settings(connection, tuple(wanted))
        _set(connection, wanted)
        try:
            yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                _set(connection, before)

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server said with its last answer."""
        driver = cast("_Driver", connection.connection.driver_connection)
        status = getattr(driver, "server_status", None)
        if status is None:
            return connection.in_transaction()
        return bool(int(status) & _IN_TRANSACTION)

    @contextmanager
    def waiting(self, connection: sa.Connection, seconds: float) -> Iterator[None]:
        """Set the timeout of locks, for one who alters the table meanwhile."""
        before = _settings(connection, ("lock_wait_timeout",))
        _set(connection, {"lock_wait_timeout": str(max(round(seconds), 1))})
        try:
            yield
        finally:
            with suppress(Exception):
                _set(connection, before)

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the lock for the session; who holds it already keeps it as it is.

        MySQL 5.6 counts no holders: taking it twice would free it at the first end.
        """
        name = lock_name(_database(connection) or "")
        if _answer(connection, "SELECT IS_USED_LOCK(%s) = CONNECTION_ID()", name):
            yield True
            return
        is_ours = self._is_taken(connection, name)
        try:
            yield is_ours
        finally:
            # A connection that broke has given it back.
            with suppress(Exception):
                if is_ours:
                    _answer(connection, "SELECT RELEASE_LOCK(%s)", name)

    def _is_taken(self, connection: sa.Connection, name: str) -> bool:
        """Try to get the lock, a second at a time as long as there is patience.

        The server lets those who wait have it in their order; but it notices that one
        of them is gone only at the end of a try.
        """
        deadline = time.monotonic() + self.patience
        for _ in tries(self.patience):
            whole = 1 if deadline - time.monotonic() >= 1 else 0
            if _answer(connection, f"SELECT GET_LOCK(%s, {whole})", name):
                return True
        return False

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the number of the error (dev.mysql.com, server error reference)."""
        number, text = _number_and_text(error)
        kind = _TROUBLES.get(number, Trouble.OTHER)
        if number == READ_ONLY and not re.search("read.only", text, re.IGNORECASE):
            return Trouble.OTHER
        return kind

    def said(self, error: object) -> str:
        """The server's text, and its number after it."""
        number, text = _number_and_text(error)
        return f"{text} ({number})" if number and text else str(error)

    def holder(self, connection: sa.Connection) -> str | None:
        """The connection that holds the lock, and whose it is where we may see it."""
        name = lock_name(_database(connection) or "")
        number = _answer(connection, "SELECT IS_USED_LOCK(%s)", name)
        if number is None:
            return None
        found = connection.exec_driver_sql(
            "SELECT user, host, time FROM information_schema.processlist"
            f" WHERE id = {int(str(number))}"
        ).fetchone()
        if found is None:
            return f"connection {number}"
        return f"connection {number} of {found[0]} from {found[1]}"


def flavour_of(text: str) -> tuple[str, tuple[int, ...]]:
    """Which kin of MySQL calls itself so, and its own version.

    >>> flavour_of("10.11.19-MariaDB-0+deb12u1")
    ('MariaDB', (10, 11, 19))
    >>> flavour_of("5.5.5-10.6.2-MariaDB-log")
    ('MariaDB', (10, 6, 2))
    >>> flavour_of("8.0.11-TiDB-v8.5.0")
    ('TiDB', (8, 5, 0))
    >>> flavour_of("8.4.3")
    ('MySQL', (8, 4, 3))
    """
    told = re.search(r"TiDB-v?(\d+(?:\.\d+)*)", text)
    if told is not None:
        return "TiDB", _numbers(told[1])
    if re.search("MariaDB", text, re.IGNORECASE):
        # Some say 5.5.5 first, for replicas that could not read 10.
        own = re.match(r"(?:5\.5\.5-)?(\d+(?:\.\d+)*)", text)
        return "MariaDB", _numbers(own[1] if own else "")
    own = re.match(r"\d+(?:\.\d+)*", text)
    return "MySQL", _numbers(own[0] if own else "")


def lock_name(database: str) -> str:
    """The name of a database's lock, which is one of the whole server.

    >>> lock_name("shop")
    'makemigrations:shop'
    >>> len(lock_name("x" * 64))
    64
    """
    name = f"makemigrations:{database}"
    if len(name) <= LONGEST_LOCK:
        return name
    digest = hashlib.sha256(database.encode()).hexdigest()
    return f"makemigrations:{digest}"[:LONGEST_LOCK]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)


def _number_and_text(error: object) -> tuple[int, str]:
    """Drivers give an error's number and text as their two arguments."""
    match getattr(error, "args", ()):
        case (int() as number, str() as text, *_):
            return number, text
        case _:
            return 0, str(error)


def _database(connection: sa.Connection) -> str | None:
    found = connection.exec_driver_sql("SELECT DATABASE()").scalar_one()
    return None if found is None else str(found)


def _answer(connection: sa.Connection, query: str, name: str) -> object:
    found: object = connection.exec_driver_sql(query, (name,)).scalar_one()
    return found


def _settings(connection: sa.Connection, names: tuple[str, ...]) -> dict[str, str]:
    """Settings of the session as SQL that sets them again."""
    asked = ", ".join(f"@@SESSION.{name}" for name in names)
    row = connection.exec_driver_sql(f"SELECT {asked}").one()
    return {
        name: str(value) if isinstance(value, int) else f"'{value}'"
        for name, value in zip(names, row, strict=True)
    }


def _set(connection: sa.Connection, values: dict[str, str]) -> None:
    said = ", ".join(f"{name} = {value}" for name, value in values.items())
    connection.exec_driver_sql(f"SET SESSION {said}").close()
