"""What a database of SQLite says it holds: two questions, and the texts of its DDL."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.affinity import declared_type
from mm_engine.introspect.native import (
    Native,
    NativeColumn,
    NativeForeignKey,
    NativeIndex,
    NativeKey,
    NativeTable,
    Unread,
)
from mm_engine.introspect.sqlite_indexes import index_read
from mm_engine.introspect.sqlite_tables import ColumnText, TableText, table_text
from mm_engine.introspect.sqlite_tokens import normal, tokens
from mm_engine.introspect.sqlite_triggers import kept_fields
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
_STORED = 3
_VIRTUAL = re.compile(r"CREATE VIRTUAL TABLE\b", re.IGNORECASE)
_SHADOWS = (
    *("data", "idx", "content", "docsize", "config"),
    *("segments", "segdir", "stat", "node", "rowid", "parent"),
)
"""What tables are called, behind its name, that a full-text or range index keeps."""


@attrs.frozen
class _Object:
    kind: str
    name: str
    table: str
    sql: str


@attrs.frozen
class _ColumnRow:
    name: str
    type: str
    not_null: bool
    default: str | None
    key: int
    hidden: int


def reflect_sqlite(connection: sa.Connection) -> Native:
    """Read the main database of a connection, without what belongs to us."""
    return native_of(connection.exec_driver_sql)


def native_of(ask: Callable[[str], Iterable[Sequence[object]]]) -> Native:
    """Read the main database of whoever answers questions."""
    objects = [_Object(*map(_text, row)) for row in ask(_OBJECTS)]
    columns: defaultdict[str, list[_ColumnRow]] = defaultdict(list)
    for table, name, type_, not_null, default, key, hidden in ask(_COLUMNS):
        columns[str(table)].append(
            _ColumnRow(
                str(name),
                str(type_),
                bool(not_null),
                None if default is None else str(default),
                int(str(key)),
                int(str(hidden)),
            )
        )
    return _native(objects, columns)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _native(
    objects: Sequence[_Object], columns: Mapping[str, Sequence[_ColumnRow]]
) -> Native:
    theirs = [o for o in objects if not _is_ours(o)]
    virtual = [o.name for o in theirs if _VIRTUAL.match(o.sql)]
    shadows = {f"{name}_{end}".casefold() for name in virtual for end in _SHADOWS}
    on_table: defaultdict[str, list[_Object]] = defaultdict(list)
    for thing in theirs:
        on_table[thing.table.casefold()].append(thing)
    tables: dict[str, NativeTable] = {}
    unread: list[Unread] = [Unread(kind="virtual table", name=name) for name in virtual]
    for thing in theirs:
        if thing.kind == "view":
            unread.append(Unread(kind="view", name=thing.name))
        is_table = thing.kind == "table" and thing.name not in virtual
        if is_table and thing.name.casefold() not in shadows:
            table, beside = _table(
                thing, columns[thing.name], on_table[thing.name.casefold()]
            )
            tables[table.name] = table
            unread += beside
    unread += [
        Unread(kind="trigger", name=thing.name, table=thing.table)
        for thing in theirs
        if thing.kind == "trigger" and thing.table not in tables
    ]
    return Native(tables=_referring(tables), unread=tuple(unread))


def _is_ours(thing: _Object) -> bool:
    """What belongs to SQLite itself, or to us."""
    names = (thing.name.casefold(), thing.table.casefold())
    return names[0].startswith("sqlite_") or any(
        name.startswith(OUR_TABLES) for name in names
    )


def _table(
    thing: _Object, rows: Sequence[_ColumnRow], on_it: Sequence[_Object]
) -> tuple[NativeTable, list[Unread]]:
    text = table_text(thing.sql)
    known = {row.name.casefold(): row.name for row in rows}
    triggers = {o.name: o.sql for o in on_it if o.kind == "trigger"}
    kept = kept_fields(
        triggers, thing.name, rows_keys(text, rows), list(known.values())
    )
    unread = [
        *(Unread(kind="clause", name=said, table=thing.name) for said in text.remarks),
        *(
            Unread(kind="trigger", name=name, table=thing.name)
            for name in triggers
            if name not in kept.names
        ),
    ]
    said = {column.name: column for column in text.columns}
    table = NativeTable(
        name=thing.name,
        columns=tuple(
            _column(row, said.get(row.name, ColumnText(name=row.name)), text, rows)
            if row.name not in kept.clocks
            else attrs.evolve(
                _column(row, said.get(row.name, ColumnText(name=row.name)), text, rows),
                updated_by=kept.clocks[row.name],
            )
            for row in rows
        ),
        primary_key=_keyed(text.primary_key, known),
        uniques=tuple(_cased(unique, known) for unique in text.uniques),
        checks=text.checks,
        foreign_keys=text.foreign_keys,
        indexes=tuple(_indexes(on_it, known)),
        options=_options(text),
    )
    return table, unread


def rows_keys(text: TableText, rows: Sequence[_ColumnRow]) -> Sequence[str]:
    """What tells a row apart: the key of a table without row numbers, else nothing."""
    del rows
    key = text.primary_key
    return key.fields if text.without_rowid and key else ()


def _column(
    row: _ColumnRow, said: ColumnText, text: TableText, rows: Sequence[_ColumnRow]
) -> NativeColumn:
    is_row_number = (
        row.key == 1
        and row.type.upper() == "INTEGER"
        and not text.without_rowid
        and sum(other.key > 0 for other in rows) == 1
    )
    return NativeColumn(
        name=row.name,
        type=declared_type(row.type),
        not_null=row.not_null or is_row_number,
        default=_default(row.default),
        generated=said.generated,
        stored=row.hidden == _STORED,
        identity=is_row_number and text.counts_up,
        collation=_collation(said.collation),
        enum=said.enum,
        allowed=said.allowed,
    )


def _collation(name: str | None) -> str | None:
    """A collation in capitals; BINARY is what every column has."""
    return None if name is None or name.upper() == "BINARY" else name.upper()


def _default(text: str | None) -> str | None:
    """A default in one style; NULL is none."""
    said = None if text is None else normal(tokens(text), {})
    return None if said == "NULL" else said


def _indexes(
    on_it: Iterable[_Object], known: Mapping[str, str]
) -> Iterator[NativeIndex]:
    for thing in on_it:
        if thing.kind == "index" and thing.sql:
            yield index_read(thing.name, thing.sql, known)


def _options(text: TableText) -> dict[str, str]:
    flags = {"strict": text.strict, "without_rowid": text.without_rowid}
    return {name: "true" for name, is_set in flags.items() if is_set}


def _keyed(key: NativeKey | None, known: Mapping[str, str]) -> NativeKey | None:
    return _cased(key, known) if key else None


def _cased(key: NativeKey, known: Mapping[str, str]) -> NativeKey:
    """The key with its columns as the table writes them."""
    fields = tuple(known.get(name.casefold(), name) for name in key.fields)
    return attrs.evolve(key, fields=fields)


def _referring(tables: Mapping[str, NativeTable]) -> dict[str, NativeTable]:
    """The tables with their references in full, and as their targets are written."""
    by_name = {name.casefold(): table for name, table in tables.items()}
    return {
        name: attrs.evolve(
            table,
            foreign_keys=tuple(
                _referred(key, table, by_name) for key in table.foreign_keys
            ),
        )
        if table.foreign_keys
        else table
        for name, table in tables.items()
    }


def _referred(
    key: NativeForeignKey, table: NativeTable, by_name: Mapping[str, NativeTable]
) -> NativeForeignKey:
    own = {column.name.casefold(): column.name for column in table.columns}
    fields = tuple(own.get(name.casefold(), name) for name in key.fields)
    target = by_name.get(key.table.casefold())
    if target is None:
        return attrs.evolve(key, fields=fields)
    primary = target.primary_key.fields if target.primary_key else ()
    known = {column.name.casefold(): column.name for column in target.columns}
    references = tuple(known.get(n.casefold(), n) for n in key.references)
    return attrs.evolve(
        key, fields=fields, table=target.name, references=references or primary
    )
