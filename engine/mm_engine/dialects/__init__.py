"""Dialects: what each database can do, and how it is told."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from mm_engine.errors import ConfigError, UnsupportedError, nearest
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
    is_known,
    known,
)

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

_HOMES = {
    POSTGRESQL: ("mm_engine.dialects.postgresql", "PostgreSQL"),
    MYSQL: ("mm_engine.dialects.mysql", "MySQL"),
    SQLITE: ("mm_engine.dialects.sqlite", "SQLite"),
    TURSO: ("mm_engine.dialects.turso", "Turso"),
    VERTICA: ("mm_engine.dialects.vertica", "Vertica"),
    STARROCKS: ("mm_engine.dialects.starrocks", "StarRocks"),
    TIDB: ("mm_engine.dialects.tidb", "TiDB"),
    CLICKHOUSE: ("mm_engine.dialects.clickhouse", "ClickHouse"),
    SQLSERVER: ("mm_engine.dialects.sqlserver", "SQLServer"),
    AURORADSQL: ("mm_engine.dialects.auroradsql", "AuroraDSQL"),
    YDB: ("mm_engine.dialects.ydb", "YDB"),
    REDSHIFT: ("mm_engine.dialects.redshift", "Redshift"),
}
_VARIANTS = {"mariadb": ("mm_engine.dialects.mariadb", "MariaDB")}

__all__ = ["available", "dialect", "variants"]


def available() -> tuple[str, ...]:
    """The databases that have a dialect, by the names that schema files have."""
    return tuple(_HOMES)


def variants() -> tuple[str, ...]:
    """The servers that speak a dialect of their own under another database's name.

    What a schema file says of that database is said of them.
    """
    return tuple(_VARIANTS)


def dialect(name: str, version: tuple[int, ...] | None = None) -> Dialect:
    """The dialect of a database or variant, loaded when it is first asked for.

    Without a version it is that of the newest server.

    Raises ``ConfigError`` for a word that names no database, and ``UnsupportedError``
    for a database whose dialect is not there yet.
    """
    if name not in _VARIANTS and not is_known(name):
        raise ConfigError(
            f'there is no database "{name}"',
            hint=nearest(name, known()) or f"we know {', '.join(known())}",
        )
    found = _newest(name)
    if found is None:
        raise UnsupportedError(
            f"{name} cannot be told anything yet",
            hint=f"this version speaks to {', '.join(available())}",
        )
    return found.at(version)


@cache
def _newest(name: str) -> Dialect | None:
    from mm_engine.dialects.base import Dialect

    module, word = {**_HOMES, **_VARIANTS}.get(name, ("", ""))
    kind = vars(import_module(module))[word] if module else brought(name, "DIALECT")
    made: object = kind() if isinstance(kind, type) else None
    return made if isinstance(made, Dialect) else None
