"""What a container of each database is started from, and how it is talked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from mm_pytest.named import is_release, numbers_in

PASSWORD = "makemigrations"  # noqa: S105 - of servers on loopback that end with a run


@attrs.frozen(kw_only=True)
class Image:
    """An image, what it is told to be quick, and the URL of the server in it.

    ``tag`` is how a version is tagged. ``own`` names testcontainers' class for it, by
    its module and itself, and ``user``, ``password`` and ``database`` are what that is
    told; where there is none, nothing is. ``data`` is the folder that lies in memory,
    for a server that lets it. A server that listens before it can do its work answers
    ``alive`` with rows, each of which says ``true`` under ``Alive`` when it can.
    """

    name: str
    tag: str = "{version}"
    port: int
    url: str
    own: str = ""
    user: str = "root"
    password: str = PASSWORD
    database: str = "test"
    environment: Mapping[str, str] = attrs.field(factory=dict)
    command: Sequence[str] = ()
    data: str = ""
    alive: str = ""

    def called(self, version: str, chosen: str | None = None) -> str:
        """Its name, or that of a chosen image, with the tag of a version.

        A tag or digest stays where it does not name another version.
        """
        name = chosen or self.name
        path, _, last = name.rpartition("/")
        repository, _, tag = last.partition(":")
        numbers = numbers_in(tag)
        fits = not numbers or any(is_release(each, version) for each in numbers)
        if not version or "@" in name or (tag and fits):
            return name
        folder = f"{path}/" if path else ""
        return f"{folder}{repository}:{self.tag.format(version=version)}"

    def reached(self, host: str, port: int) -> str:
        """The URL of a server of it that listens there."""
        where = f"[{host}]" if ":" in host else host
        return self.url.format(host=where, port=port, password=self.password)


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
    # One process, with a store of its own in place of TiKV.
    "tidb": Image(
        name="pingcap/tidb:v8.5.3",
        tag="v{version}",
        port=4000,
        url="tidb://root@{host}:{port}/",
        command=("--store=unistore", "--path=/makemigrations"),
        data="/makemigrations",
    ),
    "clickhouse": Image(
        name="clickhouse/clickhouse-server:25.8",
        port=8123,
        url="clickhouse://test:{password}@{host}:{port}/default",
        own="clickhouse.ClickHouseContainer",
        user="test",
        database="default",
        environment={"CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT": "1"},
        data="/var/lib/clickhouse",
    ),
    # It wants direct access to its files, which memory has only on newer kernels.
    "sqlserver": Image(
        name="mcr.microsoft.com/mssql/server:2022-latest",
        tag="{version}-latest",
        port=1433,
        url="sqlserver://sa:{password}@{host}:{port}/master",
        own="mssql.SqlServerContainer",
        user="sa",
        password=f"{PASSWORD.title()}1",  # it wants letters of both kinds and a digit
        database="master",
        environment={"MSSQL_PID": "Developer"},
    ),
    "starrocks": Image(
        name="starrocks/allin1-ubuntu:3.5",
        port=9030,
        url="starrocks://root@{host}:{port}/",
        alive="SHOW BACKENDS",
    ),
}
"""By the name of the database."""
