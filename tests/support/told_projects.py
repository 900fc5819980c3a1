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
        "mysql": "MySQL has no partial indexes",
        "vertica": "no triggers",
        "ydb": "YDB",
        "tidb": "TiDB has no partial indexes",
        "starrocks": "no default like CURRENT_TIMESTAMP",
        "clickhouse": "no triggers",
        "sqlserver": "no indexes on expressions",
        "auroradsql": "no triggers",
        "redshift": 'no words for the default "new_uuid"',
    },
    "blog": {
        "ydb": "takes only constants as defaults",
        "starrocks": "nothing but the primary key",
        "clickhouse": "keeps no rows unique",
        "sqlserver": r"joins no texts by \|\|",
        "redshift": 'no words for the default "new_uuid"',
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
