"""Where the example projects can be told, and all that they say there."""

from __future__ import annotations

from collections.abc import Iterator

from histories import Example
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.statements import flat
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.plan import ZERO, plan_down, plan_up
from mm_engine.runner.script import Script, script
from proofs import said

UNTOLD = {
    "shop": {
        "ydb": '"cart_id" is in the primary key, and YDB keeps rows by it',
        "starrocks": 'a copy counts "id" from 1 again',
        "sqlserver": '"fk_categories_parent_id" in a circle; SQL Server refuses that',
        "auroradsql": "index idx_orders_open stands on the old one",
        "redshift": '"products" counts its rows, so it cannot be copied',
    },
    "blog": {
        "ydb": "YDB keeps rows by it: it cannot be renamed",
        "sqlserver": r"joins no texts by \|\|",
    },
}
"""What no words of a database can say of a project, as its refusal says it first."""


def is_told(example: Example, database: str) -> bool:
    """Whether a database can be told all of a project."""
    return database not in UNTOLD[example.name]


def statements(graph: MigrationGraph, dialect: Dialect) -> Iterator[str]:
    """All that a database is sent and asked when a project goes up and down."""
    up = plan_up(graph, ())
    down = plan_down(graph, [step.name for step in up], target=ZERO)
    for step in (*up, *down):
        yield from _all_of(script(step, dialect))


def _all_of(told: Script) -> Iterator[str]:
    for item in flat((*told.prologue, *told.body, *told.epilogue)):
        yield from said(item)
