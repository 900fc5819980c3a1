"""Columns as PostgreSQL's catalog tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

import attrs

from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.introspect.asides import Rows
from mm_engine.introspect.native import NativeColumn, NativeEnum, Unread
from mm_engine.introspect.postgresql_places import Found, Oid, facts

_Row: TypeAlias = tuple[
    Oid,
    int,
    str,
    str,
    bool,
    str,
    str,
    str | None,
    str | None,
    Oid,
    str | None,
    Oid,
    bool,
]

_COUNTING = ("smallint", "integer", "bigint")


@attrs.frozen
class Numbered:
    """A column with its number in the table and the number of its collation."""

    number: int
    collation: Oid
    column: NativeColumn


@attrs.frozen
class Columns:
    """The columns of every table, by the table's number."""

    by_table: Mapping[Oid, Mapping[int, Numbered]]
    unread: tuple[Unread, ...] = attrs.field(converter=tuple[Unread, ...])

    @classmethod
    def of(
        cls, found: Rows, enums: Mapping[Oid, NativeEnum], tables: Mapping[Oid, Found]
    ) -> Columns:
        """What the answer says, with enums and tables called as they are here."""
        by_table: dict[Oid, dict[int, Numbered]] = {oid: {} for oid in tables}
        unread: list[Unread] = []
        for row in cast("list[_Row]", found):
            if row[0] in by_table:
                column = _column(row, enums)
                numbered = Numbered(row[1], row[9], column)
                by_table[row[0]][row[1]] = numbered
                name = tables[row[0]].name
                unread += facts(_beyond(row), column.name, name)
        return cls(by_table, unread)

    def of_table(
        self, oid: Oid, updates: Mapping[str, str]
    ) -> tuple[NativeColumn, ...]:
        """A table's columns in their order, with the triggers that keep some."""
        columns = [numbered.column for numbered in self.by_table[oid].values()]
        return tuple(
            attrs.evolve(column, updated_by=updates[column.name])
            if column.name in updates
            else column
            for column in columns
        )

    def names(self, oid: Oid, numbers: list[int]) -> tuple[str, ...]:
        """The columns with these numbers, by name."""
        columns = self.by_table[oid]
        return tuple(columns[number].column.name for number in numbers)


def enum_words(name: str, *, is_list: bool) -> str:
    """The type of a column that holds an enum's values, or lists of them."""
    return f"{PostgreSQL().thing(name)}{'[]' if is_list else ''}"


def _column(row: _Row, enums: Mapping[Oid, NativeEnum]) -> NativeColumn:
    _, _, name, type_, not_null, identity, generated, value, collation = row[:9]
    enum = enums.get(row[11])
    if enum is not None:
        # By our own name for it, whether or not the search path leads to it, and in
        # quotes, since an enum may be called like a type of the server's.
        type_ = enum_words(enum.name, is_list=type_.endswith("[]"))
    return NativeColumn(
        name=name,
        type=type_,
        not_null=not_null,
        default=None if generated else value,
        generated=value if generated else None,
        stored=generated == "s",
        identity=bool(identity) or _is_serial(row),
        collation=collation,
        comment=row[10],
    )


def _is_serial(row: _Row) -> bool:
    """Whether it takes numbers from a sequence that goes with it, as serials do."""
    value = row[7] or ""
    plain = value.startswith("nextval('") and value.endswith("'::regclass)")
    return row[12] and plain and row[3] in _COUNTING


def _beyond(row: _Row) -> Iterator[str]:
    """What no schema says of a column."""
    if row[5] == "a":
        yield "GENERATED ALWAYS AS IDENTITY"
    if _is_serial(row):
        yield "sequence of a serial column"
    if (row[5] or _is_serial(row)) and row[3] == "smallint":
        yield "smallint that counts itself up"
    if row[6] == "v":
        yield "VIRTUAL"
