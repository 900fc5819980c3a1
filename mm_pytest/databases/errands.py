"""What a server of PostgreSQL does while the tests go on."""

from __future__ import annotations

from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING

from mm_pytest.servers.wanted import NoWayError

if TYPE_CHECKING:
    import psycopg


class Errand:
    """One statement at a time, on a connection of its own that nobody waits for.

    libpq sends it and reads the answer later, so that there is no thread, which tests
    that fork would be warned of.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        """Connect when there is something to send."""
        self._connect = connect
        self._connection: psycopg.Connection | None = None
        self._is_out = False

    def send(self, sql: str) -> bool:
        """Have a statement begun, when the last one is done; whether that was possible.

        Who is told that it was not does it without us, and hears why.
        """
        import psycopg

        self.is_done()
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.pgconn.send_query(sql.encode())
            self._connection.pgconn.flush()
        except (NoWayError, psycopg.Error):
            return False
        self._is_out = True
        return True

    def is_done(self) -> bool:
        """Wait for what was sent last; whether it was done."""
        from psycopg import Error, pq

        if self._connection is None or not self._is_out:
            return False
        self._is_out = False
        is_done = False
        server = self._connection.pgconn
        try:
            with DefaultSelector() as waiting:
                waiting.register(server.socket, EVENT_READ)
                while server.is_busy():
                    waiting.select()  # not in libpq, where nobody could interrupt it
                    server.consume_input()
            while (result := server.get_result()) is not None:
                is_done = result.status == pq.ExecStatus.COMMAND_OK
        except Error:
            return False
        return is_done

    def close(self) -> None:
        """Wait for what is out, and disconnect."""
        self.is_done()
        if self._connection is not None:
            self._connection.close()
