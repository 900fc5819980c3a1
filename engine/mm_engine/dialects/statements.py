"""What a script is made of: statements, expectations, calls, things remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import attrs

from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.operations.data import Change


@attrs.frozen
class Move:
    """One operation to be told to a database, and the schema just before it.

    ``number`` counts the operations of the migration from 1, whichever way it runs;
    ``mark`` is a short text that no other operation of the history has.
    """

    operation: Operation
    before: Schema
    number: int = attrs.field(kw_only=True)
    mark: str = attrs.field(kw_only=True)

    # Asked for by every check and every clause that a dialect makes of an operation.
    @cached_property
    def after(self) -> Schema:
        """The schema just after the operation."""
        return self.operation.apply(self.before)


@attrs.frozen
class Statement:
    """One SQL statement as it will be sent, without a semicolon at its end.

    ``operations`` is the first and the last operation it serves; ``transactional``
    says whether it may share a transaction. What ``repeats`` changes some rows at a
    time, and is sent until it finds none.
    """

    sql: str
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)
    transactional: bool = attrs.field(default=True, kw_only=True)
    repeats: bool = attrs.field(default=False, kw_only=True)


@attrs.frozen
class Expect:
    """A query that must give exactly these rows, or the step stops with the message.

    What the query gave instead belongs into the error: it names what is in the way.
    """

    query: str
    rows: tuple[tuple[object, ...], ...] = attrs.field(kw_only=True)
    message: str = attrs.field(kw_only=True)
    hint: str | None = attrs.field(default=None, kw_only=True)
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)


@attrs.frozen
class PythonCall:
    """A function of the user's, called with the connection and the schema."""

    function: Change
    schema: Schema
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)


@attrs.frozen
class Remember:
    """A query whose rows, each one statement, are kept under a name for later.

    So a rebuilt table gets back the triggers that somebody made by hand.
    """

    name: str
    query: str
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)


@attrs.frozen
class Recall:
    """The statements that were remembered under a name, executed in their order."""

    name: str
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)


@attrs.frozen
class When:
    """Items that are done only if a query gives a row, whatever is in it.

    So ``if_present`` finds its way on databases whose statements cannot say IF EXISTS.
    """

    query: str
    items: tuple[Item, ...] = attrs.field(kw_only=True)
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)


Item: TypeAlias = Statement | Expect | PythonCall | Remember | Recall | When


ROWS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "UPSERT", "MERGE")
"""First words of statements that change rows, and commit nothing on the way."""

_FIRST_WORD = re.compile(r"(?:\s|(?:--|[#])[^\n]*\n|/\*(?!M?!).*?\*/)*(\w+)", re.DOTALL)
"""A comment of MySQL's that begins with an exclamation mark is none to it."""


def changes_rows_only(sql: str) -> bool:
    r"""Whether a statement surely leaves the schema alone.

    >>> changes_rows_only("-- all of them\nupdate t set x = 1")
    True
    >>> changes_rows_only("/*!50003 UPDATE t SET x = 1 */")
    False
    """
    found = _FIRST_WORD.match(sql)
    return found is not None and found[1].upper() in ROWS


def serving(item: Item, operations: tuple[int, int]) -> Item:
    """The item, and those inside of it, for a range of operations."""
    if isinstance(item, When):
        inside = tuple(serving(part, operations) for part in item.items)
        item = attrs.evolve(item, items=inside)
    return attrs.evolve(item, operations=operations)


def reaching(item: Item, operations: tuple[int, int]) -> Item:
    """The item for a range of operations, unless it says itself which it serves."""
    return serving(item, operations) if item.operations == (0, 0) else item


def flat(items: tuple[Item, ...]) -> Iterator[Item]:
    """Every item, those inside of a condition too."""
    for item in items:
        yield item
        if isinstance(item, When):
            yield from flat(item.items)
