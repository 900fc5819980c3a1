"""How each database is read: one value for each, found by its dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.errors import UnsupportedError
from mm_engine.introspect.native import Native
from mm_engine.model.databases import MYSQL, POSTGRESQL, SQLITE, TURSO, brought

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.model.schema import Schema

Reflect: TypeAlias = "Callable[[sa.Connection, Sequence[str]], Native]"
Expect: TypeAlias = "Callable[[sa.Connection, Schema, Dialect], Native]"

Apart: TypeAlias = "Callable[[Native, Schema | None, Dialect], Native]"

_HOMES = {
    MYSQL: "mm_engine.introspect.mysql_scratch",
    POSTGRESQL: "mm_engine.introspect.postgresql_scratch",
    SQLITE: "mm_engine.introspect.sqlite_scratch",
    TURSO: "mm_engine.introspect.turso",
}
"""Modules with a ``READER``."""


@attrs.frozen(kw_only=True)
class Reader:
    """What one database says: of what it holds, and of what a schema would be in it.

    ``reflect`` reads it in a constant number of questions, without what belongs to it
    or to us; the namespaces it is given are read beside that of unqualified names.

    ``expected`` builds a schema in a scratch place and reads it there; nothing stays
    behind. The scratch is of the same kind and version as the database of the
    connection, which is not changed.

    ``apart`` names and sorts what the database does not tell apart as a schema does, or
    as a new one would; what is read and what is expected go through it alike.
    """

    reflect: Reflect
    expected: Expect
    apart: Apart = lambda native, _schema, _dialect: native


def reader(dialect: Dialect) -> Reader:
    """What reads the databases that a dialect tells.

    Raises ``UnsupportedError`` for a database that nobody has taught us to read.
    """
    found = _reader(dialect.name)
    if found is None:
        raise UnsupportedError(
            f"{dialect.title} cannot be read yet",
            hint=f"this version reads {', '.join(readable())}; migrations are made and"
            " run without reading",
        )
    return found


def check_readable(dialect: Dialect) -> None:
    """Refuse a database that cannot be read, before anybody connects to it."""
    reader(dialect)


def readable() -> tuple[str, ...]:
    """The databases that can be read, by the names that schema files have."""
    return tuple(_HOMES)


@cache
def _reader(database: str) -> Reader | None:
    if database in _HOMES:
        ours: Reader = import_module(_HOMES[database]).READER
        return ours
    found = brought(database, "READER")
    return found if isinstance(found, Reader) else None


def reflect(
    connection: sa.Connection, dialect: Dialect, *, namespaces: Sequence[str] = ()
) -> Native:
    """What a database holds, as it says it; see ``Reader``."""
    return reader(dialect).reflect(connection, namespaces)


def apart(native: Native, schema: Schema | None, dialect: Dialect) -> Native:
    """What a database says, in what a schema tells apart; see ``Reader``."""
    found = _reader(dialect.name)
    return found.apart(native, schema, dialect) if found else native


def expected(connection: sa.Connection, schema: Schema, dialect: Dialect) -> Native:
    """What a database would hold of a schema, as it would say it; see ``Reader``."""
    return reader(dialect).expected(connection, schema, dialect)
