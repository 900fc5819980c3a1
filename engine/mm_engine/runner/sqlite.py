"""SQLite as a file and a connection: opened, prepared, understood."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from mm_engine.errors import ConfigError, nearest
from mm_engine.runner import folderlock
from mm_engine.runner.backend import Backend, Stamp, Trouble
from mm_engine.runner.owned import Words
from mm_engine.runner.url import Url

if TYPE_CHECKING:
    import sqlite3

    import sqlalchemy as sa

OLDEST = (3, 35)
"""The first version with ``ALTER TABLE DROP COLUMN`` (sqlite.org/changes.html)."""

URI_OPTIONS = ("mode", "cache", "immutable", "nolock", "psow", "vfs")
"""What a file's URL may say after ``?`` (sqlite.org/uri.html)."""

SETTINGS = ("busy_timeout", "foreign_keys", "legacy_alter_table")
"""What a run changes on a connection, and puts back."""

LOCK_BYTES = range(0x40000000, 0x40000002)
"""PENDING and RESERVED, the bytes a writer locks (sqlite.org/fileformat2.html)."""

WAL_WRITE_BYTE = 120
"""The byte of the -shm file that a writer locks (sqlite.org/walformat.html)."""


def engine(
    url: Url,
    root: Path,
    *,
    is_memory_allowed: bool,
    must_exist: bool,
    patience: float,
) -> sa.Engine:
    """An engine of single connections that keep foreign keys and begin nothing.

    Raises ``ConfigError`` where there is no file and none can be, or may be, made.
    """
    import sqlalchemy as sa

    if url.is_memory and is_memory_allowed:
        return _memory_engine()
    uri = file_uri(url, root, must_exist=must_exist)
    return sa.create_engine(
        sa.URL.create(url.driver, database=str(url.path(root))),
        creator=lambda: open_connection(uri, patience),
        poolclass=sa.pool.NullPool,
        isolation_level="AUTOCOMMIT",
    )


def file_uri(
    url: Url, root: Path, *, is_read_only: bool = False, must_exist: bool = False
) -> str:
    """The file of a URL as SQLite is told it, after everything that can be said first.

    What must exist is not made, but may be written to: after a crash SQLite has to.
    Raises ``ConfigError`` where there is no file and none can be made.
    """
    check_version()
    if url.driver != url.wire.driver:
        raise ConfigError(
            f"SQLite is spoken to by Python's own driver, not by {url.driver}",
            hint="write sqlite:///app.db",
        )
    if url.is_memory:
        raise ConfigError(
            f"{url} is a database in memory, gone as soon as the command ends",
            hint="name a file: sqlite:///app.db",
        )
    path = url.path(root)
    _check_file(path, url, must_exist=is_read_only or must_exist)
    mode = "ro" if is_read_only else "rw" if must_exist else None
    return _uri(path, url, mode)


def check_version(version: Sequence[object] | None = None) -> None:
    """Raise ``ConfigError`` if a SQLite, or Python's, is older than what we rely on."""
    import sqlite3

    known = tuple(sqlite3.sqlite_version_info if version is None else version)
    if known < OLDEST:
        raise ConfigError(
            f"SQLite {'.'.join(map(str, known))} is too old",
            hint=f"a Python with SQLite {OLDEST[0]}.{OLDEST[1]} or later is needed",
        )


def _memory_engine() -> sa.Engine:
    import sqlalchemy as sa

    return sa.create_engine(
        "sqlite+pysqlite://",
        creator=lambda: open_connection(":memory:", 0),
        poolclass=sa.pool.StaticPool,
        isolation_level="AUTOCOMMIT",
    )


