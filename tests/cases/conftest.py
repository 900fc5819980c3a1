"""The servers that live tests run on, and what notes their proof."""

from __future__ import annotations

import sqlite3

import pytest

from clickhouse import clickhouse_connection, clickhouse_engine
from embedded_libsql import live_libsql
from live_clickhouse import live_clickhouse
from live_mysql import live_mariadb
from mariadb import mariadb_server, mariadb_url
from postgresql import live_postgresql, postgresql_url
from proofs import Proof, Record
from sqld import live_sqld, sqld, sqld_server

__all__ = [
    "clickhouse_connection",
    "clickhouse_engine",
    "live_clickhouse",
    "live_libsql",
    "live_mariadb",
    "live_postgresql",
    "live_sqld",
    "mariadb_server",
    "mariadb_url",
    "postgresql_url",
    "sqld",
    "sqld_server",
]


@pytest.fixture
def proof(record_property: Record) -> Proof:
    """Notes what SQLite did; tests of another database have one of their own."""
    return Proof.run(record_property, "sqlite", sqlite3.sqlite_version, "its library")
