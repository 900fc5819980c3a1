"""What a database of SQLite says it holds: two questions, and the texts of its DDL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import attrs

from mm_engine.introspect.native import (
    Native,
    NativeForeignKey,
    NativeTable,
    Unread,
)
from mm_engine.introspect.sqlite_told import ColumnRow, Thing, told_table
from mm_engine.model.names import OUR_TABLES

if TYPE_CHECKING:
    import sqlalchemy as sa

_OBJECTS = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY rowid"
# A virtual table is asked nothing: its module may not be at hand.
_COLUMNS = (
    'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden'
    " FROM main.sqlite_schema AS t, pragma_table_xinfo(t.name, 'main') AS c"
    " WHERE t.type = 'table' AND t.sql LIKE 'CREATE TABLE%' ORDER BY t.rowid, c.cid"
)
_VIRTUAL = re.compile(r"CREATE VIRTUAL TABLE\b", re.IGNORECASE)
_SHADOWS = (
    *("data", "idx", "content", "docsize", "config"),
    *("segments", "segdir", "stat", "node", "rowid", "parent"),
)
"""What tables are called, behind its name, that a full-text or range index keeps."""


_Row: TypeAlias = tuple[str, str, str, int, str | None, int, int]


def reflect_sqlite(connection: sa.Connection) -> Native:
    """Read the main database of a connection, without what belongs to us."""
    return native_of(connection.exec_driver_sql)


def native_of(ask: Callable[[str], Iterable[Sequence[object]]]) -> Native:
    """Read the main database of whoever answers questions."""
    objects = cast("list[tuple[str, str, str, str | None]]", list(ask(_OBJECTS)))
    columns: defaultdict[str, list[ColumnRow]] = defaultdict(list)
    for row in cast("Iterable[_Row]", ask(_COLUMNS)):
        columns[row[0]].append(ColumnRow(*row[1:]))
    return _native([Thing(*row) for row in objects], columns)


def _native(
    objects: Sequence[Thing], columns: Mapping[str, Sequence[ColumnRow]]
) -> Native:
    theirs = [thing for thing in objects if not _is_ours(thing)]
    virtual = [thing.name for thing in theirs if _VIRTUAL.match(thing.sql or "")]
    apart = {f"{name}_{end}".casefold() for name in virtual for end in _SHADOWS}
    apart.update(name.casefold() for name in virtual)
    on_table: defaultdict[str, list[Thing]] = defaultdict(list)
    for thing in theirs:
        on_table[thing.table.casefold()].append(thing)
    tables: dict[str, NativeTable] = {}
    unread = [Unread(kind="virtual table", name=name) for name in virtual]
    for thing in theirs:
        folded = thing.name.casefold()
        if thing.kind == "view":
            unread.append(Unread(kind="view", name=thing.name))
            unread += _triggers(on_table[folded])
        elif thing.kind == "table" and folded not in apart:
            on_it = (o for o in on_table[folded] if o is not thing)
            rows = tuple(columns[thing.name])
            tables[thing.name], beside = told_table(thing, rows, tuple(on_it))
            unread += beside
    return Native(tables=_referring(tables), unread=tuple(unread))


def _triggers(on_view: Iterable[Thing]) -> Iterator[Unread]:
    for thing in on_view:
        if thing.kind == "trigger":
            yield Unread(kind="trigger", name=thing.name, table=thing.table)


def _is_ours(thing: Thing) -> bool:
    """What belongs to SQLite itself, or to us."""
    name, table = thing.name.casefold(), thing.table.casefold()
    return name.startswith(("sqlite_", OUR_TABLES)) or table.startswith(OUR_TABLES)


def _referring(tables: Mapping[str, NativeTable]) -> dict[str, NativeTable]:
    """The tables with their references in full, and as their targets are written."""
    targets: dict[str, _Target] = {}
    for name, table in tables.items():
        names = {c.name.casefold(): c.name for c in table.columns}
        key = table.primary_key
        targets[name.casefold()] = _Target(name, names, key.fields if key else ())
    return {
        name: attrs.evolve(
            table,
            foreign_keys=tuple(
                _referred(key, targets[name.casefold()], targets)
                for key in table.foreign_keys
            ),
        )
        if table.foreign_keys
        else table
        for name, table in tables.items()
    }


@attrs.frozen
class _Target:
    """A table that others refer to: its columns by folded name, and its key."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]

    def spelled(self, names: Iterable[str]) -> tuple[str, ...]:
        """Columns as the table writes them."""
        return tuple(self.columns.get(name.casefold(), name) for name in names)


def _referred(
    key: NativeForeignKey, own: _Target, targets: Mapping[str, _Target]
) -> NativeForeignKey:
    fields = own.spelled(key.fields)
    target = targets.get(key.table.casefold())
    table = target.name if target else key.table
    references = target.spelled(key.references) or target.key if target else ()
    changed = attrs.evolve(
        key, fields=fields, table=table, references=references or key.references
    )
    return key if changed == key else changed
