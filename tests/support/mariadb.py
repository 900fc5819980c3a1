"""A MariaDB server for the tests: one a run, of the machine's own binaries.

Like the plugin's own servers it is kept by a process beside the run, for all workers
of pytest-xdist, and goes with the run even if that is killed.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec

import pytest

from mm_pytest.servers.mariadb import Binaries, running
from mm_pytest.workers import run_of

BINARIES = "MAKEMIGRATIONS_TEST_MARIADB"
"""The folder of ``mariadbd``, where it is none that the machine looks in."""

OTHERS = ("mariadb-", "mysql-")
"""What versions are called that are not the machine's own."""

SAID = 40
"""How many of the last lines of its log are shown where a test fails."""

NUMBERS = itertools.count(1)
_READY = "ready for connections"


@pytest.fixture(scope="session")
def mariadb_server(pytestconfig: pytest.Config) -> str:
    """The run's server, gone after the tests; skipped where there can be none."""
    if find_spec("pymysql") is None:
        pytest.skip("PyMySQL is not installed")
    binaries = Binaries.found(os.environ.get(BINARIES))
    asked = str(pytestconfig.getoption("--database"))
    is_other = asked.startswith(OTHERS)
    if binaries is None or (is_other and BINARIES not in os.environ):
        named = asked if is_other else "MariaDB"
        pytest.skip(f"there is no {named} here, nor in {BINARIES}")
    run = run_of(pytestconfig)
    return run.once(
        "tests-mariadb", str, lambda: run.kept(running, binaries, run.folder)
    )


@pytest.fixture
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    """An empty database of the test's own."""
    with database(mariadb_server) as url:
        yield url


def said(config: pytest.Config) -> str:
    """What the run's server has said since it was ready, to go with a failure."""
    logs = sorted(run_of(config).folder.glob("maria-*/log"))
    texts = [log.read_text("utf-8", "replace").partition(_READY)[2] for log in logs]
    lines = "".join(texts).splitlines()[2:]  # the first two are its name
    return "\n".join(lines[-SAID:])


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database, dropped at the end."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    rows(server, f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        rows(server, f"DROP DATABASE {name}")


def rows(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last of some statements, on a connection of its own."""
    import pymysql

    from mm_engine.runner.url import Url

    read = Url.of(url)
    with (
        closing(
            pymysql.connect(
                host=read.host,
                port=read.port or 0,
                user=read.username,
                password=read.password or "",
                database=read.database or None,
                autocommit=True,
                ssl_disabled=True,  # it would read all certificates of the machine
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())
