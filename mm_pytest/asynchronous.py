"""Asynchronous engines on databases for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

DRIVERS: Mapping[str, str] = {
    "postgresql": "psycopg",
    "sqlite": "aiosqlite",
    "mysql": "aiomysql",
    "mssql": "aioodbc",
}
"""The asynchronous driver of each of SQLAlchemy's dialects that has any.

https://docs.sqlalchemy.org/en/20/dialects/
"""


class NoDriverError(Exception):
    """SQLAlchemy has no asynchronous driver here; the message says what to do."""


def async_engine(url: str) -> AsyncEngine:
    """An engine that keeps no connections; SQLite keeps foreign keys, and transactions.

    Raises ``NoDriverError`` where there is none for the database, or it is missing.
    """
    import sqlalchemy as sa
    from sqlalchemy.ext.asyncio import create_async_engine

    from mm_pytest.engines import prepared

    told = sa.make_url(url)
    family = told.get_backend_name()
    driver = DRIVERS.get(family)
    if driver is None:
        raise NoDriverError(f"SQLAlchemy has no asynchronous driver for {family}")
    try:
        made = create_async_engine(
            told.set(drivername=f"{family}+{driver}"), poolclass=sa.pool.NullPool
        )
    except ImportError as error:
        raise NoDriverError(f"{error}; pip install {driver} greenlet") from error
    prepared(made.sync_engine)
    return made
