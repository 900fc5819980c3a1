"""Values of the engine as the command line says them, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mm_engine.cli.output import Json, Output

if TYPE_CHECKING:
    from mm_engine.errors import Problem
    from mm_engine.model.schema import Schema
    from mm_engine.operations import Operation


def operation_json(operation: Operation) -> dict[str, Json]:
    """An operation as the contract for scripts has it."""
    table, name = operation.subject()
    return {
        "op": type(operation).__name__,
        "table": table,
        "name": name,
        "text": operation.describe(),
    }


def operations_json(operations: Iterable[Operation]) -> list[Json]:
    """Several of them."""
    return [operation_json(operation) for operation in operations]


def say_operations(
    output: Output, operations: Sequence[Operation], before: Schema, indent: str = ""
) -> None:
    """Operations as a list for people, on stdout, with what each one loses."""
    from mm_engine.operations import AlterField

    for operation in operations:
        loss = None if operation.schema_only else operation.loses(before)
        changes = operation.changes(before) if isinstance(operation, AlterField) else ()
        text, color = operation_line(operation, loss, changes)
        output.line(f"{indent}{text}", fg=color)
        before = operation.apply(before)


def operation_line(
    operation: Operation, loss: str | None, changes: Iterable[str] = ()
) -> tuple[str, str | None]:
    """An operation on one line with its sign and what it loses, and its colour."""
    sign = _sign(type(operation).__name__)
    text = f"{sign} {operation.describe()}"
    if said := ", ".join(changes):
        text += f": {said}"
    if operation.schema_only:
        text += "  (only remembered)"
    elif loss:
        waits = "; marked for review" if operation.review else ""
        text += f"  (loses {loss}{waits})"
    return text, _COLORS.get("!" if loss else sign)


_COLORS = {"+": "green", "-": "yellow", "~": "cyan", "!": "red"}


def _sign(kind: str) -> str:
    if kind.startswith(("Create", "Add")):
        return "+"
    return "-" if kind.startswith("Drop") else "~"


def warn(output: Output, findings: Iterable[Problem]) -> None:
    """Say what stops nothing."""
    for finding in findings:
        output.warn(finding)


def counted(number: int, word: str, plural: str | None = None) -> str:
    """A number with its word.

    >>> counted(1, "migration"), counted(2, "branch", "branches")
    ('1 migration', '2 branches')
    """
    return f"{number} {word if number == 1 else plural or word + 's'}"
