"""Measuring round robin: every tool in turn, then all of it again.

What disturbs the machine for a while then disturbs all of them, so that ratios hold
where single figures do not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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


Samples: TypeAlias = Mapping[Place, list[Sample]]
"""What was measured so far, by place; every place of a plan is there."""


@attrs.frozen
class Effort:
    """How long it is measured, in seconds of the processor.

    A cell takes part in every one of ``rounds`` until its own samples have taken
    ``patience`` seconds together: what is slow is measured, but not for long. Then
    there are ``deciding`` seconds for the promises that this leaves open. A machine
    that is busy with other things takes longer, and decides as much.
    """

    rounds: int
    patience: float
    deciding: float

    def allows(self, taken: Sequence[Sample]) -> bool:
        """Whether a cell with these samples is measured once more."""
        return sum(sample.cpu for sample in taken) / 1000 < self.patience


QUICK = Effort(rounds=2, patience=0.6, deciding=90)
FULL = Effort(rounds=9, patience=45, deciding=600)


def cells(tools: Sequence[Tool], rows: Sequence[Row], *, say: Say) -> tuple[Cell, ...]:
    """Every cell, by rows and then by tools; makes the projects they need.

    Nothing is measured meanwhile, so the tools prepare side by side. The last one is
    made from what the others have made.
    """
    *others, last = tools
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        jobs = list(pool.map(lambda tool: _jobs(tool, rows, say), others))
    jobs.append(_jobs(last, rows, say))
    return tuple(
        Cell(Place(row, tool.name), made[row])
        for row in rows
        for tool, made in zip(tools, jobs, strict=True)
        if row in made
    )


def _jobs(tool: Tool, rows: Iterable[Row], say: Say) -> Mapping[Row, Job]:
    found = {row: tool.job(row) for row in rows}
    say(f"prepared {tool.name}")
    return {row: job for row, job in found.items() if job is not None}


def measured(plan: Sequence[Cell], effort: Effort, *, say: Say) -> Samples:
    """Samples of every cell, at least one of each."""
    samples: Samples = {cell.place: [] for cell in plan}
    for number in range(effort.rounds):
        began = monotonic()
        for cell in plan:
            taken = samples[cell.place]
            if effort.allows(taken):
                taken.append(timed(cell.job))
        spent = monotonic() - began
        say(f"round {number + 1} of {effort.rounds} took {spent:.0f} s")
    return samples
