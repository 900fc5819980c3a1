"""One table of SQLite, from the rows and texts that tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import attrs

from mm_engine.dialects.affinity import declared_type
from mm_engine.introspect.native import (
    NativeColumn,
    NativeIndex,
    NativeKey,
    NativeTable,
    Unread,
)
from mm_engine.introspect.sqlite_indexes import index_read
from mm_engine.introspect.sqlite_tables import ColumnText, TableText, table_text
from mm_engine.introspect.sqlite_tokens import normal, tokens
from mm_engine.introspect.sqlite_triggers import kept_fields

_STORED = 3
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")


class Thing(NamedTuple):
    """A row of ``sqlite_schema``."""

    kind: str
    name: str
    table: str
    sql: str | None


class ColumnRow(NamedTuple):
    """A row of ``pragma_table_xinfo``."""

    name: str
    type: str
    not_null: int
    default: str | None
    key: int
    hidden: int


# The live table and the one in the scratch are mostly told in the same words.
@lru_cache(maxsize=4096)
def told_table(
    thing: Thing, rows: tuple[ColumnRow, ...], on_it: tuple[Thing, ...]
) -> tuple[NativeTable, tuple[Unread, ...]]:
    """The table, and what stands on it that no schema has a place for."""
    text = table_text(thing.sql or "")
    known = {row.name.casefold(): row.name for row in rows}
    triggers = {o.name: o.sql or "" for o in on_it if o.kind == "trigger"}
    numbers = {row.name for row in rows if _is_row_number(row, rows, text)}
    kept = kept_fields(
        triggers, thing.name, _row_keys(text, numbers), list(known.values())
    )
    said = {column.name: column for column in text.columns}
    table = NativeTable(
        name=thing.name,
        columns=tuple(
            _column(
                row,
                said.get(row.name) or ColumnText(name=row.name),
                is_row_number=row.name in numbers,
                counts_up=text.counts_up,
                updated_by=kept.clocks.get(row.name),
            )
            for row in rows
        ),
        primary_key=_cased(text.primary_key, known) if text.primary_key else None,
        uniques=tuple(_cased(unique, known) for unique in text.uniques),
        checks=text.checks,
        foreign_keys=text.foreign_keys,
        indexes=tuple(_indexes(on_it, known)),
        options=_options(text),
    )
    others = [name for name in triggers if name not in kept.names]
    unread = (
        *(_beside("clause", said, thing) for said in text.remarks),
        *(_beside("clause", said, thing) for said in _descending(table.indexes)),
        *(_beside("trigger", name, thing) for name in others),
    )
    return table, unread


def _beside(kind: str, name: str, thing: Thing) -> Unread:
    return Unread(kind=kind, name=name, table=thing.name)


def _descending(indexes: Iterable[NativeIndex]) -> Iterator[str]:
    """Expressions that an index has downwards, which no schema can say."""
    for index in indexes:
        for part in index.parts:
            if part.expression is not None and part.descending:
                yield f"{index.name}: {part.expression} DESC"


def _row_keys(text: TableText, numbers: Iterable[str]) -> Iterator[Sequence[str]]:
    """What tells a row apart: the key of a table without row numbers, else those.

    A row number has three names of its own, and the name of the column that is one:
    SQLite puts that for ``rowid`` into a trigger when it renames the column.
    """
    if text.without_rowid and text.primary_key:
        yield text.primary_key.fields
    else:
        yield from ((name,) for name in (*_ROW_NUMBERS, *numbers))


def _is_row_number(row: ColumnRow, rows: Sequence[ColumnRow], text: TableText) -> bool:
    """Whether a column is SQLite's own number of the row, and so never NULL."""
    return (
        row.key == 1
        and row.type.upper() == "INTEGER"
        and not text.without_rowid
        and sum(other.key > 0 for other in rows) == 1
    )


def _column(
    row: ColumnRow,
    said: ColumnText,
    *,
    is_row_number: bool,
    counts_up: bool,
    updated_by: str | None,
) -> NativeColumn:
    return NativeColumn(
        name=row.name,
        type=_type(row.type, said),
        not_null=bool(row.not_null) or is_row_number,
        default=_default(row.default),
        generated=said.generated,
        stored=row.hidden == _STORED,
        identity=is_row_number and counts_up,
        collation=_collation(said.collation),
        enum=said.enum,
        allowed=said.allowed,
        updated_by=updated_by,
    )


def _type(declared: str, said: ColumnText) -> str:
    """The declared type; SQLite 3.35 takes the words behind it for its end."""
    type_ = declared_type(declared)
    if said.generated is None or not type_.endswith("GENERATED ALWAYS"):
        return type_
    return declared_type(type_.removesuffix("GENERATED ALWAYS"))


def _collation(name: str | None) -> str | None:
    """A collation in capitals; BINARY is what every column has."""
    return None if name is None or name.upper() == "BINARY" else name.upper()


def _default(text: str | None) -> str | None:
    """A default in one style; NULL is none."""
    said = None if text is None else normal(tokens(text), {})
    return None if said == "NULL" else said


def _indexes(on_it: Iterable[Thing], known: Mapping[str, str]) -> Iterator[NativeIndex]:
    for thing in on_it:
        if thing.kind == "index" and thing.sql:
            yield index_read(thing.name, thing.sql, known)


def _options(text: TableText) -> dict[str, str]:
    flags = {"strict": text.strict, "without_rowid": text.without_rowid}
    return {name: "true" for name, is_set in flags.items() if is_set}


def _cased(key: NativeKey, known: Mapping[str, str]) -> NativeKey:
    """The key with its columns as the table writes them."""
    fields = tuple(known.get(name.casefold(), name) for name in key.fields)
    return attrs.evolve(key, fields=fields)
