"""What a container of each database is started from, and how it is talked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

PASSWORD = "makemigrations"  # noqa: S105 - of servers on loopback that end with a run


@attrs.frozen(kw_only=True)
class Image:
    """An image, what it is told to be quick, and the URL of the server in it.

    ``own`` names testcontainers' class for it, by its module and itself, and ``user``
    and ``database`` are what that is told. ``data`` is the folder that lies in memory.
    """

    name: str
    port: int
    url: str
    own: str
    user: str = "root"
    database: str = "test"
    environment: Mapping[str, str] = attrs.field(factory=dict)
    command: Sequence[str] = ()
    data: str

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
}
"""By the name of the database."""
