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
def engine(url: str) -> Iterator[sa.Engine]:
    """An engine as migrations want it: single connections that begin nothing."""
    from mm_engine.runner.connect import open_engine
    from mm_engine.runner.url import Url

    made = open_engine(Url.of(url), root=Path())
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def users_engine(url: str) -> Iterator[sa.Engine]:
    """An engine as applications have it; SQLite keeps foreign keys and transactions."""
    from sqlalchemy import create_engine, event

    made = create_engine(url)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _keep_foreign_keys)
        event.listen(made, "begin", _begin)
    try:
        yield made
    finally:
        made.dispose()


def _keep_foreign_keys(connection: sqlite3.Connection, record: object) -> None:
    """Python's driver begins transactions too late by itself; SQLAlchemy does then."""
    del record
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
