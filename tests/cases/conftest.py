"""The server that live tests run on."""

from __future__ import annotations

from clickhouse import clickhouse_engine
from live_clickhouse import live_clickhouse
from live_mysql import live_mariadb
from mariadb import mariadb_server, mariadb_url
from postgresql import live_postgresql, postgresql_url
from sqld import live_sqld, sqld, sqld_server

__all__ = [
    "clickhouse_engine",
    "live_clickhouse",
    "live_mariadb",
    "live_postgresql",
    "live_sqld",
    "mariadb_server",
    "mariadb_url",
    "postgresql_url",
    "sqld",
    "sqld_server",
]
