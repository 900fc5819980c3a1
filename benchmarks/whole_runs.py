"""Whole runs of pytest, each way to a database: few tests and many, one worker or two.

What a test takes is not all that somebody waits for: the template is made, the next
copy while a test runs, the last one dropped after it. So a whole process is timed too,
by the clock and by the processor, with its workers and apart from that the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from benchmarks.jobs import Sample, timed
from benchmarks.ours import Ours
from benchmarks.servers import PostgreSQL
from benchmarks.ways import Way, by_hand, plugins

TESTS = (50, 500)
WORKERS = (1, 2)
ROUNDS = 5
ENOUGH = 30_000
"""The milliseconds after which a run is not repeated."""


@attrs.frozen
class WholeRun:
    """What runs of so many tests took, each time the least of them, in milliseconds.

    ``server`` is the processor's time of the server, None for SQLite and where the
    system does not tell it.
    """

    way: Way
    tests: int
    workers: int
    test: float
    wall: float
    cpu: float
    server: float | None
    runs: int


@attrs.define
class _Cell:
    way: Way
    tests: int
    workers: int
    samples: list[Sample] = attrs.field(factory=list)
    served: list[float] = attrs.field(factory=list)

    @property
    def is_open(self) -> bool:
        return sum(sample.wall for sample in self.samples) < ENOUGH

    def run(self, server: PostgreSQL | None) -> None:
        before = server.processor_time() if server else None
        self.samples.append(timed(self.way.job(self.tests, self.workers)))
        after = server.processor_time() if server else None
        if before is not None and after is not None:
            self.served.append(after - before)

    def whole(self) -> WholeRun:
        return WholeRun(
            way=self.way,
            tests=self.tests,
            workers=self.workers,
            test=min(sample.act or 0 for sample in self.samples),
            wall=min(sample.wall for sample in self.samples),
            cpu=min(sample.cpu for sample in self.samples),
            server=min(self.served, default=None),
            runs=len(self.samples),
        )


def whole_runs(
    folder: Path, ours: Ours, server: PostgreSQL | None, say: Callable[[str], None]
) -> Sequence[WholeRun]:
    """All of them, round robin; what takes long is not repeated.

    What is done by hand runs few tests only: many would take it minutes.
    """
    few, ways = min(TESTS), tuple(plugins(folder, ours, server))
    slow = tuple(by_hand(folder, server))
    cells = [
        _Cell(way, tests, workers)
        for tests in TESTS
        for workers in WORKERS
        for way in (*ways, *(slow if tests == few else ()))
    ]
    for number in range(ROUNDS):
        for cell in cells:
            if cell.is_open:
                where = f"{cell.way.name}, {cell.way.database}"
                say(f"round {number + 1}: {cell.tests} x {cell.workers}, {where}")
                cell.run(server if cell.way.database == "PostgreSQL" else None)
    return [cell.whole() for cell in cells]
