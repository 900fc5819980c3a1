"""A PostgreSQL server for the tests: one a process, from whatever binaries are here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from mm_pytest.servers.binaries import installed_binaries
from mm_pytest.servers.postgresql import postgresql_server

BINARIES = "MAKEMIGRATIONS_TEST_POSTGRESQL"
"""The folder of ``initdb`` and ``postgres``, where it is not to be looked for."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server; the test is skipped, with the reason, if there is none."""
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    chosen = os.environ.get(BINARIES)
    binaries = Path(chosen) if chosen else installed_binaries()
    if binaries is None:
        pytest.skip(f"there are no PostgreSQL binaries here, and no {BINARIES}")
    with postgresql_server(binaries) as url:
        yield url
