"""ClickHouse's engine in the process of the tests, where chdb is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count

import pytest
import sqlalchemy as sa

URL = "clickhousedb://memory?interface=chdb"
"""One process holds one engine, so all tests of a process share it."""

_NUMBERS = count(1)


def why_not() -> str | None:
    """Why the engine cannot be had here."""
    for package in ("chdb", "clickhouse_connect"):
        if find_spec(package) is None:
            return f"ClickHouse's engine is not installed: no {package}"
    return None


@pytest.fixture(scope="session")
def clickhouse_engine() -> Iterator[sa.Engine]:
    """The engine of this process, with all that it holds in a folder of its own."""
    if reason := why_not():
        pytest.skip(reason)
    engine = sa.create_engine(URL, poolclass=sa.pool.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def clickhouse_connection(clickhouse_engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection for all tests of this process: each one reads all settings."""
    with clickhouse_engine.connect() as connection:
        yield connection


@contextmanager
def own_database(connection: sa.Connection) -> Iterator[str]:
    """An empty database of a test's own, in use on this connection."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    connection.exec_driver_sql(f"CREATE DATABASE {name} ENGINE = Atomic").close()
    connection.exec_driver_sql(f"USE {name}").close()
    try:
        yield name
    finally:
        connection.exec_driver_sql("USE default").close()
        connection.exec_driver_sql(f"DROP DATABASE {name}").close()
