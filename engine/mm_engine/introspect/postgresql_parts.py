"""Keys, constraints, indexes and triggers as PostgreSQL's catalog tells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias, TypeVar, cast

import attrs

from mm_engine.introspect.asides import Rows
from mm_engine.introspect.native import (
    NativeCheck,
    NativeForeignKey,
    NativeIndex,
    NativeKey,
    NativePart,
    Unread,
)
from mm_engine.introspect.postgresql_columns import Columns
from mm_engine.introspect.postgresql_places import Found, Oid, Places, facts, storage
from mm_engine.model.constraints import Deferral, OnAction

_ConstraintRow: TypeAlias = tuple[
    Oid,
    str,
    str,
    list[int],
    Deferral | None,
    str | None,
    str | None,
    str | None,
    list[str],
    OnAction,
    OnAction,
    bool | None,
    list[str | None],
]
_IndexRow: TypeAlias = tuple[
    Oid,
    str,
    bool,
    str,
    str,
    int,
    str,
    str,
    str | None,
    list[str] | None,
    bool,
    bool,
    list[str | None],
    list[str] | None,
]
_TriggerRow: TypeAlias = tuple[Oid, str, bool, str, str, bool, Oid, list[str]]

Part = TypeVar("Part")

_DESCENDING = 1
_NULLS_FIRST = 2


@attrs.frozen(kw_only=True)
class Constraints:
    """The constraints of every table, by the table's number."""

    primary_keys: Mapping[Oid, NativeKey]
    uniques: Mapping[Oid, tuple[NativeKey, ...]]
    checks: Mapping[Oid, tuple[NativeCheck, ...]]
    foreign_keys: Mapping[Oid, tuple[NativeForeignKey, ...]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(
        cls, found: Rows, places: Places, tables: Mapping[Oid, Found], columns: Columns
    ) -> Constraints:
        """What the answer says."""
        primary_keys: dict[Oid, NativeKey] = {}
        uniques: dict[Oid, list[NativeKey]] = defaultdict(list)
        checks: dict[Oid, list[NativeCheck]] = defaultdict(list)
        foreign_keys: dict[Oid, list[NativeForeignKey]] = defaultdict(list)
        unread: list[Unread] = []
        for row in cast("list[_ConstraintRow]", found):
            oid, name, kind = row[:3]
            if oid not in tables:
                continue
            said = list(row[12])
            match kind:
                case "p":
                    primary_keys[oid] = _key(row, columns)
                case "u":
                    uniques[oid].append(_key(row, columns))
                case "c":
                    checks[oid].append(NativeCheck(name=name, expression=row[5] or ""))
                case "f":
                    foreign_keys[oid].append(_foreign_key(row, places, columns))
                case "x":
                    said = ["exclusion constraint"]
                case _:
                    # A NOT NULL is told with its column.
                    pass
            unread += facts(said, name, tables[oid].name)
        return cls(
            primary_keys=primary_keys,
            uniques=_tuples(uniques),
            checks=_tuples(checks),
            foreign_keys=_tuples(foreign_keys),
            unread=tuple(unread),
        )


@attrs.frozen
class Indexes:
    """The indexes of every table, by the table's number."""

    by_table: Mapping[Oid, tuple[NativeIndex, ...]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, found: Rows, tables: Mapping[Oid, Found], columns: Columns) -> Indexes:
        """What the answer says; an index that is not ready is none."""
        indexes: dict[Oid, list[NativeIndex]] = defaultdict(list)
        unread: list[Unread] = []
        for row in cast("list[_IndexRow]", found):
            oid, name, is_valid = row[0], row[1], row[11]
            if oid not in tables:
                continue
            said = [*row[12], *_orders(row, columns)]
            if is_valid:
                indexes[oid].append(_index(row, columns))
            else:
                said = ["invalid index"]
            unread += facts(said, name, tables[oid].name)
        return cls(_tuples(indexes), tuple(unread))


@attrs.frozen
class Triggers:
    """Our triggers by table and column, the numbers of their functions, and others."""

    updates: Mapping[Oid, Mapping[str, str]]
    functions: frozenset[Oid]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, found: Rows, tables: Mapping[Oid, Found], columns: Columns) -> Triggers:
        """Which are ours is seen by what they do: their names may be old ones."""
        updates: dict[Oid, dict[str, str]] = defaultdict(dict)
        functions: set[Oid] = set()
        unread: list[Unread] = []
        for row in cast("list[_TriggerRow]", found):
            oid, name = row[0], row[1]
            if oid not in tables:
                continue
            known = {n.column.name for n in columns.by_table[oid].values()}
            column, text = _update(row) or ("", "")
            if column in known and column not in updates[oid]:
                updates[oid][column] = text
                functions.add(row[6])
            else:
                unread.append(Unread(kind="trigger", name=name, table=tables[oid].name))
        return cls(updates, frozenset(functions), tuple(unread))


