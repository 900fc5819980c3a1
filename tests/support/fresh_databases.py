"""Empty databases, one a test, named by URL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import mariadb
from clickhouse import own_database
from postgresql_runs import database

NUMBERS = itertools.count(1)

BOTH = (
    pytest.param("sqlite", marks=pytest.mark.database("sqlite")),
    pytest.param("postgresql", marks=pytest.mark.database("postgresql")),
)
"""The databases that need no server of another kin, as parameters of a fixture."""

READ = (*BOTH, pytest.param("mysql", marks=pytest.mark.database("mariadb")))
"""The databases that can be read."""


LIVED_IN = (
    *READ,
    pytest.param("turso", marks=pytest.mark.database("turso")),
    pytest.param("clickhouse", marks=pytest.mark.database("clickhouse")),
)
"""Those that the example projects are migrated on, with rows in their tables."""


@contextmanager
def empty(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of a kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{kind}{next(NUMBERS)}.db"
        return
    if kind == "mysql":
        with mariadb.database(str(request.getfixturevalue("mariadb_server"))) as url:
            yield url
        return
    if kind == "turso":
        yield f"libsql://{request.getfixturevalue('sqld')}?secure=false&authToken=x"
        return
    if kind == "clickhouse":
        connection = request.getfixturevalue("clickhouse_connection")
        with own_database(connection) as name:
            yield f"clickhouse://memory/{name}?interface=chdb"
        return
    with database(str(request.getfixturevalue("postgresql_url"))) as url:
        yield url


def by_hand(url: str, *statements: str) -> None:
    """Do something to a database that no migration knows of."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite":
        import sqlite3

        with closing(sqlite3.connect(path)) as file, file:
            for sql in statements:
                file.execute(sql)
        return
    if scheme.startswith("mysql"):
        mariadb.rows(url, *statements)
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for sql in statements:
            connection.execute(sql.encode())
