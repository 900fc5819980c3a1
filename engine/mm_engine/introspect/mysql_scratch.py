"""How MySQL would describe a schema, seen by building it in a database beside it.

Its DDL commits whatever is open, and ``USE`` would lead the caller elsewhere, so all of
it happens on a connection of its own, in a database of its own that is dropped again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mm_engine.dialects.mysql import STRICT, MySQL
from mm_engine.errors import DriftError
from mm_engine.introspect.asides import rows, run
from mm_engine.introspect.mysql import reflect_mysql
from mm_engine.introspect.mysql_apart import apart
from mm_engine.introspect.native import Native
from mm_engine.introspect.reader import Reader
from mm_engine.model.schema import Schema

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect

SCRATCH = "makemigrations_scratch_"
"""What the databases are called; the second of their making follows, and a number."""

LEFT = 3600
"""Seconds after which such a database is one that somebody left behind."""

_HERE = "SELECT UNIX_TIMESTAMP(), CONNECTION_ID()"
_OTHERS = (
    "SELECT schema_name FROM information_schema.schemata"
    f" WHERE schema_name LIKE '{SCRATCH.replace('_', '|_')}%' ESCAPE '|'"
)


def expected_mysql(
    connection: sa.Connection, schema: Schema, dialect: Dialect
) -> Native:
    """The schema as this server would describe it.

    Raises ``DriftError`` where nothing can be built on this server.
    """
    with _explained(), _scratch(connection) as scratch:
        # A table may refer to one that comes later.
        run(scratch, "SET foreign_key_checks = 0")
        run(scratch, STRICT.sql)
        for sql in _statements(schema, dialect):
            run(scratch, sql)
        return reflect_mysql(scratch)


READER = Reader(reflect=reflect_mysql, expected=expected_mysql, apart=apart)


def _statements(schema: Schema, dialect: Dialect) -> Iterator[str]:
    """What makes every table, with all that stands on it."""
    assert isinstance(dialect, MySQL)  # noqa: S101 - found by the dialect's name
    for table in schema.tables.values():
        yield dialect.table_sql(table, schema, if_not_exists=False)
        for name in dialect.triggers(table):
            yield dialect.trigger_made(table, name).sql


@contextmanager
def _scratch(connection: sa.Connection) -> Iterator[sa.Connection]:
    """A connection to an empty database, which is gone afterwards."""
    with connection.engine.connect() as scratch:
        # It comes back to no pool, where the next one would find itself elsewhere.
        scratch.detach()
        now, number = (int(str(value)) for value in rows(scratch, _HERE)[0])
        _sweep(scratch, before=now - LEFT)
        name = f"`{SCRATCH}{now}_{number}`"
        run(scratch, f"CREATE DATABASE {name}")
        try:
            run(scratch, f"USE {name}")
            yield scratch
        finally:
            # A connection that broke has left it behind: the next one sweeps.
            with suppress(Exception):
                run(scratch, f"DROP DATABASE {name}")


def _sweep(scratch: sa.Connection, *, before: int) -> None:
    """Drop what others have left behind who were killed."""
    for (name,) in rows(scratch, _OTHERS):
        made = str(name).removeprefix(SCRATCH).partition("_")[0]
        if made.isdecimal() and int(made) < before:
            run(scratch, f"DROP DATABASE IF EXISTS `{name}`")


_RIGHTS = f"GRANT ALL ON `{SCRATCH.replace('_', '|_')}%`.* TO the user".replace(
    "|", "\\"
)
_REASONS = {
    1044: ("this user may not make a database for it", _RIGHTS),
    1142: ("this user may not make tables in a database for it", _RIGHTS),
    1227: ("this user may not make a database for it", _RIGHTS),
    1290: ("this server only reads", "use a connection that writes"),
    1419: (
        "this user may make no triggers while the server writes a binary log",
        "SET GLOBAL log_bin_trust_function_creators = 1, or the right SUPER",
    ),
    1836: ("this server only reads", "use a connection that writes"),
}


@contextmanager
def _explained() -> Iterator[None]:
    """Let an error say what could not be built, and the way out."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        number, *said = getattr(error.orig, "args", ()) or (0,)
        reason, hint = _REASONS.get(
            number, ("the server refuses it", "make what it names as it was")
        )
        raise DriftError(
            "what the migrations say cannot be built beside the database to compare"
            f" the two: {reason} ({said[0] if said else error.orig})",
            hint=hint,
        ) from error
