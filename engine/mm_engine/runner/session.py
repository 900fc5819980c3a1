"""A connection made ready for migrating, and given back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.runner.backend import Backend
from mm_engine.runner.backends import TYPE, backend_of
from mm_engine.runner.connect import LOCK_TIMEOUT

if TYPE_CHECKING:
    import sqlalchemy as sa

Connectable: TypeAlias = "sa.Engine | sa.Connection"
"""What an application can give us to run on."""


@attrs.frozen(eq=False)
class Session:
    """An open connection, and whether its transaction belongs to the caller.

    In a caller's transaction we neither begin nor commit.
    """

    connection: sa.Connection
    backend: Backend
    is_nested: bool

    def run(self, sql: str) -> None:
        """Send one statement as it is: ``%`` and ``:name`` mean themselves."""
        answer = self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        self.backend.ended(self.connection, answer)
        answer.close()

    def repeat(self, sql: str) -> None:
        """Send a statement again and again, until it changes no row."""
        changed = True
        while changed:
            connection = self.connection
            found = connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
            changed = found.rowcount > 0
            found.close()

    def rows(self, sql: str) -> tuple[tuple[object, ...], ...]:
        """The rows of a query, sent as it is."""
        found = self.connection.exec_driver_sql(sql, execution_options=AS_IT_IS)
        return tuple(tuple(row) for row in found) if found.returns_rows else ()

    def prove(self) -> None:
        """Raise ``LostLeaseError`` where others are kept out no more."""
        self.backend.prove(self.connection)

    def is_in_transaction(self) -> bool:
        """Whether the database has a transaction of ours or the caller's open."""
        return self.backend.is_in_transaction(self.connection)

    def open_transactions(self) -> tuple[object, ...]:
        """What is open, for SQLAlchemy and for the database; equal while it stays."""
        return (
            self.connection.get_transaction(),
            self.connection.get_nested_transaction(),
            self.is_in_transaction(),
        )


AS_IT_IS = {"no_parameters": True}


@contextmanager
def session(
    source: Connectable,
    *,
    lock_timeout: float = LOCK_TIMEOUT,
    database_type: str | None = None,
) -> Iterator[Session]:
    """A session on a new connection of an engine, or on a connection of the caller's.

    ``database_type`` is what it speaks to, where the driver alone does not say. What
    was set on the connection is set back, and what was begun for us is ended; a
    transaction of the caller's stays open, to be committed by the caller.

    Raises ``ConfigError`` for a server that is too old.
    """
    import sqlalchemy as sa

    if isinstance(source, sa.Engine):
        with (
            source.connect() as connection,
            session(
                connection, lock_timeout=lock_timeout, database_type=database_type
            ) as opened,
        ):
            yield opened
        return
    noted = source.get_execution_options().get(TYPE)
    source.execution_options(**{TYPE: database_type or noted})
    backend = backend_of(source)
    # Asked before anything else is: SQLAlchemy begins with the first question.
    is_nested = source.in_transaction()
    try:
        backend.check(source)
        with backend.prepared(source, is_own=not is_nested, patience=lock_timeout):
            yield Session(source, backend, is_nested)
    finally:
        source.execution_options(**{TYPE: noted})
        if not is_nested and source.in_transaction():
            source.rollback()
