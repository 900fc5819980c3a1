"""SQL Server as a server and a connection: prepared, locked, understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mm_engine.errors import ConfigError
from mm_engine.model.databases import SQLSERVER
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.owned import Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

OLDEST = 13
"""SQL Server 2016: DROP IF EXISTS and OPENJSON are as old as that."""

CLOUD = (5, 8, 12)
"""Editions of Azure and Fabric, which go with the newest and call themselves 12.

https://learn.microsoft.com/sql/t-sql/functions/serverproperty-transact-sql
"""

LOCK = "makemigrations"
"""The application lock; the server keeps it apart for each database."""

PATIENCE_MS = 60_000
"""Milliseconds that a statement waits for a table in use; the server's own is ever.

All who come after it wait too, even those who only read.
"""

SETTINGS = (
    "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL,"
    " QUOTED_IDENTIFIER ON"
)
"""What indexes with a WHERE and computed columns ask for, whatever the driver says."""

SERVER = (
    "SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS INT),"
    " CAST(SERVERPROPERTY('EngineEdition') AS INT)"
)

HELD = f"SELECT APPLOCK_MODE(N'public', N'{LOCK}', N'Session')"
FREE = f"EXEC sp_releaseapplock @Resource = N'{LOCK}', @LockOwner = N'Session'"
HOLDER = f"""
SELECT l.request_session_id, s.login_name, s.host_name, s.program_name
FROM sys.dm_tran_locks AS l
LEFT JOIN sys.dm_exec_sessions AS s ON s.session_id = l.request_session_id
WHERE l.resource_type = 'APPLICATION' AND l.request_status = 'GRANT'
    AND l.resource_database_id = DB_ID()
    AND l.resource_description LIKE '%{LOCK}%'
