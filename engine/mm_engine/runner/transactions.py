"""Transactions that keep other migrators out, our own or parts of the caller's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mm_engine.dialects.features import Transactions
from mm_engine.runner import lock
from mm_engine.runner.backend import Stamp
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session

SAVEPOINT = "makemigrations_step"


@contextmanager
def all_at_once(session: Session, script: Script) -> Iterator[None]:
    """A transaction, on a database that has any."""
    if script.policy is Transactions.ABSENT:
        yield
        return
    with transaction(session, script.begin):
        yield


@contextmanager
def transaction(
    session: Session, begin: str, table: str | None = None
) -> Iterator[Stamp | None]:
    """A transaction of our own, or a part of the caller's that can be undone alone.

    Gives the stamp that a table has under the lock, if there is one to ask for.
    """
    with (
        lock.around(session.connection, session.backend),
        _begun(session, begin, table) as stamp,
    ):
        yield stamp


@contextmanager
def _begun(session: Session, begin: str, table: str | None) -> Iterator[Stamp | None]:
    ending: tuple[str | None, str] = ("COMMIT", "ROLLBACK")
    connection, backend = session.connection, session.backend
    stamp = None
    if not session.is_nested:
        stamp = lock.begin(connection, begin, backend, table)
    else:
        # Drivers begin late: a savepoint outside of a transaction would be one, and
        # releasing it would commit what is not ours to commit.
        if not session.is_in_transaction():
            lock.begin(connection, begin, backend)
        make, end, undo = backend.savepoints
        session.run(make.format(SAVEPOINT))
        ending = (end and end.format(SAVEPOINT), undo.format(SAVEPOINT))
    try:
        if session.is_nested:
            lock.hold(connection, backend)
            stamp = backend.stamp(connection, table) if table else None
        yield stamp
        if ending[0] is not None:
            session.run(ending[0])
    except BaseException:
        roll_back(session, ending[1])
        raise


def roll_back(session: Session, statement: str) -> None:
    """Undo; the database may have done so by itself, on a full disk for one."""
    from sqlalchemy.exc import SQLAlchemyError

    with suppress(SQLAlchemyError):
        session.run(statement)
