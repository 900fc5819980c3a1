"""A schema built in memory by SQLite, and read there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.statements import Move, Statement, flat
from mm_engine.introspect.native import Native
from mm_engine.introspect.reader import Reader
from mm_engine.introspect.sqlite import native_of, reflect_sqlite
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateTable

if TYPE_CHECKING:
    import sqlite3

    from mm_engine.dialects.base import Dialect

_MISSING = re.compile(r"no such (collation sequence|function): (\S+)")


def expected_sqlite(schema: Schema, dialect: Dialect) -> Native:
    """The schema as a new database in memory tells it, made as a dialect tells it."""
    import sqlite3

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as scratch:
        scratch.execute("BEGIN")
        for sql in _statements(schema, dialect):
            _told(scratch, sql)
        return native_of(scratch.execute)


READER = Reader(
    reflect=lambda connection, _: reflect_sqlite(connection),
    expected=lambda _, schema, dialect: expected_sqlite(schema, dialect),
)


def _statements(schema: Schema, dialect: Dialect) -> Iterator[str]:
    """What makes every table; enums are checks on them."""
    before = attrs.evolve(schema, tables={})
    for table in schema.tables.values():
        move = Move(CreateTable.of(table), before, number=1, mark="")
        for item in flat(dialect.told(move)):
            if isinstance(item, Statement):
                yield item.sql


def _told(scratch: sqlite3.Connection, sql: str) -> None:
    """One statement; what only the application knows is made up on the way.

    Nothing is ever computed here, so any function and any order will do.
    """
    import sqlite3

    while True:
        try:
            scratch.execute(sql)
        except sqlite3.OperationalError as error:
            missing = _MISSING.fullmatch(str(error))
            if missing is None:
                raise
            if missing[1] == "function":
                scratch.create_function(missing[2], -1, _nothing, deterministic=True)
            else:
                scratch.create_collation(missing[2], _all_alike)
        else:
            return


def _nothing(*values: object) -> None:
    del values


def _all_alike(one: str, other: str) -> int:
    del one, other
    return 0
