"""Engines and connections on databases for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    import sqlalchemy as sa


@contextmanager
def engine(url: str, kind: str) -> Iterator[sa.Engine]:
    """An engine as migrations want it: single connections that begin nothing.

    It notes which kind of database it is, which the URL alone may not say.
    """
    from mm_engine.runner.connect import open_engine
    from mm_engine.runner.url import Url

    made = open_engine(Url.of(url).refined(kind), root=Path())
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def users_engine(url: str) -> Iterator[sa.Engine]:
    """An engine as applications have it; SQLite keeps foreign keys and transactions."""
    from sqlalchemy import create_engine

    made = create_engine(url)
    prepared(made)
    try:
        yield made
    finally:
        made.dispose()


def prepared(made: sa.Engine) -> None:
    """Have SQLite keep foreign keys, and transactions from their first statement on."""
    from sqlalchemy import event

    if made.url.get_backend_name() == "sqlite":
        event.listen(made, "connect", _keep_foreign_keys)
        event.listen(made, "begin", _begin)


def _keep_foreign_keys(connection: sqlite3.Connection, record: object) -> None:
    """Python's driver begins transactions too late by itself; SQLAlchemy does then."""
    del record
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
