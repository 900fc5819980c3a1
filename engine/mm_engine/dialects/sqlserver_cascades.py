"""Foreign keys whose actions meet: SQL Server follows one way to a table, not two.

https://learn.microsoft.com/sql/relational-databases/tables/primary-and-foreign-key-constraints,
"multiple cascading actions".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey, OnAction
from mm_engine.model.schema import Schema

Edges: TypeAlias = Mapping[str, list[tuple[str, ForeignKey]]]
"""The tables whose rows are changed along with those of a table, and by which key."""


def check(names: Iterable[str], schema: Schema, title: str) -> None:
    """Refuse a key of one of these tables that makes a second way, or a circle."""
    for act in (_on_delete, _on_update):
        edges: dict[str, list[tuple[str, ForeignKey]]] = {}
        for name, table in schema.tables.items():
            for key in table.foreign_keys:
                if _acts(act(key)):
                    edges.setdefault(key.table, []).append((name, key))
        for start in _above(names, edges):
            _walk(start, edges, title)


def _walk(start: str, edges: Edges, title: str) -> None:
    """Follow all ways from a table; the server counts them, whatever the action."""
    met: dict[str, ForeignKey | None] = {start: None}
    waiting = [start]
    while waiting:
        for name, key in edges.get(waiting.pop(), ()):
            if name in met:
                other = met[name]
                also = f' and "{other.name}"' if other else " in a circle"
                raise UnsupportedError(
                    f'a change of a row of "{start}" would come to "{name}" more than'
                    f' once, by foreign key "{key.name}"{also}; {title} refuses that',
                    at=key.at,
                    hint="let one of them say on_delete and on_update: NO ACTION, and"
                    " see to its rows in the application or in a trigger",
                )
            met[name] = key
            waiting.append(name)


def _above(names: Iterable[str], edges: Edges) -> list[str]:
    """The tables from which the actions of keys reach one of these, in order."""
    parents: dict[str, list[str]] = {}
    for parent, children in edges.items():
        for child, _ in children:
            parents.setdefault(child, []).append(parent)
    reached = {name: None for name in names if name in parents}
    waiting = [*reached]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in reached:
                reached[parent] = None
                waiting.append(parent)
    return sorted(reached)


def _acts(action: OnAction) -> bool:
    return action not in ("NO ACTION", "RESTRICT")


def _on_delete(key: ForeignKey) -> OnAction:
    return key.on_delete


def _on_update(key: ForeignKey) -> OnAction:
    return key.on_update
