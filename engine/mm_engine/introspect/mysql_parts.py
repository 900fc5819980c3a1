"""Keys, indexes, constraints and triggers as MySQL's catalog tells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias, cast

import attrs

from mm_engine.introspect.asides import Rows
from mm_engine.introspect.mysql_catalog import Catalog
from mm_engine.introspect.mysql_spoken import spoken, unescaped
from mm_engine.introspect.native import (
    NativeCheck,
    NativeForeignKey,
    NativeIndex,
    NativeKey,
    NativePart,
    Unread,
)
from mm_engine.model.constraints import OnAction

_IndexRow: TypeAlias = tuple[
    str, str, int, str | None, int | None, str | None, str, str | None, int
]
_KeyRow: TypeAlias = tuple[
    str,
    str,
    str | None,
    str | None,
    str | None,
    str | None,
    OnAction | None,
    OnAction | None,
]
_Rules: TypeAlias = tuple[OnAction | None, OnAction | None]

PRIMARY = "PRIMARY"
_PLAIN = "BTREE"
_KINDS = ("FULLTEXT", "SPATIAL")


@attrs.frozen
class Indexes:
    """The keys and indexes of every table."""

    primary_keys: Mapping[str, NativeKey]
    uniques: Mapping[str, Sequence[NativeKey]]
    indexes: Mapping[str, Sequence[NativeIndex]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, found: Rows, catalog: Catalog) -> Indexes:
        """What the answer says.

        A unique constraint is a unique index here. One that a constraint can say is
        told as that.
        """
        primary_keys: dict[str, NativeKey] = {}
        uniques: dict[str, list[NativeKey]] = defaultdict(list)
        indexes: dict[str, list[NativeIndex]] = defaultdict(list)
        unread: list[Unread] = []
        rows = cast("list[_IndexRow]", found)
        for (table, name), group in groupby(rows, key=lambda row: (row[0], row[1])):
            index = _index(list(group), catalog)
            columns = tuple(part.column or "" for part in index.parts)
            if name == PRIMARY:
                primary_keys[table] = NativeKey(name=None, fields=columns)
                if index.options:
                    unread.append(Unread(kind="prefix", name=name, table=table))
            elif index.unique and _is_plain(index):
                uniques[table].append(NativeKey(name=name, fields=columns))
            else:
                indexes[table].append(index)
        for row in rows:
            if row[8]:
                fact = Unread(kind="ignored index", name=row[1], table=row[0])
                if fact not in unread:
                    unread.append(fact)
        return cls(primary_keys, uniques, indexes, tuple(unread))


@attrs.frozen
class Constraints:
    """The checks and foreign keys of every table, and the columns that hold JSON."""

    checks: Mapping[str, Sequence[NativeCheck]]
    foreign_keys: Mapping[str, Sequence[NativeForeignKey]]
    documents: frozenset[tuple[str, str]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, checks: Rows, keys: Rows, catalog: Catalog) -> Constraints:
        """What the answers say."""
        told: dict[str, list[NativeCheck]] = defaultdict(list)
        documents: set[tuple[str, str]] = set()
        unread: list[Unread] = []
        for table, name, clause, enforced in cast("list[tuple[str, ...]]", checks):
            if clause == f"json_valid({_quoted(name)})":
                documents.add((table, name))
                continue
            text = clause if catalog.tells_sql else unescaped(clause)
            told[table].append(NativeCheck(name=name, expression=spoken(text)))
            if enforced == "NO":
                unread.append(Unread(kind="NOT ENFORCED", name=name, table=table))
        foreign, apart = _foreign_keys(cast("list[_KeyRow]", keys), catalog)
        return cls(told, foreign, frozenset(documents), (*unread, *apart))


@attrs.frozen
class Triggers:
    """Our triggers by table and column, and others."""

    updates: Mapping[str, Mapping[str, str]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, found: Rows) -> Triggers:
        """Which are ours is seen by what they do: their names may be old ones."""
        updates: dict[str, dict[str, str]] = defaultdict(dict)
        unread: list[Unread] = []
        for table, name, event, timing, body in cast("list[tuple[str, ...]]", found):
            column, text = _update(f"{timing} {event} {body}") or ("", "")
            if text and column not in updates[table]:
                updates[table][column] = text
            else:
                unread.append(Unread(kind="trigger", name=name, table=table))
        return cls(updates, tuple(unread))


def _index(rows: Sequence[_IndexRow], catalog: Catalog) -> NativeIndex:
    _, name, non_unique, *_, kind, _, _ = rows[0]
    prefixes = [
        f"{row[3]}={row[4]}" for row in rows if row[4] is not None and kind == _PLAIN
    ]
    options: dict[str, str | tuple[str, ...]] = {}
    if kind in _KINDS:
        options["kind"] = kind.casefold()
    if prefixes:
        options["prefix"] = tuple(prefixes)
    return NativeIndex(
        name=name,
        parts=tuple(_part(row, catalog) for row in rows),
        unique=not non_unique,
        method=None if kind in (_PLAIN, *_KINDS) else kind.casefold(),
        options=options,
    )


def _part(row: _IndexRow, catalog: Catalog) -> NativePart:
    del catalog
    if row[3] is None:
        text = spoken(unescaped(row[7] or ""))
        return NativePart(expression=text, descending=row[5] == "D")
    return NativePart(column=row[3], descending=row[5] == "D")


def _is_plain(index: NativeIndex) -> bool:
    """Whether it is of whole columns upwards, as a constraint is."""
    parts = all(part.column and not part.descending for part in index.parts)
    return parts and not index.options and index.method is None


def _foreign_keys(
    rows: Sequence[_KeyRow], catalog: Catalog
) -> tuple[dict[str, list[NativeForeignKey]], list[Unread]]:
    rules: dict[tuple[str, str], _Rules] = {
        (row[0], row[1]): (row[6], row[7]) for row in rows if row[2] is None
    }
    ends: dict[tuple[str, str], list[_KeyRow]] = defaultdict(list)
    for row in rows:
        if row[2] is not None:
            ends[row[:2]].append(row)
    found: dict[str, list[NativeForeignKey]] = defaultdict(list)
    unread: list[Unread] = []
    for (table, name), columns in sorted(ends.items(), key=lambda end: end[0]):
        place, other = columns[0][3], columns[0][4]
        if place != catalog.database:
            kind = f"foreign key to {place}.{other}"
            unread.append(Unread(kind=kind, name=name, table=table))
            continue
        on_delete, on_update = rules.get((table, name), (None, None))
        found[table].append(
            NativeForeignKey(
                name=name,
                fields=tuple(str(row[2]) for row in columns),
                table=str(other),
                references=tuple(str(row[5]) for row in columns),
                on_delete=_action(on_delete),
                on_update=_action(on_update),
            )
        )
    return found, unread


def _action(told: OnAction | None) -> OnAction:
    """To refuse is what every foreign key does of which nothing else was said.

    RESTRICT and NO ACTION are the same here, and MariaDB tells the first of what was
    not said at all. https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
    """
    return "NO ACTION" if told in (None, "RESTRICT") else told


_SETTING = re.compile(
    r"BEFORE UPDATE\s+SET NEW\.(?P<column>`(?:[^`]|``)+`) ="
    r" IF\(NEW\.(?P=column) <=> OLD\.(?P=column), (?P<now>.+), NEW\.(?P=column)\)",
    re.DOTALL,
)
"""What the triggers do that the dialect makes for ``auto_update``."""


def _update(text: str) -> tuple[str, str] | None:
    """The column that one of our triggers keeps, and how."""
    body = _SETTING.fullmatch(text)
    if body is None:
        return None
    return body["column"][1:-1].replace("``", "`"), body["now"]


def _quoted(name: str) -> str:
    return "`{}`".format(name.replace("`", "``"))


def others(found: Rows) -> Iterator[Unread]:
    """Routines and events: kind and name."""
    for kind, name in cast("list[tuple[str, str]]", found):
        yield Unread(kind=kind, name=name)
