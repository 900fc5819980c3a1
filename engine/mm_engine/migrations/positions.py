"""Where things stand in a migration file; read only when an error needs it."""

from __future__ import annotations

import ast
from pathlib import Path

from mm_engine.errors import Position


def operation_position(path: Path, number: int) -> Position:
    """Where an operation is written, counted from 0; the whole list if it is unclear.

    Lists that are put together while the file runs have no places for their parts.
    """
    operations = _keyword(path, "operations")
    match operations:
        case ast.List(elts=items) | ast.Tuple(elts=items) if number < len(items):
            return _position(path, items[number])
        case _:
            return _position(path, operations)


def keyword_position(path: Path, keyword: str) -> Position:
    """Where the value of one of the migration's own keywords is written."""
    return _position(path, _keyword(path, keyword))


def migration_line(text: str) -> int:
    """The line on which ``migration`` gets its value, as good as text alone tells."""
    if text.startswith("migration"):
        return 1
    found = text.find("\nmigration")
    return text.count("\n", 0, found + 1) + 1 if found >= 0 else 1


def _keyword(path: Path, keyword: str) -> ast.expr | None:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    for statement in tree.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="migration")], value=ast.Call() as call
            ):
                pass
            case ast.AnnAssign(
                target=ast.Name(id="migration"), value=ast.Call() as call
            ):
                pass
            case _:
                continue
        for argument in call.keywords:
            if argument.arg == keyword:
                return argument.value
    return None


def _position(path: Path, node: ast.expr | None) -> Position:
    if node is None:
        return Position(str(path), 1, 1)
    return Position(str(path), node.lineno, node.col_offset + 1)
