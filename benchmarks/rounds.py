"""Measuring round robin: every tool in turn, then all of it again.

What disturbs the machine for a while then disturbs all of them, so that ratios hold
where single figures do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import TypeAlias

import attrs

from benchmarks.jobs import Job, Sample, timed
from benchmarks.tasks import Row, Tool

Say: TypeAlias = Callable[[str], None]


@attrs.frozen
class Place:
    """Where a figure stands in the report: its row, and the tool's column."""

    row: Row
    tool: str


@attrs.frozen
class Cell:
    """A place, and the process that gives its figure."""

    place: Place
    job: Job


@attrs.frozen
class Effort:
    """How often a cell is measured.

    It takes part in every round until its own samples have taken ``patience`` seconds
    together, or the whole run ``limit`` seconds: what is slow is measured, but not for
    long. What tells how long its act took takes part in all: promises rest on it, and
    the small sizes hardly differ from start-up.
    """

    rounds: int
    patience: float
    limit: float

    def allows(self, job: Job, taken: Sequence[Sample], spent: float) -> bool:
        """Whether a cell with these samples is measured once more."""
        if job.act or not taken:
            return True
        seconds = sum(sample.wall for sample in taken) / 1000
        return seconds < self.patience and spent < self.limit


QUICK = Effort(rounds=5, patience=3, limit=200)
FULL = Effort(rounds=9, patience=45, limit=1800)


def cells(tools: Sequence[Tool], rows: Iterable[Row], *, say: Say) -> tuple[Cell, ...]:
    """Every cell, by rows and then by tools; makes the projects they need."""
    made: list[Cell] = []
    for row in rows:
        say(f"preparing {row.task.value}: {row.shape}")
        for tool in tools:
            job = tool.job(row)
            if job is not None:
                made.append(Cell(Place(row, tool.name), job))
    return tuple(made)


def measured(
    plan: Sequence[Cell], effort: Effort, *, say: Say
) -> Mapping[Place, Sequence[Sample]]:
    """Samples of every cell, at least one of each."""
    samples: dict[Place, list[Sample]] = {cell.place: [] for cell in plan}
    begin = monotonic()
    for number in range(effort.rounds):
        say(f"round {number + 1} of {effort.rounds}")
        for cell in plan:
            taken = samples[cell.place]
            if effort.allows(cell.job, taken, monotonic() - begin):
                taken.append(timed(cell.job))
    return samples
