"""The server that live cases run on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import postgresql
from live_postgresql import LivePostgreSQL


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of our own, gone after the tests."""
    with postgresql.server() as url:
        yield url


@pytest.fixture
def live_postgresql(postgresql_url: str) -> Iterator[LivePostgreSQL]:
    """An empty place on it."""
    with LivePostgreSQL.on(postgresql_url) as live:
        yield live
