"""Constraints that wait for the end of a transaction, among statements that cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mm_engine.dialects.statements import (
    Item,
    Move,
    PythonCall,
    Statement,
    When,
    flat,
)
from mm_engine.model.table import Table

_CHANGES_ROWS = re.compile(
    r"(INSERT|UPDATE|DELETE|MERGE|WITH|DO|CALL)\b", re.IGNORECASE
)
_NEEDS_REST = re.compile(
    r"(ALTER\s+TABLE|DROP\s+TABLE|TRUNCATE|CREATE\s+(UNIQUE\s+)?INDEX)\b", re.IGNORECASE
)
_COMMENTS = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)


def is_needed(items: Iterable[Item], moves: Sequence[Move]) -> bool:
    """Whether rows change while a constraint may wait; most migrations change none."""
    return any(map(_changes_rows, items)) and _has_deferred(moves)


def _has_deferred(moves: Sequence[Move]) -> bool:
    """Whether a constraint waits, without being asked to, before one of the moves."""
    return any(
        "deferred" in [k.deferrable for k in table.foreign_keys]
        or "deferred" in [u.deferrable for u in table.uniques]
        for table in _tables(moves)
    )


def _tables(moves: Sequence[Move]) -> Iterator[Table]:
    """Every table before the first move, and before each later one what is new.

    All of them each time would take time with the square of the tables.
    """
    yield from moves[0].before.tables.values()
    for move, later in pairwise(moves):
        name, there = move.operation.subject().table, later.before.tables
        if name is None:
            yield from there.values()
        elif name in there:
            yield there[name]


def settled(items: Iterable[Item]) -> Iterator[Item]:
    """The items, with waiting constraints looked at before a table is altered.

    PostgreSQL alters no table on which a check of rows is still to come ("pending
    trigger events"). After that the constraints may wait again: rows that refer to
    each other can be written after an alteration as well as before it.
    """
    waiting, looked_at = False, False
    for item in items:
        if waiting and _has(item, _NEEDS_REST):
            yield _saying("SET CONSTRAINTS ALL IMMEDIATE", item)
            waiting, looked_at = False, True
        if _changes_rows(item):
            if looked_at:
                yield _saying("SET CONSTRAINTS ALL DEFERRED", item)
            waiting, looked_at = True, False
        yield item


def _saying(sql: str, item: Item) -> Statement:
    return Statement(sql, operations=item.operations)


def _changes_rows(item: Item) -> bool:
    return isinstance(item, PythonCall) or _has(item, _CHANGES_ROWS)


def _has(item: Item, pattern: re.Pattern[str]) -> bool:
    """Whether a statement in an item begins so, after blanks and comments."""
    statements = flat((item,)) if isinstance(item, When) else (item,)
    return any(
        pattern.match(one.sql, _start(one.sql))
        for one in statements
        if isinstance(one, Statement)
    )


def _start(sql: str) -> int:
    found = _COMMENTS.match(sql)
    return found.end() if found else 0
