"""Databases that tests have in common, brought back to the rows of their template."""

from __future__ import annotations

from abc import ABC, abstractmethod


class NotResetError(Exception):
    """A database cannot be brought back; the message says what stands in the way."""


class Reset(ABC):
    """Brings one database back, as often as it is called."""

    @abstractmethod
    def __call__(self) -> None:
        """Have it hold what its template does; raises ``NotResetError``."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""


HELD = "something is still open in it that holds its tables: {}"
"""What ``NotResetError`` says of a session that a test has left behind."""

PATIENCE = 2
"""Seconds that a table may be held by what a test has left open."""
