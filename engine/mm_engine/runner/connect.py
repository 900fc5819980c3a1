"""From a URL to an open connection, or to a message that says what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mm_engine.errors import ConfigError, LockError, MMError
from mm_engine.runner import sqlite
from mm_engine.runner.backend import Trouble, backend_of
from mm_engine.runner.url import Url

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

LOCK_TIMEOUT = 10.0
"""Seconds to wait for somebody else who migrates."""

GLANCE = 0.25
"""Seconds a reader waits: as long as a commit takes, not as long as a migration."""

RECOVERABLE = (
    "SQLITE_READONLY_ROLLBACK",
    "SQLITE_READONLY_RECOVERY",
    "SQLITE_READONLY_CANTINIT",
)
"""A writer was killed; SQLite rolls its work back for those who may write."""


def open_engine(
    url: Url,
    *,
    root: Path,
    is_read_only: bool = False,
    is_memory_allowed: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> sa.Engine:
    """An engine for a URL; relative paths start at ``root``, the project's folder.

    Raises ``ConfigError`` if the driver is missing, or the file cannot be one.
    """
    if url.wire.is_file:
        return sqlite.engine(
            url,
            root,
            is_read_only=is_read_only,
            is_memory_allowed=is_memory_allowed,
            patience=GLANCE if is_read_only else lock_timeout,
        )
    return _server_engine(url)


def _server_engine(url: Url) -> sa.Engine:
    import sqlalchemy as sa
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return sa.create_engine(
            url.sqlalchemy(),
            poolclass=sa.pool.NullPool,
            isolation_level="AUTOCOMMIT",
        )
    except ImportError as error:
        name = url.driver.partition("+")[2] or url.driver
        raise ConfigError(
            f"the driver {name} for {url} cannot be loaded: {error}",
            hint=f'python -m pip install "{url.package}"',
        ) from error
    except SQLAlchemyError as error:
        raise ConfigError(f"{url}: {url.scrubbed(str(error))}") from None


@contextmanager
def connected(
    url: Url,
    *,
    root: Path,
    is_read_only: bool = False,
    is_memory_allowed: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> Iterator[sa.Connection]:
    """A connection that was seen to work, closed at the end.

    ``is_read_only`` neither makes a file nor waits for those who write.
    """
    engine = open_engine(
        url,
        root=root,
        is_read_only=is_read_only,
        is_memory_allowed=is_memory_allowed,
        lock_timeout=lock_timeout,
    )
    try:
        with _first_connection(
            engine, url, root, is_read_only=is_read_only
        ) as connection:
            yield connection
    finally:
        engine.dispose()


def _first_connection(
    engine: sa.Engine, url: Url, root: Path, *, is_read_only: bool
) -> sa.Connection:
    from sqlalchemy.exc import DBAPIError

    try:
        return _tried(engine)
    except DBAPIError as error:
        if is_read_only and getattr(error.orig, "sqlite_errorname", "") in RECOVERABLE:
            return _recovered(url, root)
        # The driver's error may quote what it was given, password and all, so it is
        # not chained.
        raise _unreachable(error, engine, url) from None


def _recovered(url: Url, root: Path) -> sa.Connection:
    """Let SQLite undo what a killed writer left, which only a writer can."""
    import attrs

    existing = attrs.evolve(url, query={**url.query, "mode": "rw"})
    return _tried(open_engine(existing, root=root, lock_timeout=GLANCE))


def _tried(engine: sa.Engine) -> sa.Connection:
    """A connection on which a first query worked: drivers open files lazily."""
    import sqlalchemy as sa

    connection = engine.connect()
    try:
        sa.inspect(connection).has_table("makemigrations_history")
        connection.rollback()
    except BaseException:
        connection.close()
        raise
    return connection


def _unreachable(error: DBAPIError, engine: sa.Engine, url: Url) -> MMError:
    said = url.scrubbed(" ".join(str(error.orig).split()))
    trouble = backend_of(engine).trouble(error.orig)
    if trouble is Trouble.BUSY:
        return LockError(
            f"{url} is being written to right now: {said}", hint=trouble.value
        )
    return ConfigError(
        f"cannot connect to {url}: {said}",
        hint=trouble.value or Trouble.UNREACHABLE.value,
    )


def server_version(connection: sa.Connection) -> str:
    """The version that the server says it has, as in ``3.45.1``."""
    version = connection.dialect.server_version_info or ()
    return ".".join(str(part) for part in version)
