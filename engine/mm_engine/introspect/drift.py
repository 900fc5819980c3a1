"""What was done to a database by hand, told in operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.autoupdate import trigger_name
from mm_engine.diff import Renames, diff
from mm_engine.diff.renames import renaming
from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift import lift
from mm_engine.introspect.native import Native, Unread
from mm_engine.introspect.reflect import reflect
from mm_engine.introspect.renamed import renamed_by_hand, undone
from mm_engine.introspect.scratch import expected
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation, RunSQL

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
    told = expected(connection, schema, dialect)
    renames = renamed_by_hand(_seen(told, ignore), _seen(native, ignore))
    renamed = _renamed(schema, renames)
    if renamed is not schema:
        told = expected(connection, renamed, dialect)
    looked_at = _ignoring(native, told, ignore)
    live = with_names(lift(looked_at, dialect, Guide(renamed, told)), renamed)
    unread = tuple(
        thing
        for thing in native.unread
        if not _is_ignored(thing.table or thing.name, ignore)
    )
    return Drift(
        expected=schema,
        live=live,
        operations=diff(schema, live, renames),
        repair=(
            *_cleared(unread, schema, dialect),
            *diff(live, schema, undone(renames)),
        ),
        unread=unread,
    )


def _namespaces(schema: Schema, dialect: Dialect) -> tuple[str, ...]:
    """The namespaces that tables and enums lie in beside the usual one."""
    places = (dialect.place(name)[0] for name in (*schema.tables, *schema.enums))
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _renamed(schema: Schema, renames: Renames) -> Schema:
    for move in renaming(schema, renames):
        schema = move.apply(schema)
    return schema


def _cleared(
    unread: Iterable[Unread], schema: Schema, dialect: Dialect
) -> Iterator[Operation]:
    """Triggers dropped that have the name of one of ours, and do something else."""
    for thing in unread:
        table = schema.tables.get(thing.table or "")
        if table is not None and thing.kind == "trigger":
            fields = dialect.updates_by_trigger(table)
            if thing.name in [trigger_name(table, field) for field in fields]:
                sql = dialect.trigger_dropped_sql(table.name, thing.name)
                yield RunSQL({dialect.name: sql})


def _ignoring(live: Native, told: Native, ignore: Sequence[str]) -> Native:
    """What a database says, with the tables that are not looked at as expected.

    That is before lifting, since columns of theirs may say what an enum is.
    """
    if not ignore:
        return live
    names = dict.fromkeys([*live.tables, *told.tables])
    sides = {
        name: told.tables if _is_ignored(name, ignore) else live.tables
        for name in names
    }
    tables = {name: side[name] for name, side in sides.items() if name in side}
    return attrs.evolve(live, tables=tables)


def _seen(native: Native, ignore: Sequence[str]) -> Native:
    """What a database says, without the tables that are not looked at."""
    if not ignore:
        return native
    tables = native.tables.items()
    seen = {name: table for name, table in tables if not _is_ignored(name, ignore)}
    return attrs.evolve(native, tables=seen)


def _is_ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in ignore)
