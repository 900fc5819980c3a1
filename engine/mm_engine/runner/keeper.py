"""A lock on a table that a session of its own holds, where DDL would end a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import attrs

from mm_engine.runner import owned
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLE = "makemigrations_lock"
"""The table that is locked; nothing is ever written into it."""


@attrs.define(eq=False)
class Keeper:
    """The session that keeps others out, for as long as it lives.

    ``taking`` are the statements that lock the table in its transaction, the last of
    which fails where another session has it; ``is_refusal`` knows that failure.
    """

    making: str
    taking: Sequence[str]
    is_refusal: Callable[[BaseException | None], bool]
    session: sa.Connection | None = None

    @contextmanager
    def held(self, engine: sa.Engine, patience: float) -> Iterator[bool]:
        """Whether the lock is ours for the block; who has it already goes on."""
        if self.session is not None:
            yield True
            return
        with engine.connect() as session:
            owned.have(session, TABLE, self.making)
            is_ours = any(self._is_taken(session) for _ in tries(patience))
            self.session = session if is_ours else None
            try:
                yield is_ours
            finally:
                self.session = None
                # A session that broke has given it back.
                with suppress(Exception):
                    session.exec_driver_sql("ROLLBACK").close()

    def _is_taken(self, session: sa.Connection) -> bool:
        from sqlalchemy.exc import DBAPIError

        session.exec_driver_sql("BEGIN").close()
        try:
            for statement in self.taking:
                session.exec_driver_sql(statement).close()
        except DBAPIError as error:
            session.exec_driver_sql("ROLLBACK").close()
            if self.is_refusal(error.orig):
                return False
            raise
        return True
