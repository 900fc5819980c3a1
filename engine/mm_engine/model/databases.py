"""The databases we speak of, by the names the original gave them."""

from __future__ import annotations

POSTGRESQL = "postgresql"
MYSQL = "mysql"
SQLITE = "sqlite"
SQLSERVER = "sqlserver"
REDSHIFT = "redshift"
CLICKHOUSE = "clickhouse"
TIDB = "tidb"
VERTICA = "vertica"
YDB = "ydb"
TURSO = "turso"
STARROCKS = "starrocks"
AURORADSQL = "auroradsql"

DATABASES = (
    POSTGRESQL,
    MYSQL,
    SQLITE,
    SQLSERVER,
    REDSHIFT,
    CLICKHOUSE,
    TIDB,
    VERTICA,
    YDB,
    TURSO,
    STARROCKS,
    AURORADSQL,
)
"""Every key that ``defaults``, ``type_mappings`` and ``options`` may have."""
