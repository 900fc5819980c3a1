"""What a database says was applied, in the table that the original made too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import HistoryError
from mm_engine.runner import owned
from mm_engine.runner.backends import backend_of
from mm_engine.runner.connect import connected
from mm_engine.runner.failures import explained
from mm_engine.runner.looking import file_rows
from mm_engine.runner.owned import Column, Kind
from mm_engine.runner.url import Url
from mm_engine.runner.waiting import GLANCE

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_history"

APPLIED = "applied"
FAKED = "faked"

OURS = ("sequence", "digest", "tool_version", "duration_ms", "kind")
"""Columns that the original has not; all may be null, so that it can still insert."""


COLUMNS = (
    Column("id", Kind.COUNTER),
    Column("name", Kind.NAME),
    Column("applied_at", Kind.MOMENT),
    Column("sequence", Kind.NUMBER),
    Column("digest", Kind.WORD),
    Column("tool_version", Kind.WORD),
    Column("duration_ms", Kind.NUMBER),
    Column("kind", Kind.WORD),
)


@attrs.frozen(kw_only=True)
class Record:
    """One row: a migration that was applied, or was said to be.

    The original fills in only the name; its default the time.
    """

    name: str
    applied_at: str | None = None
    sequence: int | None = None
    digest: str | None = None
    tool_version: str | None = None
    duration_ms: int | None = None
    kind: str | None = None

    @property
    def is_faked(self) -> bool:
        """Whether it was recorded without being run."""
        return self.kind == FAKED


@attrs.frozen
class History:
    """What was applied, in the order in which it was.

    ``columns`` are those that the table has; none if there is no table.
    """

    records: tuple[Record, ...] = attrs.field(default=(), converter=tuple[Record, ...])
    columns: tuple[str, ...] = attrs.field(
        default=(), converter=tuple[str, ...], repr=False
    )

    @classmethod
    def read(cls, connection: sa.Connection) -> History:
        """Read the table, if there is one; nothing is created or altered."""
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table(TABLE):
            return cls()
        found = connection.execute(sa.text(f"SELECT * FROM {TABLE}")).mappings()
        return cls.of(tuple(found.keys()), [dict(row) for row in found])

    @classmethod
    def of(cls, columns: Sequence[str], rows: Iterable[dict[str, object]]) -> History:
        """What rows of a table with these columns say; raises for any other table."""
        if "name" not in columns:
            raise HistoryError(
                f"the table {TABLE} has no column name, so it is none of ours",
                hint="rename the table, or use another database",
            )
        rows = sorted(rows, key=_age)
        if any(row.get("sequence") is None for row in rows):
            # The original numbers rows by id alone, and may have added some to ours.
            rows.sort(key=lambda row: _number(row.get("id")))
        return cls(map(_record, rows), columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what was applied, in its order."""
        return tuple(record.name for record in self.records)

    def record(self, name: str) -> Record | None:
        """The row of a migration, if there is one."""
        return next((r for r in self.records if r.name == name), None)

    @property
    def next_sequence(self) -> int:
        """A number greater than that of every row."""
        return max([len(self.records), *(r.sequence or 0 for r in self.records)]) + 1


def read_history(url: Url, *, root: Path) -> History:
    """The history of a database that is only looked at.

    A file that is not there has none, and is not made. Raises ``LockError`` rather
    than wait for somebody who is writing.
    """
    if url.wire.is_file:
        if not url.is_memory and not _exists(url.path(root)):
            return History()
        columns, rows = file_rows(url, root, TABLE)
        return History.of(columns, rows) if columns else History()
    with (
        connected(url, root=root) as connection,
        explained(connection, "reading the history"),
        backend_of(connection).waiting(connection, GLANCE),
    ):
        return History.read(connection)


def prepare(connection: sa.Connection, history: History) -> None:
    """Make the table, or give the original's the columns that are ours.

    Called before the first row is written, in the same transaction.
    """
    backend = backend_of(connection)
    if not history.columns:
        owned.make(connection, backend, TABLE, COLUMNS)
        return
    for column in COLUMNS:
        if column.name in OURS and column.name not in history.columns:
            owned.add(connection, backend, TABLE, column)


def add(connection: sa.Connection, record: Record) -> int:
    """Write a row, and return its number; the database's clock says when."""
    row = {
        "name": record.name,
        "sequence": record.sequence,
        "digest": record.digest,
        "tool_version": record.tool_version,
        "duration_ms": record.duration_ms,
        "kind": record.kind,
    }
    backend = backend_of(connection)
    if not backend.deals_numbers:
        number = _next_number(connection)
        # Where no default tells the time, nobody's clock but ours is at hand.
        clock = {} if backend.words.now else {"applied_at": dt.datetime.now(dt.UTC)}
        connection.execute(_statements().numbered, {"id": number, **row, **clock})
        return number
    written = connection.execute(_statements().insert, row)
    key = list(written.inserted_primary_key or ())
    return int(key[0])


def _next_number(connection: sa.Connection) -> int:
    """One more than the greatest there is; the lock keeps others from taking it too."""
    import sqlalchemy as sa

    greatest = sa.select(sa.func.max(_table().c.id))
    return int(connection.execute(greatest).scalar() or 0) + 1


def amend(connection: sa.Connection, name: str, digest: str) -> None:
    """Give a row another digest: what stands in the file now is what was applied."""
    connection.execute(_statements().amend, {"amended": name, "new_digest": digest})


def remove(connection: sa.Connection, names: Iterable[str]) -> None:
    """Take the rows of these migrations out."""
    for name in names:
        connection.execute(_statements().delete, {"removed": name})


@cache
def tool_version() -> str:
    """The version of this distribution, written beside what it applied."""
    from importlib import metadata

    try:
        return metadata.version("makemigrations")
    except metadata.PackageNotFoundError:
        return "unknown"


@attrs.frozen
class _Statements:
    insert: sa.Insert
    numbered: sa.Insert
    amend: sa.Update
    delete: sa.Delete


@cache
def _statements() -> _Statements:
    import sqlalchemy as sa

    table = _table()
    # A driver asks for the number of a row of a table with a key, unless it is told not
    # to; one that we give need not be asked for.
    return _Statements(
        table.insert(),
        table.insert().inline(),
        table.update()
        .where(table.c.name == sa.bindparam("amended"))
        .values(digest=sa.bindparam("new_digest")),
        table.delete().where(table.c.name == sa.bindparam("removed")),
    )


@cache
def _table() -> sa.Table:
    """The table as far as its rows are written: a row's number is read back with it."""
    import sqlalchemy as sa

    number, *others = (column.name for column in COLUMNS)
    key = sa.Column(number, sa.Integer, primary_key=True)
    return sa.Table(TABLE, sa.MetaData(), key, *map(sa.Column, others))


def _record(row: dict[str, object]) -> Record:
    return Record(
        name=str(row["name"]),
        applied_at=_text(row.get("applied_at")),
        sequence=_whole(row.get("sequence")),
        digest=_text(row.get("digest")),
        tool_version=_text(row.get("tool_version")),
        duration_ms=_whole(row.get("duration_ms")),
        kind=_text(row.get("kind")),
    )


def _age(row: dict[str, object]) -> tuple[int, str]:
    return _number(row.get("sequence")), str(row["name"])


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _exists(path: Path) -> bool:
    try:
        return path.exists() or not path.parent.is_dir()
    except OSError:
        return True
