"""Databases of MySQL and MariaDB: made on a server, copied by what it says of one.

No server of this kin copies a database. What it says of each thing in one makes the
same in another, much quicker than migrations do. Whose a database is stands in a table
beside them; nothing else is dropped.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Container, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import attrs

from mm_pytest.databases.connecting import connected
from mm_pytest.databases.mysql_contents import END, Contents, Kept
from mm_pytest.databases.place import KEPT, CopyingPlace
from mm_pytest.databases.resets import NotResetError
from mm_pytest.owner import Owner
from mm_pytest.servers.wanted import NoWayError

if TYPE_CHECKING:
    from mm_pytest.databases.resets import Reset

PREFIX = "mm_test_"
"""What the names of our databases begin with."""

REGISTER = f"{PREFIX}owners"
"""The database with the table that says whose the others are."""

PATIENCE = 0.1
"""Seconds to wait for sessions that were closed to be gone."""

_OWNERS = "(name VARCHAR(64) PRIMARY KEY, owner TEXT NOT NULL)"
_MAKE_REGISTER = (
    f"CREATE DATABASE IF NOT EXISTS {REGISTER}",
    f"CREATE TABLE IF NOT EXISTS {REGISTER}.owners {_OWNERS}",
)


class MySQL(CopyingPlace):
    """A server, and the databases that this process made on it."""

    is_ended_by_changes = True

    def __init__(self, kind: str, url: str, way: str, owner: Owner) -> None:
        """Connect, and drop what processes that are gone have left.

        What is sealed is the owner's, and the rest is this process's.
        """
        from mm_engine.runner.mysql import flavour_of
        from mm_engine.runner.url import Url

        self.kind = kind
        self._url = Url.of(url)
        self._owner = owner
        self._made: list[str] = []
        self._read_once: dict[str, Contents] = {}
        self._stack = ExitStack()
        self._server = self._stack.enter_context(connected(self._url))
        [(told,)] = self._rows("SELECT VERSION()")
        flavour, version = flavour_of(told)
        if flavour.lower() != kind:
            self._stack.close()
            raise NoWayError(f"{self._url} is a server of {flavour}, not of {kind}")
        self.version = ".".join(map(str, version))
        self.title = f"{kind} {self.version} by {way}"
        self._prefix = f"{PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
        for statement in (END, *_MAKE_REGISTER):
            self._run(statement)
        self._sweep()

    def empty(self) -> str:
        """A new database, marked as ours."""
        name = f"{self._prefix}_{len(self._made)}_{secrets.token_hex(3)}"
        self._mark(name, Owner.here().text())
        self._made.append(name)
        self._run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return self._url_of(name)

    def sealed(self, url: str) -> str:
        """The same database, which is the run's from now on."""
        name = _name(url)
        self._mark(name, self._owner.text())
        self._made.remove(name)
        return url

    def copy(self, sealed: str) -> str:
        """The same things made in another database, by texts that are read once."""
        if sealed not in self._read_once:
            self._read_once[sealed] = self._contents(_name(sealed))
        return self._made_of(self._read_once[sealed])

    def twin(self, url: str) -> str:
        """The same as a database has now."""
        return self._made_of(self._contents(_name(url)))

    def kept(self, key: str) -> str | None:
        """A database that the register has under the key, with what it had then."""
        for name, told in self._all_kept():
            if Kept.read(told).key != key:
                continue
            contents = self._contents(name)
            if Kept.read(told).digest == self._digest(contents):
                url = self._url_of(name)
                self._read_once[url] = contents
                return url
            self._drop(name)
        return None

    def keep(self, sealed: str, key: str) -> str:
        """The same database, which the register says is kept."""
        name = _name(sealed)
        contents = self._read_once[sealed] = self._contents(name)
        kept = Kept(time.time_ns(), key, self._digest(contents))
        self._mark(name, str(kept))
        for old, _ in self._all_kept()[:-KEPT]:
            self._drop(old)
        return sealed

    def forget(self) -> int:
        """Drop those of every run."""
        found = self._all_kept()
        for name, _ in found:
            self._drop(name)
        return len(found)

    def reset(self, url: str, sealed: str) -> Reset:
        """What empties the tables that tests filled, by a connection of its own."""
        from mm_engine.runner.history import TABLE
        from mm_engine.runner.url import Url
        from mm_pytest.databases.mysql_reset import MySQLReset

        tables = [one for one in self._tables(_name(sealed)) if one != TABLE]
        fillings = dict(self._fillings(_name(sealed), tables))
        self._refuse_programs(_name(url), fillings)
        stack = ExitStack()
        server = stack.enter_context(connected(Url.of(url).refined(self.kind)))
        quoted = [*map(_quoted, tables)]
        return MySQLReset(self.kind, server, stack, quoted, fillings)

    def let_go(self, url: str) -> bool:
        """Drop it, once the sessions that are being closed are gone."""
        name, deadline = _name(url), time.monotonic() + PATIENCE
        while (staying := self._sessions(name)) and time.monotonic() < deadline:
            time.sleep(0.001)
        self.drop(url)
        return not staying

    def drop(self, url: str) -> None:
        """Drop a database of ours; whoever is still in it has nothing there."""
        name = _name(url)
        if name in self._made:
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
        self._stack.close()

    def _made_of(self, contents: Contents) -> str:
        url = self.empty()
        name = _name(url)
        self._run(f"USE {name}")
        for statement in contents.on(name):
            self._run(statement)
        return url

    def _contents(self, name: str) -> Contents:
        """What the server says of a database: tables, rows, programs, views.

        Rows come before triggers, which would run for them.
        """
        tables, views = self._tables(name), self._tables(name, "= 'VIEW'")
        return Contents(
            origin=name,
            statements=(
                *(self._said("TABLE", name, table) for table in tables),
                *(filling for _, filling in self._fillings(name, tables)),
                *self._programs(name),
            ),
            views=tuple(self._said("VIEW", name, view) for view in views),
        )

    def _tables(self, name: str, condition: str = "<> 'VIEW'") -> list[str]:
        found = self._rows(
            "SELECT table_name FROM information_schema.tables"
            f" WHERE table_schema = '{name}' AND table_type {condition}"
            " ORDER BY table_name"
        )
        return [table for (table,) in found]

    def _refuse_programs(self, name: str, filled: Container[str]) -> None:
        """Nothing keeps a trigger from running where rows are put back."""
        for trigger, table in self._rows(
            "SELECT trigger_name, event_object_table FROM information_schema.triggers"
            f" WHERE trigger_schema = '{name}' AND event_manipulation = 'INSERT'"
        ):
            if table in filled:
                raise NotResetError(
                    f"migrations leave rows in {table}, whose trigger {trigger} would"
                    " run when they are put back"
                )

    def _fillings(self, name: str, tables: list[str]) -> Iterator[tuple[str, str]]:
        """What copies the rows of each table that has any, by its name."""
        columns: dict[str, list[str]] = {}
        # What is computed cannot be given; MySQL says DEFAULT_GENERATED of a default.
        for table, column in self._rows(
            "SELECT table_name, column_name FROM information_schema.columns"
            f" WHERE table_schema = '{name}' AND extra NOT LIKE '% GENERATED%'"
            " ORDER BY table_name, ordinal_position"
        ):
            columns.setdefault(table, []).append(_quoted(column))
        for table in tables:
            if self._rows(f"SELECT 1 FROM {_quoted(name, table)} LIMIT 1"):
                listed = ", ".join(columns[table])
                filling = (
                    f"INSERT INTO {_quoted(table)} ({listed})"
                    f" SELECT {listed} FROM {_quoted(name, table)}"
                )
                yield table, filling

    def _programs(self, name: str) -> Iterator[str]:
        """Functions, procedures and triggers, each with the mode it was written in."""
        for kind, program, mode in self._rows(
            "SELECT routine_type, routine_name, sql_mode"
            f" FROM information_schema.routines WHERE routine_schema = '{name}'"
            " UNION ALL SELECT 'TRIGGER', trigger_name, sql_mode"
            f" FROM information_schema.triggers WHERE trigger_schema = '{name}'"
        ):
            yield f"SET SESSION sql_mode = '{mode}'"
            yield self._said(kind, name, program)

    def _said(self, kind: str, database: str, name: str) -> str:
        """What the server says would make a thing."""
        from mm_engine.runner.session import AS_IT_IS

        asked = f"SHOW CREATE {kind} {_quoted(database, name)}"
        found = self._server.exec_driver_sql(asked, execution_options=AS_IT_IS)
        own = f"Create {kind.title()}"
        row = found.mappings().one()
        return str(row[own if own in row else "SQL Original Statement"])

    def _mark(self, name: str, owner: str) -> None:
        self._server.exec_driver_sql(
            f"REPLACE INTO {REGISTER}.owners VALUES (%s, %s)", (name, owner)
        ).close()

    def _all_kept(self) -> list[tuple[str, ...]]:
        """The names of what is kept, and what the register says, the oldest first."""
        found = self._rows(
            f"SELECT name, owner FROM {REGISTER}.owners WHERE owner LIKE 'kept %'"
        )
        return sorted(found, key=lambda row: Kept.read(row[1]).moment)

    def _digest(self, contents: Contents) -> str:
        """What tells whether things and rows are still the same."""
        parts = [*contents.statements, *contents.views]
        for table in self._tables(contents.origin):
            quoted = _quoted(contents.origin, table)
            parts.append(repr(self._rows(f"SELECT count(*) FROM {quoted}")))
            if self.kind != "tidb":  # which has no such statement
                parts.append(repr(self._rows(f"CHECKSUM TABLE {quoted}")))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def _url_of(self, name: str) -> str:
        url = attrs.evolve(self._url, database=name)
        return url.sqlalchemy().render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        """Drop it for good: an open transaction of a test would keep us waiting."""
        from sqlalchemy.exc import DBAPIError

        for number in self._sessions(name):
            with suppress(DBAPIError):  # it was leaving anyway
                self._run(f"KILL {number}")
        self._run(f"DROP DATABASE IF EXISTS {name}")
        self._run(f"DELETE FROM {REGISTER}.owners WHERE name = '{name}'")

    def _sessions(self, name: str) -> list[str]:
        """Those in a database that are not our own."""
        found = self._rows(
            f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
            " AND id <> CONNECTION_ID()"
        )
        return [number for (number,) in found]

    def _sweep(self) -> None:
        """Drop databases of ours whose process is no more."""
        for name, told in self._rows(f"SELECT name, owner FROM {REGISTER}.owners"):
            owner = Owner.read(told)
            if owner is not None and owner.is_gone():
                self._drop(name)

    def _run(self, sql: str) -> None:
        from mm_engine.runner.session import AS_IT_IS

        self._server.exec_driver_sql(sql, execution_options=AS_IT_IS).close()

    def _rows(self, sql: str) -> list[tuple[str, ...]]:
        from mm_engine.runner.session import AS_IT_IS

        found = self._server.exec_driver_sql(sql, execution_options=AS_IT_IS)
        return [tuple(str(value) for value in row) for row in found]


def _quoted(*names: str) -> str:
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)


def _name(url: str) -> str:
    from mm_engine.runner.url import Url

    return Url.of(url).database
