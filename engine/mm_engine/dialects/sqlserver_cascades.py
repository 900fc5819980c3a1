"""Foreign keys whose actions meet: SQL Server follows one way to a table, not two.

https://learn.microsoft.com/sql/relational-databases/tables/primary-and-foreign-key-constraints,
"multiple cascading actions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey, OnAction
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table

Edges: TypeAlias = Mapping[str, list[tuple[str, ForeignKey]]]
"""The tables whose rows are changed along with those of a table, and by which key."""


def check(table: Table, schema: Schema, title: str) -> None:
    """Refuse a table with a key that makes a second way, or a circle."""
    for act in (_on_delete, _on_update):
        if not any(_acts(act(key)) for key in table.foreign_keys):
            continue
        edges: dict[str, list[tuple[str, ForeignKey]]] = {}
        for name, other in schema.tables.items():
            for key in other.foreign_keys:
                if _acts(act(key)):
                    edges.setdefault(key.table, []).append((name, key))
        for start in sorted(_above(table, edges)):
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


def _above(table: Table, edges: Edges) -> Iterator[str]:
    """The tables from which the actions of keys reach a table."""
    reached = [table.name]
    waiting = [table.name]
    while waiting:
        name = waiting.pop()
        for parent, children in edges.items():
            if parent not in reached and any(child == name for child, _ in children):
                reached.append(parent)
                waiting.append(parent)
    yield from reached


def _acts(action: OnAction) -> bool:
    return action not in ("NO ACTION", "RESTRICT")


def _on_delete(key: ForeignKey) -> OnAction:
    return key.on_delete


def _on_update(key: ForeignKey) -> OnAction:
    return key.on_update
