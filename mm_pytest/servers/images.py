"""What a container of each database is started from, and how it is talked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

PASSWORD = "Make-migrations-1"  # noqa: S105 - of servers on loopback that end with a run
"""SQL Server wants capitals, digits and signs in one."""


@attrs.frozen(kw_only=True)
class Image:
    """An image, what it is told to be quick, and the URL of the server in it.

    Where testcontainers has a class for it, ``own`` names its module and itself, and
    ``user`` and ``database`` are what it is told; ``name`` may be what it has by
    itself then. ``data`` is the folder that lies in memory.
    """

    name: str | None
    port: int
    url: str
    own: str | None = None
    user: str = "root"
    database: str = "test"
    environment: Mapping[str, str] = attrs.field(factory=dict)
    command: Sequence[str] = ()
    data: str | None = None

    def reached(self, host: str, port: int) -> str:
        """The URL of a server of it that listens there."""
        where = f"[{host}]" if ":" in host else host
        return self.url.format(host=where, port=port, password=PASSWORD)


_MYSQL = Image(
    name="mysql:8.4",
    port=3306,
    url="mysql://root:{password}@{host}:{port}/",
    own="mysql.MySqlContainer",
    command=(
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--sync-binlog=0",
        "--skip-log-bin",
    ),
    data="/var/lib/mysql",
)

IMAGES: Mapping[str, Image] = {
    "postgresql": Image(
        name="postgres:18",
        port=5432,
        url="postgresql://postgres:{password}@{host}:{port}/postgres",
        own="postgres.PostgresContainer",
        user="postgres",
        database="postgres",
        # A folder of our own, since images put theirs in different places.
        environment={"PGDATA": "/makemigrations"},
        command=(
            "postgres",
            *("-c", "fsync=off", "-c", "synchronous_commit=off"),
            *("-c", "full_page_writes=off", "-c", "autovacuum=off"),
        ),
        data="/makemigrations",
    ),
    "mysql": _MYSQL,
    "mariadb": attrs.evolve(_MYSQL, name="mariadb:11.8"),
    "sqlserver": Image(
        name=None,
        port=1433,
        url="sqlserver://sa:{password}@{host}:{port}/tempdb",
        own="mssql.SqlServerContainer",
        user="SA",
        database="tempdb",
    ),
    "clickhouse": Image(
        name="clickhouse/clickhouse-server:25.8",
        # It is talked to over HTTP; the class tells of the other port.
        port=8123,
        url="clickhouse://test:{password}@{host}:{port}/default",
        own="clickhouse.ClickHouseContainer",
        user="test",
        database="default",
        data="/var/lib/clickhouse",
    ),
    # https://docs.pingcap.com/tidb/stable/quick-start-with-tidb
    "tidb": Image(
        name="pingcap/tidb:v8.5.3", port=4000, url="tidb://root@{host}:{port}/"
    ),
    # https://docs.starrocks.io/docs/quick_start/shared-nothing/
    "starrocks": Image(
        name="starrocks/allin1-ubuntu:3.5-latest",
        port=9030,
        url="starrocks://root@{host}:{port}/",
    ),
    # https://ydb.tech/docs/en/reference/docker/start
    "ydb": Image(
        name="ydbplatform/local-ydb:latest",
        port=2136,
        url="ydb://{host}:{port}/local",
        environment={"YDB_USE_IN_MEMORY_PDISKS": "true"},
    ),
    # The projects of these give an image away on a registry of their own, or none any
    # more: the ini file names one. https://github.com/tursodatabase/libsql
    "turso": Image(name=None, port=8080, url="libsql://{host}:{port}?secure=false"),
    # https://github.com/vertica/vertica-containers/issues/64
    "vertica": Image(name=None, port=5433, url="vertica://dbadmin@{host}:{port}/VMart"),
}
"""By the name of the database. Nobody can start a Redshift or an Aurora DSQL."""
