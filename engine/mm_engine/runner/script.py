"""A step as everything one database has to be told, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, assert_never

import attrs

from mm_engine.dialects.features import Features, Transactions
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Move,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
    changes_rows_only,
    flat,
)
from mm_engine.errors import UnsupportedError
from mm_engine.migrations.migration import Migration
from mm_engine.runner.plan import Direction, Step, moves

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect


@attrs.frozen(kw_only=True)
class Script:
    """A step as the items that one database needs.

    ``prologue`` and ``epilogue`` stand outside of the transaction that ``begin`` opens;
    where it is not ``is_atomic`` the body does too, and only its row of history is
    written in one. By the ``policy`` of its database each statement is noted in the
    journal, or none is. ``records`` are the names that leave the history with it;
    ``apart`` stands on a line of its own after each statement of a file.
    """

    migration: Migration
    direction: Direction
    records: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    prologue: tuple[Statement, ...] = attrs.field(
        default=(), converter=tuple[Statement, ...]
    )
    begin: str
    is_atomic: bool = True
    policy: Transactions = Transactions.FULL
    apart: str = ""
    body: tuple[Item, ...] = attrs.field(converter=tuple[Item, ...])
    epilogue: tuple[Statement, ...] = attrs.field(
        default=(), converter=tuple[Statement, ...]
    )

    @property
    def name(self) -> str:
        """The name of its migration."""
        return self.migration.name

    @property
    def _manner(self) -> str:
        if self.policy is Transactions.FULL:
            return "outside of any transaction"
        return "each statement for itself"

    def text(
        self, *, title: str | None = None, notes: Mapping[int, str] | None = None
    ) -> str:
        """All of it as SQL; what is no SQL stands in comments.

        ``notes`` are said before the first item of an operation, counted from 1.
        """
        within = self.is_atomic and self.body
        lines = [
            comment(title or f"{self.name} ({self.direction.value})"),
            *([] if self.is_atomic else [comment(self._manner)]),
            *(item_text(item, self.apart) for item in self.prologue),
            *([_ended(self.begin, self.apart)] if within else []),
            *_with_notes(self.body, notes or {}, self.apart),
            *([_ended("COMMIT", self.apart)] if within else []),
            *(item_text(item, self.apart) for item in self.epilogue),
            *([] if self.body else [comment("nothing to do on this database")]),
        ]
        return "\n".join(lines) + "\n"


def _with_notes(
    items: Iterable[Item], notes: Mapping[int, str], apart: str
) -> Iterator[str]:
    """The text of each item, after what there is to say about its operations."""
    waiting = dict(notes)
    for item in items:
        first, last = item.operations
        for number in range(first, last + 1):
            if number in waiting:
                yield comment(waiting.pop(number))
        yield item_text(item, apart)


def script(step: Step, dialect: Dialect) -> Script:
    """The script of a step; raises ``UnsupportedError`` for what cannot be said."""
    items = _items(step.migration, moves(step), dialect)
    return Script(
        migration=step.migration,
        direction=step.direction,
        records=step.records,
        prologue=dialect.prologue(items),
        begin=dialect.begin.sql,
        is_atomic=_is_atomic(items, dialect.features),
        policy=dialect.features.transactional_ddl,
        apart=dialect.apart,
        body=items,
        epilogue=dialect.epilogue(items),
    )


def scripts(steps: Iterable[Step], dialect: Dialect) -> Iterator[Script]:
    """The script of each step, made when it is asked for."""
    return (script(step, dialect) for step in steps)


def _is_atomic(items: tuple[Item, ...], facts: Features) -> bool:
    """Whether all of it fits into one transaction, with the row of history."""
    policy, most = facts.transactional_ddl, facts.rows_a_transaction
    if most is not None and len(items) * facts.rows_a_statement >= most:
        return False
    match policy:
        case Transactions.FULL:
            return all(
                item.transactional
                for item in flat(items)
                if isinstance(item, Statement)
            )
        case Transactions.SINGLE | Transactions.NONE:
            return all(_is_of_rows(item) for item in flat(items))
        case Transactions.ABSENT:
            return False
        case _:
            assert_never(policy)


def _is_of_rows(item: Item) -> bool:
    """Whether an item leaves the schema alone; of a function nobody knows that."""
    return (
        changes_rows_only(item.sql) and not item.repeats
        if isinstance(item, Statement)
        else isinstance(item, Expect)
    )


def _items(
    migration: Migration, steps: Sequence[Move], dialect: Dialect
) -> tuple[Item, ...]:
    try:
        return dialect.items(steps)
    except UnsupportedError as error:
        raise _located(error, migration, steps, dialect) from error


def _located(
    error: UnsupportedError,
    migration: Migration,
    steps: Sequence[Move],
    dialect: Dialect,
) -> UnsupportedError:
    """The error again, saying which operation of which migration it is about."""
    for move in steps:
        try:
            dialect.items((move,))
        except UnsupportedError as alone:
            phrase = move.operation.describe()
            return UnsupportedError(
                f"{migration.name}: operation {move.number} ({phrase}):"
                f" {alone.message.removeprefix(f'{phrase}: ')}",
                at=alone.at or migration.position(move.number - 1),
                hint=alone.hint,
            )
    return UnsupportedError(
        f"{migration.name}: {error.message}",
        at=error.at or migration.at,
        hint=error.hint,
    )


def item_text(item: Item, apart: str = "") -> str:
    """One item as SQL that a person can read, run and copy."""
    match item:
        case Statement(repeats=True):
            head = comment("again and again, until it changes no row")
            return f"{head}\n{_ended(item.sql, apart)}"
        case Statement():
            return _ended(item.sql, apart)
        case Expect():
            rows = ", ".join(map(repr, item.rows)) or "no rows"
            return comment(f"expect {rows}, or stop: {item.message}\n{item.query}")
        case Remember():
            return comment(f"remember as {item.name}\n{item.query}")
        case Recall():
            return comment(f"run again what was remembered as {item.name}")
        case When():
            head = comment(f"only where this gives a row:\n{item.query}")
            inside = [item_text(part, apart) for part in item.items]
            return "\n".join([head, *inside, comment("as far as here")])
        case PythonCall():
            name = getattr(item.function, "__qualname__", "a function")
            return comment(f"call Python: {name}")
        case _:
            assert_never(item)


def comment(text: str) -> str:
    r"""Text as SQL comments, however many lines it has.

    >>> print(comment("no rows\nSELECT 1"))
    -- no rows
    -- SELECT 1
    """
    return "\n".join(f"-- {line}".rstrip() for line in text.splitlines())


def _ended(sql: str, apart: str) -> str:
    """A statement with a semicolon that no comment at its end can swallow."""
    sql = sql.rstrip().removesuffix(";")
    if "--" in sql.rpartition("\n")[2]:
        sql += "\n"
    return f"{sql};\n{apart}" if apart else f"{sql};"
