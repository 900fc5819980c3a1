"""A place where databases for tests are made, copied and dropped."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_pytest.databases.resets import Reset


KEPT = 8
"""How many templates are kept of one kind and server, for as many branches of work."""


class NotKeptError(Exception):
    """Something cannot be kept; the message says why in one line."""


class Place(ABC):
    """One server, or a folder of files; what it made goes when it closes."""

    kind: str
    """The name of the database, as schema files have it."""

    version: str
    """Its version, in numbers, as the server says it."""

    title: str
    """Which database, in which version, and how it was reached."""

    rolls_back: bool = True
    """Whether a transaction that is rolled back leaves the rows as they were."""

    is_ended_by_changes: bool = False
    """Whether a statement that makes or changes a table commits what came before."""

    @abstractmethod
    def empty(self) -> str:
        """Make a database with nothing in it; gives its URL."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Drop a database that was made here, whoever is still connected."""

    def let_go(self, url: str) -> bool:
        """Drop it now, or while the tests go on.

        False where somebody was still connected; True too where nobody can know.
        """
        self.drop(url)
        return True

    @abstractmethod
    def close(self) -> None:
        """Drop what is left and let go of everything."""


class CopyingPlace(Place):
    """One that makes copies of a database; elsewhere each is migrated anew."""

    @abstractmethod
    def sealed(self, url: str) -> str:
        """Make a database fit to be copied; nobody connects to it any more.

        It is the run's from then on, and outlives the place; gives its URL.
        """

    @abstractmethod
    def copy(self, sealed: str) -> str:
        """Make another database with the same in it; gives its URL."""

    def twin(self, url: str) -> str:
        """Make another database with the same in it as one that goes on; gives its URL.

        Nobody is connected to it at this time.
        """
        return self.copy(url)

    @abstractmethod
    def kept(self, key: str) -> str | None:
        """The sealed database that an earlier run has kept under a key; gives its URL.

        One that is not what it was then is dropped.
        """

    @abstractmethod
    def keep(self, sealed: str, key: str) -> str:
        """Have what is sealed outlive the run, which finds it by a key; gives its URL.

        The oldest of more than ``KEPT`` are dropped. Raises ``NotKeptError``.
        """

    @abstractmethod
    def forget(self) -> int:
        """Drop all that was kept, by whichever run; gives how many there were."""

    @abstractmethod
    def reset(self, url: str, sealed: str) -> Reset:
        """What brings a copy of a sealed database back to what it is now.

        Raises ``NotResetError`` where that cannot be.
        """

    @abstractmethod
    def drop_sealed(self, url: str) -> None:
        """Drop what was sealed, in whatever process, when the run is over."""
