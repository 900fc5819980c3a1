"""A database of MySQL's kin, brought back by what is emptied and copied again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from mm_pytest.databases.resets import HELD, PATIENCE, NotResetError, Reset

if TYPE_CHECKING:
    import sqlalchemy as sa

_QUIET = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0,"
    f" sql_mode = 'NO_AUTO_VALUE_ON_ZERO', lock_wait_timeout = {PATIENCE},"
    f" innodb_lock_wait_timeout = {PATIENCE}"
)
_SEES_ALL = "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"
"""So that a row that a test has not committed is a row, which TiDB does not allow."""


class MySQLReset(Reset):
    """Empties the tables that have rows; ``fillings`` are statements of a template's.

    They put back what migrations have made, by the tables that they fill.
    """

    def __init__(
        self,
        kind: str,
        server: sa.Connection,
        stack: ExitStack,
        tables: list[str],
        fillings: dict[str, str],
    ) -> None:
        """Take over a connection of our own to the database, and what closes it."""
        self._server = server
        self._stack = stack
        self._fillings = fillings
        self._filled = " UNION ALL ".join(
            f"SELECT {_text(table)} FROM DUAL WHERE EXISTS (SELECT 1 FROM {table})"
            for table in tables
        )
        for statement in (_QUIET,) if kind == "tidb" else (_QUIET, _SEES_ALL):
            self._run(statement)

    def __call__(self) -> None:
        """Empty what is filled, which sets its counter back and runs no trigger."""
        from sqlalchemy.exc import DBAPIError

        try:
            for statement in self._statements():
                self._run(statement)
        except DBAPIError as error:
            said = " ".join(str(error.orig).split())
            raise NotResetError(HELD.format(said)) from error

    def close(self) -> None:
        """Disconnect."""
        self._stack.close()

    def _statements(self) -> Iterator[str]:
        if not self._filled:
            return
        from mm_engine.runner.session import AS_IT_IS

        found = self._server.exec_driver_sql(self._filled, execution_options=AS_IT_IS)
        yield from [f"TRUNCATE TABLE {table}" for (table,) in found]
        yield from self._fillings.values()

    def _run(self, sql: str) -> None:
        from mm_engine.runner.session import AS_IT_IS

        self._server.exec_driver_sql(sql, execution_options=AS_IT_IS).close()


def _text(table: str) -> str:
    return "'" + table.replace("\\", "\\\\").replace("'", "''") + "'"
