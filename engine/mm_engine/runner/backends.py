"""Which backend each database has, by the type that a connection is noted to be."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from mm_engine.model.databases import (
    AURORADSQL,
    CLICKHOUSE,
    MYSQL,
    POSTGRESQL,
    REDSHIFT,
    SQLITE,
    SQLSERVER,
    STARROCKS,
    TIDB,
    TURSO,
    VERTICA,
    YDB,
    brought,
)
from mm_engine.runner.backend import Backend
from mm_engine.runner.wires import SPELLED_OUT, types_spoken

if TYPE_CHECKING:
    import sqlalchemy as sa

HOMES = {
    POSTGRESQL: ("mm_engine.runner.postgresql", "PostgreSQL"),
    SQLSERVER: ("mm_engine.runner.sqlserver", "SQLServer"),
    MYSQL: ("mm_engine.runner.mysql", "MySQL"),
    SQLITE: ("mm_engine.runner.sqlite", "SQLite"),
    STARROCKS: ("mm_engine.runner.starrocks", "StarRocks"),
    CLICKHOUSE: ("mm_engine.runner.clickhouse", "ClickHouse"),
    TIDB: ("mm_engine.runner.tidb", "TiDB"),
    TURSO: ("mm_engine.runner.turso", "Turso"),
    VERTICA: ("mm_engine.runner.vertica", "Vertica"),
    AURORADSQL: ("mm_engine.runner.auroradsql", "AuroraDSQL"),
    YDB: ("mm_engine.runner.ydb", "YDB"),
    REDSHIFT: ("mm_engine.runner.redshift", "Redshift"),
}
"""The module and the class of each of our databases."""


TYPE = "makemigrations_type"
"""The execution option that notes the type of database behind what carries it."""


def backend_of(source: sa.Connection | sa.Engine) -> Backend:
    """The backend that a connection or an engine talks to.

    SQLAlchemy has one dialect for several of our databases, so its name alone would
    take Redshift for PostgreSQL, and TiDB for MySQL.
    """
    kind = type_of(source)
    # A new one each time: it remembers how its connection was set.
    return _kind(kind)() if kind else Backend()


def type_of(source: sa.Connection | sa.Engine) -> str | None:
    """The type of database that was noted; else what the driver speaks to usually."""
    noted = source.get_execution_options().get(TYPE)
    if noted is not None:
        return str(noted)
    dialect = source.dialect
    spoken = SPELLED_OUT.get(f"{dialect.name}+{dialect.driver}")
    types = spoken.types if spoken else types_spoken(dialect.name)
    return next(iter(types), None)


@cache
def _kind(database: str) -> type[Backend]:
    if database in HOMES:
        module, word = HOMES[database]
        found: object = vars(import_module(module))[word]
    else:
        found = brought(database, "BACKEND")
    return found if isinstance(found, type) and issubclass(found, Backend) else Backend
