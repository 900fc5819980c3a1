"""What was done to a database by hand, told in operations."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from mm_engine.diff import diff
from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift import lift
from mm_engine.introspect.native import Unread
from mm_engine.introspect.reflect import reflect
from mm_engine.introspect.scratch import expected
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect


@attrs.frozen(kw_only=True)
class Drift:
    """How a database differs from what its migrations add up to.

    ``operations`` turn the expected schema into the live one: what was done by hand;
    ``repair`` turns the live one back. ``unread`` is there and no drift: no schema has
    a place for it.
    """

    expected: Schema = attrs.field(repr=False)
    live: Schema = attrs.field(repr=False)
    operations: tuple[Operation, ...]
    repair: tuple[Operation, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the database is what its migrations add up to."""
        return not self.operations


def drift(
    connection: sa.Connection,
    schema: Schema,
    dialect: Dialect,
    *,
    ignore: Sequence[str] = (),
) -> Drift:
    """Compare a database with the schema that its migrations add up to.

    ``ignore`` are patterns of table names that nobody is told about.
    """
    native = reflect(connection, namespaces=_namespaces(schema, dialect))
    guide = Guide(schema, expected(connection, schema, dialect))
    lifted = _ignoring(lift(native, dialect, guide), schema, ignore)
    live = with_names(lifted, schema)
    return Drift(
        expected=schema,
        live=live,
        operations=diff(schema, live),
        repair=diff(live, schema),
        unread=tuple(
            thing
            for thing in native.unread
            if not _is_ignored(thing.table or thing.name, ignore)
        ),
    )


def _namespaces(schema: Schema, dialect: Dialect) -> tuple[str, ...]:
    """The namespaces that the schema speaks of, in its order."""
    places = (dialect.place(name)[0] for name in (*schema.tables, *schema.enums))
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _ignoring(live: Schema, schema: Schema, ignore: Sequence[str]) -> Schema:
    """The live schema with the tables that are not looked at as they are expected."""
    if not ignore:
        return live
    names = dict.fromkeys([*live.tables, *schema.tables])
    sides = {
        name: schema.tables if _is_ignored(name, ignore) else live.tables
        for name in names
    }
    tables = {name: side[name] for name, side in sides.items() if name in side}
    return attrs.evolve(live, tables=tables)


def _is_ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in ignore)
