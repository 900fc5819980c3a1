"""The server that live tests run on."""

from __future__ import annotations

from clickhouse import clickhouse_connection, clickhouse_engine
from live_mysql import live_mariadb
from mariadb import mariadb_server, mariadb_url
from postgresql import live_postgresql, postgresql_url
from postgresql_runs import url
from sqld import sqld, sqld_server

__all__ = [
    "clickhouse_connection",
    "clickhouse_engine",
    "live_mariadb",
    "live_postgresql",
    "mariadb_server",
    "mariadb_url",
    "postgresql_url",
    "sqld",
    "sqld_server",
    "url",
]
