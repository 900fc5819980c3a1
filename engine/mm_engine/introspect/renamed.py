"""What got another name by hand, where nothing else explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import attrs

from mm_engine.diff import Renames
from mm_engine.introspect.native import (
    Native,
    NativeColumn,
    NativeEnum,
    NativeTable,
)

Thing = TypeVar("Thing", NativeTable, NativeColumn, NativeEnum)


def renamed_by_hand(expected: Native, live: Native) -> Renames:
    """What is gone and came again under one other name, equal in everything else.

    Where two things could be meant, nothing is guessed: one is gone, one came.
    """
    tables = dict(
        _pairs(
            tuple(expected.tables.values()), tuple(live.tables.values()), _bare_table
        )
    )
    fields: dict[tuple[str, str], str] = {}
    for name, was in expected.tables.items():
        now = live.tables.get(name)
        if now is not None and was != now:
            pairs = _pairs(was.columns, now.columns, _bare_column)
            fields.update({(name, old): new for old, new in pairs})
    enums = dict(
        _pairs(tuple(expected.enums.values()), tuple(live.enums.values()), _bare_enum)
    )
    return Renames(tables=tables, fields=fields, enums=enums)


def undone(renames: Renames) -> Renames:
    """The renames that give everything its old name again.

    A table and a field of it are never renamed at once.
    """
    return Renames(
        tables={new: old for old, new in renames.tables.items()},
        fields={(table, new): old for (table, old), new in renames.fields.items()},
        enums={new: old for old, new in renames.enums.items()},
    )


def _pairs(
    expected: Sequence[Thing], live: Sequence[Thing], bare: Callable[[Thing], Thing]
) -> Iterator[tuple[str, str]]:
    """Old and new name of what is alone in its shape on both sides."""
    here = {thing.name for thing in live}
    known = {thing.name for thing in expected}
    gone = [thing for thing in expected if thing.name not in here]
    come = [thing for thing in live if thing.name not in known]
    for thing in gone if come else ():
        alike = [other for other in come if bare(other) == bare(thing)]
        twins = [other for other in gone if bare(other) == bare(thing)]
        if len(alike) == len(twins) == 1:
            yield thing.name, alike[0].name


def _bare_enum(enum: NativeEnum) -> NativeEnum:
    return attrs.evolve(enum, name="")


def _bare_column(column: NativeColumn) -> NativeColumn:
    return attrs.evolve(column, name="")


def _bare_table(table: NativeTable) -> NativeTable:
    """A table without its name, where it refers to itself too."""
    keys = tuple(
        attrs.evolve(key, table="") if key.table == table.name else key
        for key in table.foreign_keys
    )
    return attrs.evolve(table, name="", foreign_keys=keys)
