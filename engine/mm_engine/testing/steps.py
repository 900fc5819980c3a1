"""Operations as one migration tells them: what a test makes moves and texts of."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import assert_never

from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Move,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
)
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation, RestoreData, UpsertData


def moves(operations: Iterable[Operation], before: Schema) -> tuple[Move, ...]:
    """Operations as one migration makes moves of them."""
    made: list[Move] = []
    for number, operation in enumerate(operations, start=1):
        made.append(Move(operation, before, number=number, mark=_mark(operation)))
        before = operation.apply(before)
    return tuple(made)


def reversed_moves(operations: Iterable[Operation], before: Schema) -> tuple[Move, ...]:
    """The moves that undo the operations, last one first."""
    undone: list[Move] = []
    for move in reversed(moves(operations, before)):
        schema = move.after
        for operation in move.operation.reverse(move.before):
            undone.append(
                Move(operation, schema, number=move.number, mark=_mark(operation))
            )
            schema = operation.apply(schema)
    return tuple(undone)


def _mark(operation: Operation) -> str:
    """An upsert and its undoing have one mark, and hardly another operation has it."""
    if not isinstance(operation, UpsertData | RestoreData):
        return ""
    said = repr((operation.table, operation.keys, operation.rows))
    return f"{zlib.crc32(said.encode()):08x}"


def text(items: Iterable[Item], indent: str = "") -> str:
    """Items as they stand in cases: SQL, and in comments what is none."""
    return "".join(f"{indent}{line}\n" for item in items for line in _lines(item))


def _lines(item: Item) -> list[str]:
    match item:
        case Statement():
            return f"{item.sql.removesuffix(';')};".splitlines()
        case Expect():
            return [f"-- expect {list(item.rows)}: {item.message}"]
        case Remember():
            return [f"-- remember {item.name}"]
        case Recall():
            return [f"-- recall {item.name}"]
        case When():
            inside = [f"  {line}" for part in item.items for line in _lines(part)]
            return [f"-- when {item.query}", *inside]
        case PythonCall():
            return [f"-- call {getattr(item.function, '__name__', '')}"]
        case _:
            assert_never(item)


def step_text(steps: Sequence[Move], database: str = "sqlite") -> str:
    """A whole step as it stands in cases, without BEGIN and COMMIT."""
    words: Dialect = dialect(database)
    items = words.items(steps)
    return text((*words.prologue(items), *items, *words.epilogue(items)))


def loses_rows(operations: Iterable[Operation], before: Schema) -> bool:
    """Whether something goes for ever with one of the operations."""
    return any(move.operation.loses(move.before) for move in moves(operations, before))
