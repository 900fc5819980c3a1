"""A schema as a database describes it that was made from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mm_engine.errors import UnsupportedError
from mm_engine.introspect.native import Native

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.model.schema import Schema


def expected(connection: sa.Connection, schema: Schema, dialect: Dialect) -> Native:
    """Build a schema in a scratch place and read it there; nothing stays behind.

    The scratch is of the same kind and version as the database of the connection,
    which is not changed: memory on SQLite, what is rolled back on PostgreSQL.
    """
    from mm_engine.introspect.postgresql_scratch import expected_postgresql
    from mm_engine.introspect.sqlite_scratch import expected_sqlite

    known: Mapping[str, Callable[[], Native]] = {
        "sqlite": lambda: expected_sqlite(schema),
        "postgresql": lambda: expected_postgresql(connection, schema, dialect),
    }
    scratch = known.get(connection.dialect.name)
    if scratch is None:
        raise UnsupportedError(f"{dialect.title} cannot be read yet")
    return scratch()
