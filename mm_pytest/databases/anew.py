"""Databases of servers that cannot copy one: made empty, and migrated each anew.

Their names say whose they are; nothing else is dropped.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack

import attrs

from mm_pytest.databases.connecting import connected
from mm_pytest.databases.place import Place
from mm_pytest.named import number_in
from mm_pytest.owner import Owner
from mm_pytest.servers.wanted import NoWayError

PREFIX = "mm_test_"
"""What the names of our databases begin with."""


@attrs.frozen(kw_only=True)
class Words:
    """How a server is told to list and to drop databases, whoever is in them.

    ``version`` asks for a text whose first number says which one it is.
    """

    names: str
    drop: tuple[str, ...]
    version: str = "SELECT version()"
    rolls_back: bool = True


WORDS: Mapping[str, Words] = {
    # https://clickhouse.com/docs/sql-reference/statements/drop
    "clickhouse": Words(
        names="SELECT name FROM system.databases",
        drop=("DROP DATABASE IF EXISTS {name} SYNC",),
        rolls_back=False,
    ),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_DATABASE.html
    "redshift": Words(
        names="SELECT datname FROM pg_database",
        drop=("DROP DATABASE {name} FORCE",),
        # It begins with the version of PostgreSQL that it once was.
        version="SELECT split_part(version(), 'Redshift ', 2)",
    ),
    # https://learn.microsoft.com/sql/t-sql/statements/drop-database-transact-sql
    "sqlserver": Words(
        names="SELECT name FROM sys.databases",
        drop=(
            "ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
            "DROP DATABASE IF EXISTS {name}",
        ),
        # "Microsoft SQL Server 2022 (RTM-CU1)": the number that its images have too.
        version="SELECT @@VERSION",
    ),
    # https://docs.starrocks.io/docs/sql-reference/sql-statements/Database/DROP_DATABASE
    "starrocks": Words(
        names="SELECT schema_name FROM information_schema.schemata",
        drop=("DROP DATABASE IF EXISTS {name} FORCE",),
        version="SELECT current_version()",
        rolls_back=False,
    ),
}
"""By the name of the database."""


class Anew(Place):
    """A server, and the databases that this process made on it."""

    def __init__(self, kind: str, url: str, way: str) -> None:
        """Connect, and drop what processes that are gone have left."""
        from mm_engine.runner.url import Url

        self.kind = kind
        self._words = WORDS[kind]
        self.rolls_back = self._words.rolls_back
        self._url = Url.of(url).refined(kind)
        self._prefix = f"{PREFIX}{Owner.here().tag}"
        self._made: list[str] = []
        with ExitStack() as attempt:
            self._server = attempt.enter_context(connected(self._url))
            [told] = self._firsts(self._words.version)
            self.version = number_in(told)
            self.title = f"{kind} {self.version} by {way}"
            self._sweep()
            self._stack = attempt.pop_all()

    def empty(self) -> str:
        """A new database, whose name says that it is ours."""
        name = f"{self._prefix}_{len(self._made)}_{secrets.token_hex(3)}"
        self._made.append(name)
        self._run(f"CREATE DATABASE {name}")
        url = attrs.evolve(self._url, database=name)
        return url.sqlalchemy().render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database of ours, whoever is still in it."""
        from mm_engine.runner.url import Url

        name = Url.of(url).database
        if name in self._made:
            self._drop(name)
            self._made.remove(name)

    def close(self) -> None:
        """Drop what is left, and disconnect."""
        for name in self._made:
            self._drop(name)
        self._made.clear()
        self._stack.close()

    def _drop(self, name: str) -> None:
        for statement in self._words.drop:
            self._run(statement.format(name=name))

    def _sweep(self) -> None:
        """Drop databases of ours whose process is no more."""
        from sqlalchemy.exc import DBAPIError

        for name in self._firsts(self._words.names):
            owner = Owner.tagged(name) if name.startswith(PREFIX) else None
            if owner is None or not owner.is_gone():
                continue
            try:
                self._drop(name)
            except DBAPIError as error:
                if name in self._firsts(self._words.names):
                    raise NoWayError(f"cannot drop {name}: {error.orig}") from error

    def _run(self, sql: str) -> None:
        from mm_engine.runner.session import AS_IT_IS

        self._server.exec_driver_sql(sql, execution_options=AS_IT_IS).close()

    def _firsts(self, sql: str) -> list[str]:
        from mm_engine.runner.session import AS_IT_IS

        found = self._server.exec_driver_sql(sql, execution_options=AS_IT_IS)
        return [str(row[0]) for row in found]
