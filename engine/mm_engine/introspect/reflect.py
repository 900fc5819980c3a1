"""What a database says it holds, asked for in a constant number of questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from mm_engine.errors import UnsupportedError
from mm_engine.introspect.native import Native

if TYPE_CHECKING:
    import sqlalchemy as sa


def reflect(connection: sa.Connection, *, namespaces: Sequence[str] = ()) -> Native:
    """Read a database, without what belongs to it or to us.

    ``namespaces`` are read beside the one where unqualified names lie. Raises
    ``UnsupportedError`` for a database that nobody has taught us to read.
    """
    from mm_engine.introspect.postgresql import reflect_postgresql
    from mm_engine.introspect.sqlite import reflect_sqlite

    known: Mapping[str, Callable[[sa.Connection, Sequence[str]], Native]] = {
        "sqlite": lambda found, _: reflect_sqlite(found),
        "postgresql": lambda found, names: reflect_postgresql(found, namespaces=names),
    }
    reader = known.get(connection.dialect.name)
    if reader is None:
        raise UnsupportedError(f"{connection.dialect.name} cannot be read yet")
    return reader(connection, namespaces)