def open_connection(uri: str, patience: float) -> sqlite3.Connection:
    """A connection that keeps foreign keys and begins nothing; patience in seconds."""
    import sqlite3

    connection = sqlite3.connect(
        uri, timeout=patience, isolation_level=None, uri=True, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check_file(path: Path, url: Url, *, must_exist: bool) -> None:
    """Say in words what SQLite would call "unable to open database file"."""
    if "\0" in url.database:
        raise ConfigError(f"{str(url)!r}: no file name holds a NUL character")
    try:
        if path.is_dir():
            raise ConfigError(
                f"{url}: {path} is a folder", hint="name a file in it, as in app.db"
            )
        if not path.parent.is_dir():
            raise ConfigError(
                f"{url}: there is no folder {path.parent}",
                hint="make the folder first; a path after three slashes is relative,"
                " after four absolute",
            )
        if must_exist and not path.exists():
            raise ConfigError(f"{url}: there is no file {path}")
        if path.exists() and not os.access(path, os.R_OK):
            raise ConfigError(
                f"{url}: {path} may not be read", hint=Trouble.READ_ONLY.value
            )
    except OSError as error:
        raise ConfigError(f"{url}: {error.strerror}: {path}") from error


def _uri(path: Path, url: Url, mode: str | None) -> str:
    for name in url.query:
        if name not in URI_OPTIONS:
            raise ConfigError(
                f'"{name}" is no option of a SQLite URL',
                hint=nearest(name, URI_OPTIONS) or f"known: {', '.join(URI_OPTIONS)}",
            )
    options = {"mode": "rwc", **url.query}
    if mode is not None and url.query.get("mode") != "ro":
        options["mode"] = mode
    said = "&".join(f"{name}={quote(value)}" for name, value in options.items())
    return f"file:{quote(os.fsencode(path.absolute()))}?{said}"


class SQLite(Backend):
    """A file, one writer at a time, settings that only work outside transactions."""

    words = Words(word="TEXT", moment="TEXT")

    @property
    def complaints(self) -> tuple[type[Exception], ...]:
        """What Python 3.11 raises for two statements in one."""
        import sqlite3

        return (sqlite3.Warning,)

    def check(self, connection: sa.Connection) -> None:
        """Refuse a library that is too old."""
        check_version(connection.dialect.server_version_info)

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Begin nothing by itself, enforce foreign keys, wait as long as told."""
        import sqlite3

        driver = _driver_connection(connection)
        level = driver.isolation_level
        autocommit = getattr(driver, "autocommit", None)
        self.patience = patience
        settings = {name: _pragma(connection, name) for name in SETTINGS}
        _set(connection, "busy_timeout", round(patience * 1000))
        if is_own:
            driver.isolation_level = None
            if autocommit is False:
                _set_autocommit(driver, is_on=True)
            # Somebody's hook may begin a transaction for each of SQLAlchemy's.
            if _is_in_transaction(connection):
                driver.execute("COMMIT")
            _set(connection, "foreign_keys", 1)
        try:
            yield
        finally:
            # A connection that broke has no settings left to put back; SQLAlchemy
            # closes one on which a Ctrl-C came in the middle of a statement.
            with suppress(_error_type(), sqlite3.ProgrammingError):
                for name, value in settings.items():
                    _set(connection, name, value)
                # Python commits when this is set to None: a caller's is not touched.
                if is_own:
                    driver.isolation_level = level
                if is_own and autocommit is False:
                    _set_autocommit(driver, is_on=False)

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """Whether the file is in a transaction of this connection's."""
        return _is_in_transaction(connection)

    def enforces_foreign_keys(self, connection: sa.Connection) -> bool:
        """What the pragma says."""
        return _pragma(connection, "foreign_keys") == 1

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Lock the folder of the file, since SQLite locks in transactions alone."""
        file = _pragma_file(connection)
        if not file:
            yield True
            return
        with folderlock.locked(Path(file).parent, self.patience) as is_ours:
            yield is_ours

    def stamp(self, connection: sa.Connection, table: str) -> Stamp:
        """The file's version, which commits of other connections alone change."""
        del table
        # Asked often, so not through all of SQLAlchemy.
        rows = _driver_connection(connection).execute("PRAGMA data_version")
        return (int(rows.fetchone()[0]),)

    def stamp_with(self, stamp: Stamp, number: int) -> Stamp:
        """The same: what this connection writes changes nothing."""
        del number
        return stamp

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from SQLite's primary result code (sqlite.org/rescode.html)."""
        import sqlite3

        if not isinstance(error, sqlite3.Error):
            return Trouble.OTHER
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        known = {
            sqlite3.SQLITE_BUSY: Trouble.BUSY,
            sqlite3.SQLITE_LOCKED: Trouble.BUSY,
            sqlite3.SQLITE_FULL: Trouble.FULL,
            sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
            sqlite3.SQLITE_NOTADB: Trouble.NO_DATABASE,
            sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
            sqlite3.SQLITE_CANTOPEN: Trouble.UNREACHABLE,
            sqlite3.SQLITE_PERM: Trouble.UNREACHABLE,
            sqlite3.SQLITE_CONSTRAINT: Trouble.ROWS,
        }
        if code == sqlite3.SQLITE_ERROR and "already exists" in str(error):
            return Trouble.EXISTS
        return known.get(code, Trouble.OTHER)

    def holder(self, connection: sa.Connection) -> str | None:
        """The processes that hold the file's lock, where the kernel tells."""
        file = _pragma_file(connection)
        if not file:
            return None
        numbers = lock_holders(Path(file))
        return ", ".join(f"process {n}{_called(n)}" for n in numbers) or None


def lock_holders(path: Path) -> tuple[int, ...]:
    """Processes that have locked a database, or its folder, as Linux lists them.

    The list is read and the file never opened: closing it would release the locks
    that this process itself has on it (sqlite.org/howtocorrupt.html, 2.2).
    """
    wanted = {
        _inode(path): LOCK_BYTES,
        _inode(Path(f"{path}-shm")): (WAL_WRITE_BYTE,),
        _inode(path.parent): (0,),
    }
    found: list[int] = []
    with suppress(OSError):
        for line in Path("/proc/locks").read_text("ascii", "replace").splitlines():
            _, _, _, kind, process, inode, first, *_ = [*line.split(), *[""] * 7]
            if kind == "WRITE" and first.isdigit() and process.isdigit():
                locked = wanted.get(inode.rpartition(":")[2], ())
                if int(first) in locked:
                    found.append(int(process))
    return tuple(dict.fromkeys(found))


def _inode(path: Path) -> str:
    try:
        return str(path.stat().st_ino)
    except OSError:
        return ""


def _called(process: int) -> str:
    """The name of a process in brackets; its arguments may hold secrets."""
    with suppress(OSError):
        return f" ({Path(f'/proc/{process}/comm').read_text('utf-8').strip()})"
    return ""


def _driver_connection(connection: sa.Connection) -> sqlite3.Connection:
    """What SQLAlchemy calls anything is Python's own class for this dialect.

    Of aiosqlite it is a thing like it, which runs what it is told in the right thread.
    """
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _is_in_transaction(connection: sa.Connection) -> bool:
    # Asked of the driver itself: what SQLAlchemy makes of aiosqlite does not tell.
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    return driver.in_transaction


def _set_autocommit(driver: sqlite3.Connection, *, is_on: bool) -> None:
    """Switch the transactions that Python 3.12 opens by itself, if it was told to."""
    name = "autocommit"  # an attribute that Python 3.11 has not
    setattr(driver, name, is_on)


def _error_type() -> type[Exception]:
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError


def _pragma(connection: sa.Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _set(connection: sa.Connection, name: str, value: int) -> None:
    connection.exec_driver_sql(f"PRAGMA {name} = {value}").close()


def _pragma_file(connection: sa.Connection) -> str:
    rows = connection.exec_driver_sql("PRAGMA database_list")
    return next((str(row[2] or "") for row in rows if row[1] == "main"), "")
