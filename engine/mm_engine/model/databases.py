"""The databases we speak of, by the names the original gave them; and those of others.

A package of others brings a database by an entry point of the group
``mm_engine.dialects``: the name of the database, and the module that each room looks
into for what is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

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

ENTRY_POINTS = "mm_engine.dialects"


def is_known(name: str) -> bool:
    """Whether a name is that of a database, ours or brought by a package of others."""
    return name in DATABASES or name in others()


def known() -> tuple[str, ...]:
    """The names of all databases, ours first."""
    return (*DATABASES, *others())


@cache
def others() -> Mapping[str, str]:
    """The databases that installed packages bring: the module of each, by its name.

    Asked for only where a name is none of ours, since all that is installed is read.
    """
    from importlib.metadata import entry_points

    found = {each.name: each.value for each in entry_points(group=ENTRY_POINTS)}
    return {name: found[name] for name in sorted(found) if name not in DATABASES}


def brought(name: str, what: str) -> object | None:
    """What the module of another's database calls ``what``; None where it has none.

    What such a module raises when it is imported is its author's to see.
    """
    module = others().get(name)
    return None if module is None else vars(import_module(module)).get(what)
