"""Databases of PostgreSQL: made on a server, copied from a template.

Every one carries a mark of ours in its comment, and those of this process in their
names; nothing else is ever dropped.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from mm_pytest.databases.errands import Errand
from mm_pytest.databases.place import KEPT, CopyingPlace, NotKeptError
from mm_pytest.owner import Owner
from mm_pytest.servers.wanted import NoWayError

if TYPE_CHECKING:
    from typing import LiteralString

    import psycopg
    from psycopg.sql import Composable, Composed

    from mm_engine.runner.url import Url
    from mm_pytest.databases.resets import Reset

PREFIX = "mm_test_"
"""What the names of our databases begin with."""

KEPT_PREFIX = "mm_kept_"
"""What the names of those begin with that outlive a run."""

STRATEGY = 15
"""The first version that can be told how to copy a database."""

_DROP: LiteralString = "DROP DATABASE IF EXISTS {} WITH (FORCE)"

PATIENCE = 2.0
"""Seconds to wait for sessions that were closed to be gone: it takes milliseconds,
and a server that finds one still there waits for a tenth of a second."""


@attrs.frozen
class Ahead:
    """A copy that is being made of a template before anybody asks for it."""

    template: str
    name: str


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
        self.version = f"{self._version}.{number % 10_000}"
        self.title = f"postgresql {self.version} by {way}"
        self._prefix = f"{PREFIX}{Owner.here().tag}"
        self._copying = Errand(lambda: _connected(self._url))
        self._dropping = Errand(lambda: _connected(self._url))
        self._copied: str | None = None
        self._ahead: Ahead | None = None
        self._leaving: str | None = None
        self._sweep()

    def empty(self) -> str:
        """A new database, marked as ours."""
        name = self._new_name()
        self._run(_told("CREATE DATABASE {}", name))
        return self._marked(name)

    def sealed(self, url: str) -> str:
        """The same database, to which nobody can connect any more."""
        name = _name(url)
        self._run(_told("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name))
        self._wait_until_left(name)
        self._mark(name, self._owner)
        self._made.remove(name)
        return url

    def copy(self, sealed: str) -> str:
        """A copy made by the server, which begins the next one meanwhile.

        A template that is copied a second time will be so again.
        """
        template = _name(sealed)
        name = self._begun(template)
        if name is None:
            name = self._new_name()
            self._run(self._copy_of(template, name))
        if self._copied == template:
            self._begin(template)
        self._copied = template
        return self._marked(name)

    def twin(self, url: str) -> str:
        """A copy, as soon as the sessions that were closed are gone."""
        name = self._new_name()
        self._wait_until_left(_name(url))
        self._run(self._copy_of(_name(url), name))
        return self._marked(name)

    def kept(self, key: str) -> str | None:
        """A database called after the key, to which nobody could connect meanwhile."""
        name = f"{KEPT_PREFIX}{key}"
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        found = self._server.execute(query, (name,)).fetchone()
        if found == (True,):
            self._drop(name)
        return self._url_of(name) if found == (False,) else None

    def keep(self, sealed: str, key: str) -> str:
        """The same database under another name, which is nobody's.

        Where another run was quicker, its database.
        """
        import psycopg

        name, kept = _name(sealed), f"{KEPT_PREFIX}{key}"
        try:
            self._run(_told("ALTER DATABASE {} RENAME TO {}", name, kept))
            self._run(_told("COMMENT ON DATABASE {} IS NULL", kept))
        except psycopg.errors.DuplicateDatabase:
            self._drop(name)
        except psycopg.Error as error:
            raise NotKeptError(" ".join(str(error).split())) from error
        for old in self._all_kept()[:-KEPT]:
            with suppress(psycopg.Error):  # somebody copies it
                self._drop(old)
        return self._url_of(kept)

    def forget(self) -> int:
        """Drop those of every run."""
        found = self._all_kept()
        for name in found:
            self._drop(name)
        return len(found)

    def reset(self, url: str, sealed: str) -> Reset:
        """What deletes the rows of tests, by a connection of its own."""
        from mm_engine.runner.url import Url
        from mm_pytest.databases.postgresql_reset import PostgreSQLReset

        del sealed
        return PostgreSQLReset(_connected(Url.of(url)))

    def let_go(self, url: str) -> bool:
        """Have a database of ours dropped while the tests go on.

        What cannot be dropped so is dropped at the end, which says why not.
        """
        name = _name(url)
        if name not in self._made:
            return True
        is_left = self._wait_until_left(name, PATIENCE / 20)
        self._have_left()
        if self._dropping.send(self._text(_told(_DROP, name))):
            self._leaving = name
        return is_left

    def drop(self, url: str) -> None:
        """Drop a database of ours; whoever is still connected is thrown out."""
        name = _name(url)
        if name in self._made:
            self._wait_until_left(name, PATIENCE / 20)
            self._drop(name)
            self._made.remove(name)

    def drop_sealed(self, url: str) -> None:
        """Drop a template of the run, when it is not being copied any more."""
        name = self._begun(_name(url))
        if name is not None:
            self._made.append(name)
        self._drop(_name(url))

    def close(self) -> None:
        """Drop what is left, and disconnect."""
        self._have_left()
        self._copying.close()
        self._dropping.close()
        ahead = [self._ahead.name] if self._ahead else []
        for name in (*self._made, *ahead):
            self._drop(name)
        self._made.clear()
        self._server.close()

    def _begun(self, template: str) -> str | None:
        """The copy that was begun; None where there is none, or it went wrong."""
        ahead = self._ahead
        if ahead is None or ahead.template != template:
            return None
        self._ahead = None
        return ahead.name if self._copying.is_done() else None

    def _begin(self, template: str) -> None:
        if self._ahead is None:
            name = self._new_name()
            if self._copying.send(self._text(self._copy_of(template, name))):
                self._ahead = Ahead(template, name)

    def _have_left(self) -> None:
        """Wait for the database that is being dropped."""
        if self._leaving is not None and self._dropping.is_done():
            self._made.remove(self._leaving)
        self._leaving = None

    def _copy_of(self, template: str, name: str) -> Composed:
        """How a server copies: files, where it can be told so."""
        by_files = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        of_old = "CREATE DATABASE {} TEMPLATE {}"
        return _told(by_files if self._version >= STRATEGY else of_old, name, template)

    def _new_name(self) -> str:
        return f"{self._prefix}_{len(self._made)}_{secrets.token_hex(3)}"

    def _marked(self, name: str) -> str:
        self._made.append(name)
        self._mark(name, Owner.here())
        return self._url_of(name)

    def _all_kept(self) -> list[str]:
        """What is kept, in the order in which it was made."""
        found = self._server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " AND NOT datallowconn ORDER BY oid",
            (KEPT_PREFIX,),
        ).fetchall()
        return [str(name) for (name,) in found]

    def _url_of(self, name: str) -> str:
        url = attrs.evolve(self._url, database=name)
        return url.sqlalchemy().render_as_string(hide_password=False)

    def _mark(self, name: str, owner: Owner) -> None:
        from psycopg.sql import Literal

        self._run(_told("COMMENT ON DATABASE {} IS {}", name, Literal(owner.text())))

    def _drop(self, name: str) -> None:
        self._run(_told(_DROP, name))

    def _wait_until_left(self, name: str, patience: float = PATIENCE) -> bool:
        """Whether all sessions are gone, at the latest after that many seconds."""
        deadline = time.monotonic() + patience
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        while self._server.execute(query, (name,)).fetchone() != (0,):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True

    def _sweep(self) -> None:
        """Drop databases of ours whose process is no more."""
        found = self._server.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE starts_with(datname, %s)",
            (PREFIX,),
        ).fetchall()
        for name, comment in found:
            owner = Owner.read(str(comment or "")) or Owner.tagged(str(name))
            if owner is not None and owner.is_gone():
                self._drop(str(name))

    def _run(self, statement: Composed) -> None:
        self._server.execute(statement)

    def _text(self, statement: Composed) -> str:
        return statement.as_string(self._server)


def _told(text: LiteralString, *parts: str | Composable) -> Composed:
    from psycopg.sql import SQL, Identifier

    named = [Identifier(part) if isinstance(part, str) else part for part in parts]
    return SQL(text).format(*named)


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
