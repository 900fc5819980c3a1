"""Which backend each database has, by its name and by a connection to it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from mm_engine.model.databases import MYSQL, POSTGRESQL, SQLITE
from mm_engine.runner.backend import Backend
from mm_engine.runner.wires import types_spoken

if TYPE_CHECKING:
    import sqlalchemy as sa

_HOMES = {
    POSTGRESQL: ("mm_engine.runner.postgresql", "PostgreSQL"),
    MYSQL: ("mm_engine.runner.mysql", "MySQL"),
    SQLITE: ("mm_engine.runner.sqlite", "SQLite"),
}


def backend_of(source: sa.Connection | sa.Engine) -> Backend:
    """The backend that a connection or an engine talks to."""
    # SQLAlchemy has one dialect for several of our databases; the first type is the
    # one that a URL means where nobody says another.
    kind = next(iter(types_spoken(source.dialect.name)), None)
    # A new one each time: it remembers how its connection was set.
    return _kind(kind)() if kind in _HOMES else Backend()


@cache
def _kind(database: str) -> type[Backend]:
    module, word = _HOMES[database]
    found: type[Backend] = vars(import_module(module))[word]
    return found
