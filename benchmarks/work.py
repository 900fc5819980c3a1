"""How our work grows with the size, exactly: counted in lines of Python executed.

Time is too coarse for it: what 100 tables take beyond start-up is less than a busy
machine may add to a single run. Lines are as many on every machine, each time round a
loop is one more, and what a database's own shell takes is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10
from pathlib import Path

import attrs

from benchmarks.jobs import Job, output
from benchmarks.ours import Ours
from benchmarks.tasks import LADDERS, Ladder

COUNTER = Path(__file__).with_name("counter.py")

GROWTH = 1.05
"""The greatest exponent of our work: 1 is a straight line."""


@attrs.frozen
class Work:
    """Lines executed at each of three sizes; none where one could not be counted."""

    ladder: Ladder
    lines: tuple[int, ...]

    @property
    def exponent(self) -> float | None:
        """How what is beyond start-up grows over the last step, ten times as large."""
        if not self.lines:
            return None
        start, less, more = self.lines
        return log10((more - start) / (less - start))


def work(folder: Path, ours: Ours) -> tuple[Work, ...]:
    """The work of every ladder; ours are the projects of this run, used before."""
    found: list[Work] = []
    for ladder in LADDERS:
        jobs = [job for row in ladder.rows if (job := ours.job(row))]
        is_whole = len(jobs) == len(ladder.rows)
        file = folder / "lines"
        lines = (_lines(job, file) for job in jobs) if is_whole else ()
        found.append(Work(ladder, tuple(lines)))
    return tuple(found)


def failures(found: Sequence[Work]) -> Iterator[str]:
    """The ladders on which our work grows too fast, or nobody knows."""
    for one in found:
        grown = one.exponent
        if grown is None:
            yield f"{one.ladder}: could not be counted"
        elif grown > GROWTH:
            yield f"{one.ladder}: work grows with exponent {grown:.3f}, over {GROWTH}"


def table(found: Sequence[Work]) -> Iterator[str]:
    """The lines of the report."""
    yield "| task | start-up | less | ten times that | exponent | promised |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for one in found:
        if (grown := one.exponent) is not None:
            lines = " | ".join(f"{count:,}" for count in one.lines)
            yield f"| {one.ladder} | {lines} | {grown:.3f} | {GROWTH} |"


def _lines(job: Job, file: Path) -> int:
    job.before()
    python, *words = job.words
    output((python, str(COUNTER), str(file), *words), job.folder)
    return int(file.read_text(encoding="ascii"))
