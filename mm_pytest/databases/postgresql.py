"""Databases of PostgreSQL: made on a server, copied from a template.

Every one carries a mark of ours in its comment; nothing else is ever dropped.
"""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING

import attrs

from mm_pytest.databases.place import CopyingPlace
from mm_pytest.owner import Owner
from mm_pytest.servers.wanted import NoWayError

if TYPE_CHECKING:
    from typing import LiteralString

    import psycopg
    from psycopg.sql import Composable

    from mm_engine.runner.url import Url

PREFIX = "mm_test_"
"""What the names of our databases begin with."""

STRATEGY = 15
"""The first version that can be told how to copy a database."""

PATIENCE = 2.0
"""Seconds to wait for sessions that were closed to be gone: it takes milliseconds,
and a server that finds one still there waits for a tenth of a second."""


class PostgreSQL(CopyingPlace):
    """A server, and the databases that this process made on it."""

    kind = "postgresql"

    def __init__(self, url: str, way: str, owner: Owner) -> None:
        """Connect, and drop what processes that are gone have left.

        What is sealed is the owner's, and the rest is this process's.
        """
        from mm_engine.runner.url import Url

        self._url = Url.of(url)
        self._owner = owner
        self._made: list[str] = []
        self._server = _connected(self._url)
        number = self._server.info.server_version
        self._version = number // 10_000
        self.title = f"postgresql {self._version}.{number % 10_000} by {way}"
        self._prefix = f"{PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
        self._sweep()

    def empty(self) -> str:
        """A new database, marked as ours."""
        name = self._new_name()
        self._run("CREATE DATABASE {}", name)
        return self._marked(name)

    def sealed(self, url: str) -> str:
        """The same database, to which nobody can connect any more."""
        name = _name(url)
        self._run("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
        self._wait_until_left(name)
        self._mark(name, self._owner)
        self._made.remove(name)
        return url

    def copy(self, sealed: str) -> str:
        """A copy made by the server, of files where it can be told so."""
        name = self._new_name()
        how = " STRATEGY file_copy" if self._version >= STRATEGY else ""
        self._run(f"CREATE DATABASE {{}} TEMPLATE {{}}{how}", name, _name(sealed))
        return self._marked(name)

    def twin(self, url: str) -> str:
        """A copy, as soon as the sessions that were closed are gone."""
        self._wait_until_left(_name(url))
        return self.copy(url)

    def drop(self, url: str) -> None:
        """Drop a database of ours; whoever is still connected is thrown out."""
        name = _name(url)
        if name in self._made:
            self._wait_until_left(name, PATIENCE / 20)
            self._drop(name)
            self._made.remove(name)

    def drop_sealed(self, url: str) -> None:
        """Drop a template of the run."""
        self._drop(_name(url))

    def close(self) -> None:
        """Drop what is left, and disconnect."""
        for name in self._made:
            self._drop(name)
        self._made.clear()
        self._server.close()

    def _new_name(self) -> str:
        return f"{self._prefix}_{len(self._made)}_{secrets.token_hex(3)}"

    def _marked(self, name: str) -> str:
        self._made.append(name)
        self._mark(name, Owner.here())
        url = attrs.evolve(self._url, database=name)
        return url.sqlalchemy().render_as_string(hide_password=False)

    def _mark(self, name: str, owner: Owner) -> None:
        from psycopg.sql import Literal

        self._run("COMMENT ON DATABASE {} IS {}", name, Literal(owner.text()))

    def _drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _wait_until_left(self, name: str, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        while self._server.execute(query, (name,)).fetchone() != (0,):
            if time.monotonic() > deadline:
                return
            time.sleep(0.001)

    def _sweep(self) -> None:
        """Drop databases of ours whose process is no more."""
        found = self._server.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE starts_with(datname, %s)",
            (PREFIX,),
        ).fetchall()
        for name, comment in found:
            owner = Owner.read(str(comment or ""))
            if owner is not None and owner.is_gone():
                self._drop(str(name))

    def _run(self, text: LiteralString, *parts: str | Composable) -> None:
        from psycopg.sql import SQL, Identifier

        named = [Identifier(part) if isinstance(part, str) else part for part in parts]
        self._server.execute(SQL(text).format(*named))


def _name(url: str) -> str:
    from mm_engine.runner.url import Url

    return Url.of(url).database


def _connected(url: Url) -> psycopg.Connection:
    """A connection; raises ``NoWayError``, without the password, if there is none."""
    import psycopg

    try:
        return psycopg.connect(_conninfo(url), autocommit=True)
    except psycopg.Error as error:
        said = url.scrubbed(" ".join(str(error).split()))
        raise NoWayError(f"cannot connect to {url}: {said}") from None


def _conninfo(url: Url) -> str:
    """What psycopg is told, made of the parts of a URL."""
    from psycopg.conninfo import make_conninfo

    words: dict[str, str | int | None] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database or "postgres",
        "application_name": "makemigrations tests",
        **url.query,
    }
    return make_conninfo("", **{k: v for k, v in words.items() if v is not None})
