"""How each database is reached: its URL schemes, its driver, what installs that.

One table of ours, since SQLAlchemy 2.0 and 2.1 choose different drivers where a URL
names none. Which packages are sound was tried with both.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from mm_engine.model import databases


@attrs.frozen
class Wire:
    """A way to talk to databases: its driver, and the types that speak it.

    ``dialect`` and ``driver`` are SQLAlchemy's words. The first of ``types`` is meant
    unless ``DB_TYPE`` says another. ``extra`` is what pip is told to get the driver;
    Python brings it where there is none. ``options`` are what the driver is told where
    the URL does not say otherwise. ``commits_itself`` says that SQLAlchemy can tell the
    driver to begin nothing; where it cannot, an option does. What ``speaks_hrana``,
    libSQL's protocol over HTTP, is reached by a dialect of our own.
    """

    family: str
    dialect: str
    driver_name: str
    types: tuple[str, ...]
    extra: str | None = attrs.field(default=None, kw_only=True)
    port: int | None = attrs.field(default=None, kw_only=True)
    is_file: bool = attrs.field(default=False, kw_only=True)
    speaks_hrana: bool = attrs.field(default=False, kw_only=True)
    options: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    commits_itself: bool = attrs.field(default=True, kw_only=True)

    @property
    def driver(self) -> str:
        """SQLAlchemy's name of the dialect and the driver."""
        return f"{self.dialect}+{self.driver_name}"

    @property
    def install(self) -> str | None:
        """What pip has to be told to install the driver."""
        return self.extra and f"makemigrations[{self.extra}]"


_MYSQL_OPTIONS = {"charset": "utf8mb4", "program_name": "makemigrations"}

POSTGRESQL = Wire(
    "postgresql",
    "postgresql",
    "psycopg",
    (databases.POSTGRESQL, databases.REDSHIFT, databases.AURORADSQL),
    extra="postgresql",
    options={"application_name": "makemigrations", "connect_timeout": "10"},
)
MYSQL = Wire(
    "mysql",
    "mysql",
    "pymysql",
    (databases.MYSQL, databases.TIDB, databases.STARROCKS),
    extra="mysql",
    options=_MYSQL_OPTIONS,
)
TIDB = Wire(
    "tidb",
    "mysql",
    "pymysql",
    (databases.TIDB,),
    extra="tidb",
    port=4000,
    options=_MYSQL_OPTIONS,
)
STARROCKS = Wire(
    "starrocks",
    "starrocks",
    "pymysql",
    (databases.STARROCKS,),
    extra="starrocks",
    port=9030,
    options={"charset": "utf8mb4"},
)
SQLITE = Wire("sqlite", "sqlite", "pysqlite", (databases.SQLITE,), is_file=True)
TURSO = Wire(
    "turso",
    "sqlite",
    "libsql",
    (databases.TURSO,),
    extra="turso",
    speaks_hrana=True,
)
SQLSERVER = Wire(
    "sqlserver", "mssql", "pymssql", (databases.SQLSERVER,), extra="sqlserver"
)
REDSHIFT = Wire(
    "redshift",
    "redshift",
    "redshift_connector",
    (databases.REDSHIFT,),
    extra="redshift",
    port=5439,
)
AURORADSQL = Wire(
    "auroradsql", "auroradsql", "psycopg", (databases.AURORADSQL,), extra="auroradsql"
)
CLICKHOUSE = Wire(
    "clickhouse", "clickhousedb", "connect", (databases.CLICKHOUSE,), extra="clickhouse"
)
VERTICA = Wire(
    "vertica",
    "vertica",
    "vertica_python",
    (databases.VERTICA,),
    extra="vertica",
    port=5433,
    options={"autocommit": "on", "session_label": "makemigrations"},
    commits_itself=False,
)
YDB = Wire("ydb", "yql", "ydb", (databases.YDB,), extra="ydb", port=2136)

SCHEMES: Mapping[str, Wire] = {
    "postgresql": POSTGRESQL,
    "postgres": POSTGRESQL,
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "sqlite": SQLITE,
    "sqlite3": SQLITE,
    "sqlserver": SQLSERVER,
    "mssql": SQLSERVER,
    "redshift": REDSHIFT,
    "clickhouse": CLICKHOUSE,
    "clickhousedb": CLICKHOUSE,
    "tidb": TIDB,
    "vertica": VERTICA,
    "ydb": YDB,
    "yql": YDB,
    "turso": TURSO,
    "libsql": TURSO,
    "starrocks": STARROCKS,
    "auroradsql": AURORADSQL,
    "dsql": AURORADSQL,
}
"""What may stand before ``://``, and before the ``+`` that names another driver."""

SPELLED_OUT: Mapping[str, Wire] = {"sqlite+libsql": TURSO}
"""Schemes whose driver says that it is another database."""

ALIASES: Mapping[str, str] = {
    "postgres": databases.POSTGRESQL,
    "mariadb": databases.MYSQL,
    "sqlite3": databases.SQLITE,
    "mssql": databases.SQLSERVER,
    "libsql": databases.TURSO,
    "dsql": databases.AURORADSQL,
}
"""Words for a type of database that people use besides its name."""


def wire_of(scheme: str) -> Wire | None:
    """What a scheme is reached by; None for one that nobody knows."""
    family = scheme.partition("+")[0]
    return SPELLED_OUT.get(scheme) or SCHEMES.get(family) or _brought(family)


def _brought(database: str) -> Wire | None:
    wire = databases.brought(database, "WIRE")
    return wire if isinstance(wire, Wire) else None


def types_spoken(driver: str) -> tuple[str, ...]:
    """The types of database behind one of SQLAlchemy's dialects, the usual one first.

    >>> types_spoken("mariadb")[0], types_spoken("oracle")
    ('mysql', ())
    """
    wire = SCHEMES.get(driver) or _brought(driver)
    return wire.types if wire else ()


def database_named(word: str) -> str:
    """The name that we have for a type of database, in whatever word it is told.

    >>> database_named("Postgres"), database_named("sqlite"), database_named("db2")
    ('postgresql', 'sqlite', 'db2')
    """
    return ALIASES.get(word.lower(), word.lower())
