"""PostgreSQL in the place of Aurora DSQL: its words, with what waits made to wait not.

It runs the SQL, and shows that it says what was meant. That DSQL takes it is for AWS's
own linter to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from live_postgresql import LivePostgreSQL
from mm_engine.dialects import dialect
from mm_engine.dialects.auroradsql_alters import NOT_NULL
from mm_engine.dialects.statements import Item, Move

_ASYNC = re.compile(r"^(CREATE (?:UNIQUE )?INDEX|ALTER TABLE) ASYNC ")
_CHECK = re.compile(rf"'{NOT_NULL}(?P<name>[^']*)'")


class LiveAuroraDSQL(LivePostgreSQL):
    """A schema that is told one statement a transaction, in the words of DSQL."""

    @classmethod
    @contextmanager
    def on(cls, url: str) -> Iterator[LiveAuroraDSQL]:
        """An empty schema, dropped at the end with everything in it."""
        with psycopg.connect(url, autocommit=True) as connection:
            name = f"live_dsql_{connection.info.backend_pid}"
            live = cls(connection, dialect=dialect("auroradsql"))
            live.sql("SET client_min_messages = warning")
            live.sql(f"CREATE SCHEMA {name}")
            live.sql(f"SET search_path = {name}")
            live.spaces_before = live.other_spaces()
            try:
                yield live
            finally:
                for space in (name, *live.other_spaces() - live.spaces_before):
                    live.sql(f"DROP SCHEMA {live.dialect.quote(space)} CASCADE")

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """A statement as PostgreSQL takes it."""
        return super().sql(_ASYNC.sub(r"\1 ", sql))

    def _told(self, told: tuple[Move, ...]) -> None:
        items: Iterable[Item] = self.dialect.items(told)
        self._run(items)

    def alike(self) -> dict[str, object]:
        """The shape, with a check that a column is not null taken for NOT NULL."""
        shape: dict[str, object] = dict(super().shape())
        checks = [str(row) for row in _texts(shape["constraints"])]
        shape["constraints"] = [row for row in checks if not _CHECK.search(row)]
        required = {
            (row.split(",")[0].lstrip("("), found["name"])
            for row in checks
            if (found := _CHECK.search(row))
        }
        shape["columns"] = sorted(
            _required(str(row)) if _column(str(row)) in required else str(row)
            for row in _texts(shape["columns"])
        )
        return shape


def _texts(rows: object) -> list[object]:
    assert isinstance(rows, list)
    return rows


def _column(row: str) -> tuple[str, str]:
    table, name, *_ = row.lstrip("(").split(", ")
    return table, name.strip("'")


def _required(row: str) -> str:
    return row.replace(", False, ", ", True, ", 1)
