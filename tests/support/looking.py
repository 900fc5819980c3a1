"""A connection of SQLAlchemy's that looks at a live schema of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from live_postgresql import LivePostgreSQL


@contextmanager
def looking_at(
    live: LivePostgreSQL, *, user: str | None = None
) -> Iterator[sa.Connection]:
    """A connection with its search path, as the same user or another."""
    info = live.connection.info
    url = sa.URL.create(
        "postgresql+psycopg",
        username=user or info.user,
        host=info.host,
        port=info.port,
        database=info.dbname,
        query={"options": f"-csearch_path={live.name}"},
    )
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
