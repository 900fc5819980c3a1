"""ClickHouse as a server or as an engine in this process: nothing is ever undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import ConfigError
from mm_engine.model.databases import CLICKHOUSE
from mm_engine.runner import clickhouse_lease as lease
from mm_engine.runner.backend import Backend, LostLeaseError, Trouble
from mm_engine.runner.owned import Kind, Words
from mm_engine.runner.waiting import tries

if TYPE_CHECKING:
    import sqlalchemy as sa

OLDEST = (25, 8)
"""The first version that we know how to talk to: it has ``UPDATE`` of single rows.

https://clickhouse.com/docs/sql-reference/statements/update
"""

_CODES = {
    Trouble.EXISTS: (15, 44, 57, 82),
    Trouble.NO_DATABASE: (81,),
    Trouble.RIGHTS: (192, 193, 194, 291, 497, 516),
    Trouble.STOPPED: (159, 394),
    Trouble.FULL: (241, 243),
    Trouble.REPLICA: (164, 242),
    Trouble.LOST: (209, 210, 236),
    Trouble.ROWS: (6, 27, 38, 41, 53, 69, 70, 72, 321, 349, 407, 469, 691),
}
"""https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp"""

_TROUBLES = {code: kind for kind, codes in _CODES.items() for code in codes}
_REFUSED = re.compile("Max retries exceeded|Failed to establish", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class OwnWords(Words):
    """Types of ClickHouse, which say themselves what may be null."""

    def type(self, kind: Kind) -> str:
        """The type of a column, with what has to be true of it."""
        match kind:
            case Kind.COUNTER | Kind.KEY:
                return "Int64"
            case Kind.NAME:
                return "String"
            case Kind.WORD | Kind.TEXT:
                return "Nullable(String)"
            case Kind.NUMBER:
                return "Nullable(Int64)"
            case _:
                return "DateTime64(6, 'UTC') DEFAULT now64(6)"


class ClickHouse(Backend):
    """A server, or chdb; the lock is a table that only one can make."""

    database = CLICKHOUSE
    locks_sessions = True
    deals_numbers = False
    words = OwnWords(
        # What single rows are updated by.
        ending=" ENGINE = MergeTree ORDER BY id"
        " SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1",
    )
    _held: str | None = None

    def server_text(self, connection: sa.Connection) -> str:
        """What the server says when it is asked for its version."""
        return str(connection.exec_driver_sql("SELECT version()").scalar_one())

    def check(self, connection: sa.Connection) -> None:
        """Refuse a server that is too old."""
        text = self.server_text(connection)
        if tuple(map(int, text.split(".")[:2])) < OLDEST:
            least = ".".join(map(str, OLDEST))
            raise ConfigError(
                f"ClickHouse {text} is too old",
                hint=f"a server of version {least} or later is needed",
            )

    @contextmanager
    def prepared(
        self, connection: sa.Connection, *, is_own: bool, patience: float
    ) -> Iterator[None]:
        """Wait for the lock as long as told."""
        del connection, is_own
        self.patience = patience
        yield

    def is_in_transaction(self, connection: sa.Connection) -> bool:
        """Never: there are none."""
        del connection
        return False

    def enforces_foreign_keys(self, connection: sa.Connection) -> bool:
        """Never: there are none."""
        del connection
        return False

    @contextmanager
    def locked(self, connection: sa.Connection) -> Iterator[bool]:
        """Hold the lease for a block; who holds it already goes on."""
        if self._held is not None:
            yield True
            return
        for _ in tries(self.patience):
            self._held = lease.taken(connection)
            if self._held is not None:
                break
        if self._held is None:
            yield False
            return
        try:
            with lease.renewed(connection.engine, self._held):
                yield True
        finally:
            table, self._held = self._held, None
            # Of a server that is gone nothing can be given back; its time will be over.
            with suppress(Exception):
                lease.give_back(connection, table)

    def prove(self, connection: sa.Connection) -> None:
        """Look whether the newest table is ours; it is renewed beside us."""
        found = lease.newest(connection)
        if self._held is None or (found is not None and found.is_of(self._held)):
            return
        raise LostLeaseError.to(self.holder(connection))

    def trouble(self, error: BaseException | None) -> Trouble:
        """Read from ClickHouse's own number of the error."""
        code = getattr(error, "code", None)
        if isinstance(code, int):
            return _TROUBLES.get(code, Trouble.OTHER)
        return Trouble.UNREACHABLE if _REFUSED.search(str(error)) else Trouble.OTHER

    def said(self, error: object) -> str:
        """What went wrong, without the chain of calls that the driver adds."""
        return str(error).partition(": In scope SELECT")[0]

    def holder(self, connection: sa.Connection) -> str | None:
        """Who holds the lock, as the table says."""
        found = lease.newest(connection)
        return found.holder if found is not None and found.is_held else None
