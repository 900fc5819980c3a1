"""A migrated database that tests have in common, each leaving it as it was."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_pytest.databases.place import Place
    from mm_pytest.databases.resets import Reset


_BEGIN = "mm_begin"
"""The savepoint that is there as long as the transaction is."""


class Shared:
    """The database, and one engine on it: connecting takes longer than most tests."""

    def __init__(self, place: Place, url: str, sealed: str) -> None:
        """Take a copy of what is sealed, which the first of its tests is going to get.

        Where nothing is copied there is nothing sealed, and no way back but a rollback.
        """
        from mm_pytest.engines import users_engine

        self.url = url
        self._place = place
        self._sealed = sealed
        self._stack = ExitStack()
        self._reset: Reset | None = None
        self.engine: sa.Engine = self._stack.enter_context(users_engine(url))

    def ready(self) -> None:
        """Be able to reset; raises ``NotResetError`` where that cannot be."""
        from mm_pytest.databases.place import CopyingPlace

        if self._reset is None and isinstance(self._place, CopyingPlace):
            self._reset = self._place.reset(self.url, self._sealed)
            self._stack.callback(self._reset.close)

    def reset(self) -> None:
        """Have it hold what the migrations made; raises ``NotResetError``."""
        from mm_pytest.databases.resets import NotResetError

        left = self.engine.pool.checkedout()  # type: ignore[attr-defined]  # a queue's
        if left:
            raise NotResetError(f"{left} of the connections of mm_sqlalchemy are open")
        if self._reset is not None:
            self._reset()

    def begun(self, connection: sa.Connection) -> sa.RootTransaction:
        """A transaction that is to be rolled back."""
        transaction = connection.begin()
        if self._place.is_ended_by_changes:
            connection.exec_driver_sql(f"SAVEPOINT {_BEGIN}")
        return transaction

    def is_open(self, transaction: sa.RootTransaction) -> bool:
        """Whether it can be rolled back still, be it said or unsaid that it ended."""
        from sqlalchemy.exc import DBAPIError

        connection = transaction.connection
        if not transaction.is_active or connection.closed:
            return False
        try:
            if self._place.is_ended_by_changes:
                connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_BEGIN}")
        except DBAPIError:  # there is none any more
            return False
        return True

    def close(self) -> None:
        """Disconnect."""
        self._stack.close()