def _key(row: _ConstraintRow, columns: Columns) -> NativeKey:
    return NativeKey(
        name=row[1],
        fields=columns.names(row[0], row[3]),
        deferrable=row[4],
        nulls_not_distinct=bool(row[11]),
    )


def _foreign_key(
    row: _ConstraintRow, places: Places, columns: Columns
) -> NativeForeignKey:
    return NativeForeignKey(
        name=row[1],
        fields=columns.names(row[0], row[3]),
        table=places.called(str(row[6]), str(row[7])),
        references=tuple(row[8]),
        on_delete=row[9],
        on_update=row[10],
        deferrable=row[4],
    )


def _index(row: _IndexRow, columns: Columns) -> NativeIndex:
    oid, name, unique, method = row[:4]
    numbers, count = _numbers(row[4]), row[5]
    expressions = row[9] or [""] * count
    options = _numbers(row[6])
    parts = [
        NativePart(
            column=columns.names(oid, [number])[0] if number else None,
            expression=None if number else text,
            descending=bool(option & _DESCENDING),
        )
        for number, text, option in zip(
            numbers[:count], expressions, options, strict=True
        )
    ]
    return NativeIndex(
        name=name,
        parts=tuple(parts),
        unique=unique,
        # What an index is by itself needs no words.
        method=None if method == "btree" else method,
        where=row[8],
        include=columns.names(oid, numbers[count:]),
        nulls_not_distinct=row[10],
        options=storage(row[13]),
    )


def _orders(row: _IndexRow, columns: Columns) -> Iterator[str]:
    """What no schema says of how an index orders."""
    options, count = _numbers(row[6]), row[5]
    usual = (0, _DESCENDING | _NULLS_FIRST)
    if any(option not in usual for option in options):
        yield "order of nulls"
    numbers, collations = _numbers(row[4])[:count], _numbers(row[7])
    own = columns.by_table[row[0]]
    for number, collation in zip(numbers, collations, strict=True):
        if number and collation and own[number].collation != collation:
            yield "collation of an index"
        if not number and options[numbers.index(number)] & _DESCENDING:
            yield "expression downwards"


_SETTING = re.compile(
    r'\s*BEGIN\s+NEW\.("(?:[^"]|"")+") := (.+);\s+RETURN NEW;\s+END\s*', re.DOTALL
)
"""The body of the functions that the dialect makes for ``auto_update``."""


def _update(row: _TriggerRow) -> tuple[str, str] | None:
    """The column that one of our triggers keeps, and how, without any names."""
    _, _, is_enabled, definition, source, is_own, _, (name, *tables) = row
    body = _SETTING.fullmatch(source)
    if body is None or not is_own:
        return None
    when = definition.removeprefix(f"CREATE TRIGGER {name} ")
    for table in tables:
        when = when.replace(f" ON {table} ", " ", 1)
    when = when.removesuffix(f"{name}()")
    when = when.rpartition(" EXECUTE FUNCTION ")[0]
    column = body[1][1:-1].replace('""', '"')
    switched_off = "" if is_enabled else ", switched off"
    return column, f"{when} := {body[2]}{switched_off}"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]


def _tuples(lists: Mapping[Oid, list[Part]]) -> dict[Oid, tuple[Part, ...]]:
    return {oid: tuple(parts) for oid, parts in lists.items()}