"""

_NUMBERS = {
    Trouble.IN_USE: (1205, 1222),
    Trouble.STOPPED: (596, 3617),
    Trouble.RIGHTS: (*(229, 230, 262, 297, 300, 916, 1088, 2557), *(15151, 15247)),
    Trouble.FULL: (1101, 1105, 9002, 40544),
    Trouble.READ_ONLY: (3906, 3908),
    Trouble.REPLICA: (978, 3952),
    Trouble.LOST: (233, 6005, 10053, 10054, 20003, 20004, 20006, 20047),
    Trouble.NO_DATABASE: (911, 4060),
    Trouble.UNREACHABLE: (18456, 20002, 20009),
    Trouble.EXISTS: (1779, 1913, 2705, 2714, 2759, 15335),
    Trouble.ROWS: (
        *(220, 241, 242, 245, 248, 515, 547, 1505, 2601, 2627, 2628, 4901),
        *(8114, 8115, 8152, 8169, 13608, 13609),
    ),
}
_TROUBLES = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}
_IN_TEXT = re.compile(r"\((\d{3,5})\)")


def taking(owner: str) -> str:
    """What tries to get the lock, and tells whether it was had: not below zero.

    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
    """
    return (
        "SET NOCOUNT ON;\nDECLARE @had INT;\n"
        f"EXEC @had = sp_getapplock @Resource = N'{LOCK}', @LockMode = N'Exclusive',"
        f" @LockOwner = N'{owner}', @LockTimeout = 0;\nSELECT @had"
    )


class SQLServer(Backend):
    """A server, and an application lock: a transaction's, or a session's without."""

    database = SQLSERVER
    has_namespaces = True
    savepoints = ("SAVE TRANSACTION {}", None, "ROLLBACK TRANSACTION {}")
    # Letters that differ in nothing but case are two.
    words = Words(
        counter="INT IDENTITY(1, 1) NOT NULL PRIMARY KEY",
        key="INT NOT NULL PRIMARY KEY",
        word="NVARCHAR(255) COLLATE Latin1_General_100_BIN2",
        text="NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2",
        number="INT",
        moment="DATETIME2(6)",
        now="SYSDATETIME()",
        adds="ADD",
    )

    def check(self, connection: sa.Connection) -> None:
        """Refuse a server that is too old."""
        version, edition = connection.exec_driver_sql(SERVER).one()
        if (version or 0) < OLDEST and edition not in CLOUD:
            raise ConfigError(
                f"SQL Server of version {version} is too old",
                hint="SQL Server 2016 (version 13) or later is needed",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Begin nothing by itself, end all of a transaction with its first failure."""
        self.patience = patience
        if not is_own:
            yield
            return
        driver = connection.connection.dbapi_connection
        dialect = connection.dialect
        if driver is None:  # a connection that is gone has nothing to prepare
            yield
            return
        if self.is_in_transaction(connection):
            connection.exec_driver_sql("ROLLBACK").close()
        dialect.set_isolation_level(driver, "AUTOCOMMIT")
        for said in (SETTINGS, "SET XACT_ABORT ON", f"SET LOCK_TIMEOUT {PATIENCE_MS}"):
            connection.exec_driver_sql(said).close()
        try:
            yield
        finally:
            # A connection that broke has nothing left to put back.
            with suppress(Exception):
                for said in ("SET XACT_ABORT OFF", "SET LOCK_TIMEOUT -1"):
                    connection.exec_driver_sql(said).close()
                dialect.reset_isolation_level(driver)

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """What the server counts, since drivers begin late."""
        return bool(connection.exec_driver_sql("SELECT @@TRANCOUNT").scalar_one())

    def has_lock(self, connection: sa.Connection) -> bool:
        """Try to get the lock for this transaction, unless the session has it.

        It is the server's own: a process that dies loses it with its connection.
        """
        if connection.exec_driver_sql(HELD).scalar_one() == "Exclusive":
            return True
        return self._is_had(connection, "Transaction")

    @contextmanager
    def waiting(self, connection: sa.Connection, seconds: float) -> Iterator[None]:
        """Set the timeout of locks, for one who alters the table meanwhile."""
        before = connection.exec_driver_sql("SELECT @@LOCK_TIMEOUT").scalar_one()
        wanted = max(round(seconds * 1000), 1)
        connection.exec_driver_sql(f"SET LOCK_TIMEOUT {wanted}").close()
        try:
            yield
        finally:
            with suppress(Exception):
                connection.exec_driver_sql(f"SET LOCK_TIMEOUT {before}").close()

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the same lock for the session, which begins no transaction."""
        is_ours = any(self._is_had(connection, "Session") for _ in tries(self.patience))
        try:
            yield is_ours
        finally:
            # A connection that broke has given it back.
            with suppress(Exception):
                if is_ours:
                    connection.exec_driver_sql(FREE).close()

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from the number of the error, wherever a driver puts it.

        https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
        """
        return next(
            (_TROUBLES[number] for number in _numbers(error) if number in _TROUBLES),
            Trouble.OTHER,
        )

    def holder(self, connection: sa.Connection) -> str | None:
        """The session that holds the lock, where we may see it."""
        from sqlalchemy.exc import DBAPIError

        try:
            found = connection.exec_driver_sql(HOLDER).fetchall()
        except DBAPIError:
            return None  # without VIEW SERVER STATE
        told = [
            f"session {number}"
            + (f" of {login}" if login else "")
            + (f" from {host}" if host else "")
            + (f" ({program})" if program else "")
            for number, login, host, program in found
        ]
        return ", ".join(told) or None

    def _is_had(self, connection: sa.Connection, owner: str) -> bool:
        had = connection.exec_driver_sql(taking(owner)).scalar_one()
        return int(had) >= 0


def _numbers(error: BaseException | None) -> list[int]:
    """The server's numbers: the first of pymssql's arguments, in the text of others."""
    arguments = error.args if error is not None else ()
    found = [part for part in arguments if isinstance(part, int)]
    texts = [part for part in arguments if isinstance(part, str)]
    return found + [int(said) for text in texts for said in _IN_TEXT.findall(text)]
