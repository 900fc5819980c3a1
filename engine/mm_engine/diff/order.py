"""What has to come before what, so that no step finds its ground missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, auto
from typing import NamedTuple

from mm_engine.model.table import Table
from mm_engine.operations import Operation


class Phase(IntEnum):
    """The parts of a migration, in their order.

    What is referred to is there before what refers to it, and goes after it. The fields
    of a new primary key come, and the key moves to them, before old fields go. Checks
    and indexes that speak of an enum's old values go before those do.
    """

    TYPE_MAPPINGS = auto()
    DEFAULTS = auto()
    RENAMES = auto()
    DROP_FOREIGN_KEYS = auto()
    DROP_PARTS = auto()
    NEW_ENUMS = auto()
    ADD_KEY_FIELDS = auto()
    ALTER_KEY_FIELDS = auto()
    ALTER_KEYS = auto()
    DROP_FIELDS = auto()
    DROP_TABLES = auto()
    CREATE_TABLES = auto()
    ADD_FIELDS = auto()
    ALTER_FIELDS = auto()
    ADD_PARTS = auto()
    ADD_FOREIGN_KEYS = auto()
    TABLE_WORDS = auto()
    OLD_ENUMS = auto()
    LAST_DEFAULTS = auto()


class Placed(NamedTuple):
    """An operation, and the part of the migration that it belongs to."""

    phase: Phase
    operation: Operation


def arranged(placed: Iterable[Placed]) -> tuple[Operation, ...]:
    """The operations by phase; within a phase in the order given."""
    in_order = sorted(placed, key=lambda each: each.phase)
    return tuple(each.operation for each in in_order)


class Reference(NamedTuple):
    """A foreign key of a table, by both names."""

    table: str
    key: str | None


def parents_first(
    tables: Mapping[str, Table],
) -> tuple[tuple[str, ...], frozenset[Reference]]:
    """The tables after those they refer to, and the references that close a circle.

    Tables that do not depend on each other come by name, so that the order in which
    they were given does not matter. One walk, depth first, gives both answers, and a
    reference left out is always one that really closes a circle.
    """
    order: dict[str, None] = {}
    closing: set[Reference] = set()
    for start in sorted(tables):
        if start in order:
            continue
        path = {start: _references(tables[start])}
        while path:
            name, references = next(reversed(path.items()))
            for reference, parent in references:
                if parent in path and parent != name:
                    closing.add(reference)
                elif parent in tables and parent not in order and parent != name:
                    path[parent] = _references(tables[parent])
                    break
            else:
                order[name] = None
                del path[name]
    return tuple(order), frozenset(closing)


def _references(table: Table) -> Iterator[tuple[Reference, str]]:
    """The references of a table and where they lead, in the order of the targets."""
    keys = sorted(table.foreign_keys, key=lambda key: (key.table, key.name or ""))
    return iter([(Reference(table.name, key.name), key.table) for key in keys])
