"""What was done to a database by hand, told in operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

import attrs

from mm_engine.dialects.autoupdate import trigger_name
from mm_engine.dialects.untold import told_schema
from mm_engine.diff import Renames, diff
from mm_engine.diff.renames import renaming
from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift import lift
from mm_engine.introspect.native import Native, Unread
from mm_engine.introspect.reader import reader
from mm_engine.introspect.renamed import renamed_by_hand, undone
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation, RunSQL

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect

Value = TypeVar("Value")


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

    ``ignore`` are patterns of names of tables and enums that nobody is told about; an
    enum that only such tables use is one of them.
    """
    # What only the schema has is no drift.
    schema = told_schema(dialect, schema)
    reads = reader(dialect)
    native = reads.reflect(connection, _namespaces(schema, dialect))
    told = reads.expected(connection, schema, dialect)
    theirs = _ignored(native, told, dialect, ignore)
    renames = renamed_by_hand(_without(told, theirs), _without(native, theirs))
    renamed = _renamed(schema, renames)
    if renamed is not schema:
        told = reads.expected(connection, renamed, dialect)
    looked_at = _ignoring(native, told, theirs)
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


def _ignored(
    native: Native, told: Native, dialect: Dialect, ignore: Sequence[str]
) -> set[str]:
    """The names of tables and enums that are not looked at."""
    names = {name for side in (native, told) for name in (*side.tables, *side.enums)}
    ignored = {name for name in names if _is_ignored(name, ignore)}
    for name in native.enums:
        users = {
            table.name
            for table in native.tables.values()
            if any(c.type.rstrip("[]") == dialect.thing(name) for c in table.columns)
        }
        if users and users <= ignored:
            ignored.add(name)
    return ignored


def _ignoring(live: Native, told: Native, ignored: AbstractSet[str]) -> Native:
    """What a database says, with what is not looked at as it is expected.

    That is before lifting, since columns of such tables may say what an enum is.
    """
    return attrs.evolve(
        live,
        tables=_sided(live.tables, told.tables, ignored),
        enums=_sided(live.enums, told.enums, ignored),
    )


def _sided(
    live: Mapping[str, Value], told: Mapping[str, Value], ignored: AbstractSet[str]
) -> dict[str, Value]:
    """Things by name: those that are ignored as told, the others as they are."""
    sides = {name: told if name in ignored else live for name in {**live, **told}}
    return {name: side[name] for name, side in sides.items() if name in side}


def _without(native: Native, ignored: AbstractSet[str]) -> Native:
    """What a database says, without what is not looked at."""
    return _ignoring(native, Native(tables={}), ignored)


def _is_ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in ignore)
