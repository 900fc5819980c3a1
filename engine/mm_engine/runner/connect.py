"""From a URL to an open connection, or to a message that says what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mm_engine.errors import ConfigError, LockError, MMError
from mm_engine.runner import hrana, sqlite
from mm_engine.runner.backend import Backend, Trouble
from mm_engine.runner.backends import TYPE, backend_of
from mm_engine.runner.url import Url

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect

LOCK_TIMEOUT = 10.0
"""Seconds to wait for somebody else who migrates."""


def open_engine(
    url: Url,
    *,
    root: Path,
    is_memory_allowed: bool = False,
    must_exist: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> sa.Engine:
    """An engine for a URL; relative paths start at ``root``, the project's folder.

    ``must_exist`` lets no file be made.

    Raises ``ConfigError`` if the driver is missing, or the file cannot be one.
    """
    if url.wire.is_file:
        return sqlite.engine(
            url,
            root,
            is_memory_allowed=is_memory_allowed,
            must_exist=must_exist,
            patience=lock_timeout,
        )
    if url.wire.speaks_hrana:
        return hrana.engine(url)
    return _server_engine(url)


def _server_engine(url: Url) -> sa.Engine:
    import sqlalchemy as sa
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    level = "AUTOCOMMIT" if url.wire.commits_itself else None
    try:
        return sa.create_engine(
            url.sqlalchemy(),
            poolclass=sa.pool.NullPool,
            **({"isolation_level": level} if level else {}),
            connect_args=url.unsaid_options(),
            execution_options={TYPE: url.database_type},
        )
    except (ImportError, NoSuchModuleError) as error:
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
    is_memory_allowed: bool = False,
    must_exist: bool = False,
    lock_timeout: float = LOCK_TIMEOUT,
) -> Iterator[sa.Connection]:
    """A connection that was seen to work, closed at the end."""
    engine = open_engine(
        url,
        root=root,
        is_memory_allowed=is_memory_allowed,
        must_exist=must_exist,
        lock_timeout=lock_timeout,
    )
    try:
        with _first_connection(engine, url) as connection:
            yield connection
    finally:
        engine.dispose()


def _first_connection(engine: sa.Engine, url: Url) -> sa.Connection:
    from sqlalchemy.exc import DBAPIError

    try:
        return _tried(engine)
    except DBAPIError as error:
        # The driver's error may quote what it was given, password and all, so it is
        # not chained.
        raise unreachable(error.orig, backend_of(engine), url) from None


def _tried(engine: sa.Engine) -> sa.Connection:
    """A connection on which a first query worked: drivers open files lazily."""
    import sqlalchemy as sa

    connection = engine.connect()
    try:
        backend_of(engine).check(connection)
        sa.inspect(connection).has_table("makemigrations_history")
        connection.rollback()
    except BaseException:
        connection.close()
        raise
    return connection


def unreachable(error: BaseException | None, backend: Backend, url: Url) -> MMError:
    """What is said of a database whose driver failed before anything was asked."""
    said = url.scrubbed(" ".join(backend.said(error).split()))
    trouble = backend.trouble(error)
    if trouble is Trouble.BUSY:
        return LockError(
            f"{url} is being written to right now: {said}", hint=trouble.value
        )
    return ConfigError(
        f"cannot connect to {url}: {said}",
        hint=trouble.value or Trouble.UNREACHABLE.value,
    )


def fitted(dialect: Dialect, connection: sa.Connection) -> Dialect:
    """The dialect as this very server takes it: older versions have other facts."""
    text = backend_of(connection).server_text(connection)
    if text is not None:
        return dialect.as_server(text)
    version = connection.dialect.server_version_info or ()
    known = tuple(part for part in version if isinstance(part, int))
    return dialect.at(known or None)


def server_version(connection: sa.Connection) -> str:
    """The version that the server says it has: ``3.45.1``, ``10.11.19-MariaDB``."""
    text = backend_of(connection).server_text(connection)
    if text is not None:
        return text
    version = connection.dialect.server_version_info or ()
    return ".".join(str(part) for part in version)
