"""What was begun and what was done, statement by statement, where DDL commits itself.

Rows are only ever added, and go together with the row of history that says the same:
a database that has neither transactions nor quick updates can keep it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

import attrs

from mm_engine.runner import owned
from mm_engine.runner.backends import backend_of
from mm_engine.runner.owned import Column, Kind
from mm_engine.runner.plan import Direction

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_journal"

COLUMNS = (
    Column("id", Kind.KEY),
    Column("migration", Kind.WORD),
    Column("direction", Kind.WORD),
    Column("number", Kind.NUMBER),
    Column("part", Kind.NUMBER),
    Column("total", Kind.NUMBER),
    Column("state", Kind.WORD),
    Column("digest", Kind.WORD),
    Column("said", Kind.TEXT),
    Column("noted_at", Kind.MOMENT),
)


class Noted(Enum):
    """What a row says of a statement; the values are what stands in the table."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    TORN = "torn"


@attrs.frozen(kw_only=True)
class Entry:
    """One row: something noted of the ``number``-th statement of a migration.

    ``part`` counts what one item runs beyond one statement. ``said`` is the SQL of
    what was begun, the error of what failed, or what was to be remembered.
    """

    id: int
    migration: str
    direction: Direction
    number: int
    part: int = 0
    total: int
    state: Noted
    digest: str | None = None
    said: str | None = None


def read(connection: sa.Connection) -> tuple[Entry, ...]:
    """All rows, the oldest first; none if there is no table. Nothing is written."""
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(TABLE):
        return ()
    found = connection.execute(sa.select(_table())).mappings()
    entries = [
        Entry(
            id=int(row["id"]),
            migration=str(row["migration"]),
            direction=Direction(row["direction"]),
            number=int(row["number"]),
            part=int(row["part"]),
            total=int(row["total"]),
            state=Noted(row["state"]),
            digest=row["digest"],
            said=row["said"],
        )
        for row in found
    ]
    return tuple(sorted(entries, key=lambda entry: entry.id))


def prepare(connection: sa.Connection) -> None:
    """Have the table."""
    import sqlalchemy as sa

    if not sa.inspect(connection).has_table(TABLE):
        owned.make(connection, backend_of(connection), TABLE, COLUMNS)


def add(connection: sa.Connection, entries: Iterable[Entry]) -> None:
    """Write rows; the database's clock says when."""
    for entry in entries:
        connection.execute(
            _table().insert(),
            {
                "id": entry.id,
                "migration": entry.migration,
                "direction": entry.direction.value,
                "number": entry.number,
                "part": entry.part,
                "total": entry.total,
                "state": entry.state.value,
                "digest": entry.digest,
                "said": entry.said,
            },
        )


def clear(connection: sa.Connection, migration: str) -> None:
    """Take out what was noted of a migration."""
    table = _table()
    connection.execute(table.delete().where(table.c.migration == migration))


@cache
def _table() -> sa.TableClause:
    import sqlalchemy as sa

    return sa.table(TABLE, *(sa.column(column.name) for column in COLUMNS))
