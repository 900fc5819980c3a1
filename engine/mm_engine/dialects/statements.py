"""What a script is made of: statements, expectations, calls, things remembered."""

from __future__ import annotations

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


@attrs.frozen
class Statement:
    """One SQL statement as it will be sent, without a semicolon at its end.

    ``operations`` is the first and the last operation it serves; ``transactional``
    says whether it may share a transaction.
    """

    sql: str
    operations: tuple[int, int] = attrs.field(default=(0, 0), kw_only=True)
    transactional: bool = attrs.field(default=True, kw_only=True)


@attrs.frozen
class Expect:
    """A query that must give exactly these rows, or the step stops with the message."""

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


Item: TypeAlias = Statement | Expect | PythonCall | Remember | Recall
