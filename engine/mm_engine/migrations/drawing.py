"""Migration graphs as pictures: in ASCII, for Mermaid, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration

_MARKS = {"applied": "*", "faked": "*", "changed": "!", "missing": "?"}
_PENDING = "o"


def ascii(graph: MigrationGraph, states: Mapping[str, str] | None = None) -> str:  # noqa: A001 (the name of the picture)
    """One line a migration, parents above children, each branch in its own column.

    With *states* (applied, pending, faked, changed, missing) a pending migration is a
    ``o`` and the state stands behind the name. A branch leaves its parent at a dot and
    joins its child at an apostrophe:

    >>> step = lambda name, *parents: Migration(
    ...     name=name, dependencies=parents, operations=[]
    ... )
    >>> print(ascii(MigrationGraph.of([
    ...     step("0001_initial"), step("0002_a", "0001_initial"),
    ...     step("0002_b", "0001_initial"), step("0003_merge", "0002_a", "0002_b"),
    ... ])))
    * 0001_initial
    |-.
    * | 0002_a
    | * 0002_b
    |-'
    * 0003_merge
    """
    lanes: list[str | None] = []
    lines: list[str] = []
    for migration in graph.order():
        lines += _rows(graph, migration, lanes, states or {})
    return "\n".join(lines)


def _rows(
    graph: MigrationGraph,
    migration: Migration,
    lanes: list[str | None],
    states: Mapping[str, str],
) -> list[str]:
    """The lines of one migration; lanes hold the child that each column leads to."""
    name = migration.name
    rows: list[str] = []
    mine = [column for column, child in enumerate(lanes) if child == name]
    if len(mine) > 1:
        rows.append(_joint(lanes, mine, "'"))
    column = mine[0] if mine else _free(lanes)
    for closed in mine[1:]:
        lanes[closed] = None
    lanes[column] = name
    state = states.get(name)
    mark = "*" if not states else _MARKS.get(state or "", _PENDING)
    symbols = [
        mark if n == column else "|" if child else " " for n, child in enumerate(lanes)
    ]
    words = f"{name}{_replaced(migration)}{f' ({state})' if state else ''}"
    rows.append(f"{' '.join(symbols).rstrip()} {words}")
    rows += _opened(lanes, column, graph.children[name])
    while lanes and lanes[-1] is None:
        lanes.pop()
    return rows


def _opened(
    lanes: list[str | None], column: int, children: tuple[str, ...]
) -> list[str]:
    """The line on which branches leave a migration, if any do."""
    lanes[column] = children[0] if children else None
    columns = [column]
    for child in children[1:]:
        free = _free(lanes, after=column)
        lanes[free] = child
        columns.append(free)
    return [_joint(lanes, columns, ".")] if len(columns) > 1 else []


def _free(lanes: list[str | None], after: int = -1) -> int:
    for column in range(after + 1, len(lanes)):
        if lanes[column] is None:
            return column
    lanes.append(None)
    return len(lanes) - 1


def _joint(lanes: list[str | None], columns: list[int], end: str) -> str:
    """A line that ties columns to the first of them."""
    first, last = columns[0], max(columns)
    cells: list[str] = []
    for column, child in enumerate(lanes):
        if column in columns[1:]:
            cells.append(end)
        elif child is not None:
            cells.append("|")
        else:
            cells.append("-" if first < column < last else " ")
        cells.append("-" if first <= column < last else " ")
    return "".join(cells).rstrip()


def _replaced(migration: Migration) -> str:
    number = len(migration.replaces)
    return f" (squash of {number})" if number else ""


def mermaid(graph: MigrationGraph, states: Mapping[str, str] | None = None) -> str:
    """A flowchart for Mermaid, from parents down to children."""
    lines = ["flowchart TD"]
    numbers = {migration.name: n for n, migration in enumerate(graph.order())}
    for name, number in numbers.items():
        state = (states or {}).get(name)
        shown = f"{name}<br/>{state}" if state else name
        lines.append(f'    m{number}["{shown.replace(chr(34), "#quot;")}"]')
    lines += [
        f"    m{numbers[parent]} --> m{number}"
        for name, number in numbers.items()
        for parent in graph.parents[name]
    ]
    return "\n".join(lines)


def as_json(
    graph: MigrationGraph, states: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The graph for programs; later versions add keys and change none.

    With *states* each migration has its own.
    """
    return {
        "version": 1,
        "migrations": [
            _as_json(migration, states or {}) for migration in graph.order()
        ],
        "roots": list(graph.roots()),
        "leaves": list(graph.leaves()),
    }


def _as_json(migration: Migration, states: Mapping[str, str]) -> dict[str, object]:
    state = states.get(migration.name)
    return {
        "name": migration.name,
        **({"state": state} if state else {}),
        "dependencies": list(migration.dependencies),
        "replaces": list(migration.replaces),
        "operations": [
            {
                "op": type(operation).__name__,
                "table": operation.subject().table,
                "name": operation.subject().name,
                "text": operation.describe(),
            }
            for operation in migration.operations
        ],
    }
