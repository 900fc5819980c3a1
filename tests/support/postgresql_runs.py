"""Databases of their own on the server of the tests, and migrations on them."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from mm_engine.dialects import dialect
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.connect import connected
from mm_engine.runner.history import read_history
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url

HERE = Path(__file__).parent
NUMBERS = itertools.count(1)


@pytest.fixture
def url(postgresql_url: str) -> Iterator[str]:
    """An empty database of the test's own."""
    with database(postgresql_url) as made:
        yield made


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database, dropped at the end."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    rows(server, f"CREATE DATABASE {name}")
    try:
        yield server.rpartition("/")[0] + f"/{name}"
    finally:
        rows(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrator(
    url: str, graph: MigrationGraph, patience: float = 5
) -> Iterator[Migrator]:
    """Migrations on a database."""
    with (
        connected(Url.of(url), root=HERE, lock_timeout=patience) as connection,
        session(connection, lock_timeout=patience) as opened,
    ):
        yield Migrator(session=opened, graph=graph, dialect=dialect("postgresql"))


def names(url: str) -> tuple[str, ...]:
    """What the database says is applied."""
    return read_history(Url.of(url), root=HERE).names


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query, on a connection of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(sql.encode())
        return found.fetchall() if found.description else []


def wait_until(happens: Callable[[], object], patience: float = 10) -> float:
    """Seconds until something is so; fails if it never is."""
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < patience, "it never happened"
        time.sleep(0.02)
    return time.monotonic() - began
