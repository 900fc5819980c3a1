"""What a server of libSQL says it holds, and what it would hold of a schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mm_engine.introspect.native import Native
from mm_engine.introspect.reader import Reader
from mm_engine.introspect.sqlite import native_of
from mm_engine.introspect.sqlite_scratch import expected_sqlite

if TYPE_CHECKING:
    import sqlalchemy as sa

_BLANK = re.compile(r"(?<=[\w\]\"`]) (?=\()")


def reflect_turso(connection: sa.Connection) -> Native:
    """Read a database as SQLite's are, types written as we write them."""

    def ask(question: str) -> Iterator[Sequence[object]]:
        for row in connection.exec_driver_sql(question):
            told = tuple(row)
            # Of a column: its table, its name, its type and more. The server says
            # VARCHAR (30) of a column that was added.
            if len(told) == _COLUMN:
                told = (*told[:2], _BLANK.sub("", str(told[2])), *told[3:])
            yield told

    return native_of(ask)


_COLUMN = 7

READER = Reader(
    reflect=lambda connection, _: reflect_turso(connection),
    expected=lambda _, schema, dialect: expected_sqlite(schema, dialect),
)
