"""Rows, SQL and Python: what the schema alone cannot say."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.errors import IrreversibleError
from mm_engine.model.names import names_of
from mm_engine.model.schema import Schema
from mm_engine.model.values import Expression, Symbol
from mm_engine.operations.base import BaseOperation, Subject

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.operations import Operation

SQL: TypeAlias = str | Mapping[str, str]
"""One text for every database, or one for each that is named."""

Value: TypeAlias = (
    bool
    | int
    | float
    | decimal.Decimal
    | str
    | bytes
    | dt.datetime
    | dt.date
    | dt.time
    | uuid.UUID
    | Symbol
    | Expression
    | None
)
"""What one field of a row can hold in a migration file."""

Row: TypeAlias = Mapping[str, Value]

Change: TypeAlias = "Callable[[sa.Connection, Schema], None]"
"""A function of an open connection, in the migration's transaction, and the schema."""


def _rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(dict(row) for row in rows)


def _operations(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    return tuple(operations)


@attrs.frozen(repr=False)
class RunSQL(BaseOperation):
    """SQL of the user's own.

    ``state_operations`` say what it does to the schema; ``backward=""`` says that
    there is nothing to undo, None that nothing can. With ``transactional=False`` it
    stands outside of any transaction, alone in its migration.
    """

    forward: SQL
    backward: SQL | None = None
    state_operations: tuple[Operation, ...] = attrs.field(
        default=(), converter=_operations, kw_only=True
    )
    transactional: bool = attrs.field(default=True, kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Apply the state operations."""
        return _after(schema, self.state_operations)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Run the backward SQL, with the state operations undone."""
        if self.backward is None:
            raise IrreversibleError(
                f"{self.describe()}: no SQL was given to undo it",
                at=self.at,
                hint='give RunSQL a second text, or "" if nothing is to be done',
            )
        return (
            RunSQL(
                self.backward,
                self.forward,
                state_operations=_undone(before, self.state_operations),
                transactional=self.transactional,
                **self.flags(),
            ),
        )

    def stands_alone(self, before: Schema) -> bool:
        """Whether it was said to stand outside of any transaction."""
        del before
        return not self.transactional and not self.schema_only

    def describe(self) -> str:
        """``run SQL: UPDATE posts SET …``."""
        text = self.forward
        if not isinstance(text, str):
            text = next((sql for sql in text.values() if sql.strip()), "")
        words = " ".join(text.split())
        shown = 60
        return f"run SQL: {words if len(words) <= shown else words[:shown] + '…'}"

    def slug(self) -> str:
        """``run_sql``."""
        return "run_sql"

    def subject(self) -> Subject:
        """No table that we know of."""
        return Subject(None, None)

    def loses(self, before: Schema) -> str | None:
        """What the state operations lose."""
        return _lost(before, self.state_operations)


@attrs.frozen(repr=False)
class RunPython(BaseOperation):
    """A function of the user's own, called with a connection and the schema.

    The connection is in the transaction of the migration; the schema is the one just
    before this operation. Digested by the syntax of the functions' source, so that a
    formatter changes nothing.
    """

    forward: Change
    backward: Change | None = None
    state_operations: tuple[Operation, ...] = attrs.field(
        default=(), converter=_operations, kw_only=True
    )

    def apply(self, schema: Schema) -> Schema:
        """Apply the state operations."""
        return _after(schema, self.state_operations)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Call the backward function, with the state operations undone."""
        if self.backward is None:
            raise IrreversibleError(
                f"{self.describe()}: no function was given to undo it",
                at=self.at,
                hint="give RunPython a second function; one that does nothing will do",
            )
        undone = _undone(before, self.state_operations)
        flags = self.flags()
        return (
            RunPython(self.backward, self.forward, state_operations=undone, **flags),
        )

    def describe(self) -> str:
        """``run Python: fill_slugs``."""
        return f"run Python: {getattr(self.forward, '__name__', 'a function')}"

    def slug(self) -> str:
        """``run_fill_slugs``."""
        return f"run_{getattr(self.forward, '__name__', 'python')}"

    def subject(self) -> Subject:
        """No table that we know of."""
        return Subject(None, None)

    def loses(self, before: Schema) -> str | None:
        """What the state operations lose."""
        return _lost(before, self.state_operations)


@attrs.frozen(repr=False)
class UpsertData(BaseOperation):
    """Rows that shall be there: inserted, or updated where their keys are found.

    What a row held before is kept in a table of ours, so that undoing brings it back.
    """

    table: str
    keys: tuple[str, ...] = attrs.field(converter=names_of, kw_only=True)
    rows: tuple[Row, ...] = attrs.field(converter=_rows, kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Leave the schema as it is; the table and its fields must exist."""
        table = schema.table(self.table)
        for name in dict.fromkeys([*self.keys, *(n for row in self.rows for n in row)]):
            table.field(name)
        return schema

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Take the rows out again, and bring back what they held before."""
        del before
        return (
            RestoreData(self.table, keys=self.keys, rows=self.rows, **self.flags()),
        )

    def describe(self) -> str:
        """``upsert 3 rows of currencies``."""
        rows = "1 row" if len(self.rows) == 1 else f"{len(self.rows)} rows"
        return f"upsert {rows} of {self.table}"

    def slug(self) -> str:
        """``upsert_currencies``."""
        return f"upsert_{self.table}"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.table, self.table)


@attrs.frozen(repr=False)
class RestoreData(BaseOperation):
    """The undoing of an upsert: never written, only made by ``reverse``."""

    table: str
    keys: tuple[str, ...] = attrs.field(converter=names_of, kw_only=True)
    rows: tuple[Row, ...] = attrs.field(converter=_rows, kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Leave the schema as it is."""
        schema.table(self.table)
        return schema

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Upsert again."""
        del before
        return (UpsertData(self.table, keys=self.keys, rows=self.rows, **self.flags()),)

    def describe(self) -> str:
        """``restore 3 rows of currencies``."""
        rows = "1 row" if len(self.rows) == 1 else f"{len(self.rows)} rows"
        return f"restore {rows} of {self.table}"

    def slug(self) -> str:
        """``restore_currencies``."""
        return f"restore_{self.table}"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.table, self.table)


def _after(schema: Schema, operations: Iterable[Operation]) -> Schema:
    for operation in operations:
        schema = operation.apply(schema)
    return schema


def _lost(schema: Schema, operations: Iterable[Operation]) -> str | None:
    """What goes for ever with the operations that a schema is told."""
    losses: list[str] = []
    for operation in operations:
        if loss := operation.loses(schema):
            losses.append(loss)
        schema = operation.apply(schema)
    return "; ".join(losses) or None


def _undone(before: Schema, operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations that undo these, last one first."""
    undone: tuple[Operation, ...] = ()
    for operation in operations:
        undone = (*operation.reverse(before), *undone)
        before = operation.apply(before)
    return undone
