"""What each process of a run did on each kind of database, and how long it took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.migrations.graph import MigrationGraph
    from mm_pytest.databases.place import Place
    from mm_pytest.named import Named
    from mm_pytest.servers.ways import Missed


@attrs.frozen
class Migrated:
    """A database that was made by the migrations: how many, up to which, how long."""

    upto: str
    migrations: int
    seconds: float

    @classmethod
    def by(cls, graph: MigrationGraph, to: str | None, began: float) -> Migrated:
        """What was begun at that time of ``time.perf_counter``, and is done now."""
        names = [*graph.ancestors(to), to] if to else [m.name for m in graph.order()]
        seconds = time.perf_counter() - began
        return cls(names[-1] if names else "", len(names), seconds)


@attrs.frozen
class Handed:
    """A database that a test was given, and how long the test waited for it."""

    seconds: float
    test: str


@attrs.define
class Account:
    """One process on one database that was asked for, as the controller is told.

    ``title`` is what was reached, None for nothing, ``missed`` the ways that led
    nowhere, ``seconds`` how long all that took. ``templates`` has those that this
    process made, ``kept`` counts those that an earlier run had kept, ``unkept`` says
    why others could not be; ``open_after`` the tests that left a connection open.
    """

    database: str
    title: str | None = None
    missed: tuple[str, ...] = ()
    seconds: float = 0.0
    templates: list[Migrated] = attrs.field(factory=list)
    kept: int = 0
    unkept: dict[str, None] = attrs.field(factory=dict)
    handed: list[Handed] = attrs.field(factory=list)
    open_after: dict[str, None] = attrs.field(factory=dict)

    @contextmanager
    def handing(self) -> Iterator[None]:
        """Measure how long a test waits for its database."""
        began = time.perf_counter()
        yield
        self.handed.append(Handed(time.perf_counter() - began, current_test()))

    def looked_at(self, engine: sa.Engine) -> None:
        """Note the test that has a connection of its engine, at its end."""
        checked_out = getattr(engine.pool, "checkedout", None)
        if checked_out is not None and checked_out() > 0:
            self.left_open()

    def left_open(self) -> None:
        """Note that the current test is still connected, at its end."""
        self.open_after[current_test()] = None


class Accounts:
    """Those of this process, so far."""

    def __init__(self) -> None:
        """Nothing was done yet."""
        self._by_database: dict[Named, Account] = {}

    def of(self, named: Named) -> Account:
        """What was done on a database."""
        return self._by_database.setdefault(named, Account(str(named)))

    def all(
        self, places: Mapping[Named, Place], missed: Mapping[Named, Iterable[Missed]]
    ) -> tuple[Account, ...]:
        """The same of every one that anybody asked for, with what became of that."""
        for named in dict.fromkeys([*places, *missed]):
            account, place = self.of(named), places.get(named)
            account.title = place.title if place else None
            account.missed = tuple(map(str, missed.get(named, ())))
        return tuple(self._by_database.values())


def current_test() -> str:
    """The id of the test that pytest is at, as it says itself."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
