"""A project in which each defect of the original would show."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickhouse import clickhouse_connection, clickhouse_engine
from evolving import Evolving
from live_clickhouse import live_clickhouse
from live_mysql import live_mariadb
from mariadb import mariadb_server, mariadb_url
from postgresql import live_postgresql, postgresql_url
from sqld import live_sqld, sqld, sqld_server

__all__ = [
    "clickhouse_connection",
    "clickhouse_engine",
    "live_clickhouse",
    "live_mariadb",
    "live_postgresql",
    "live_sqld",
    "mariadb_server",
    "mariadb_url",
    "postgresql_url",
    "project",
    "sqld",
    "sqld_server",
]


@pytest.fixture
def project(tmp_path: Path) -> Evolving:
    """A project without a schema yet, configured for a file of SQLite."""
    return Evolving.in_folder(tmp_path)
