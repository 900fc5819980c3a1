"""Measuring round robin: every tool in turn, then all of it again.

What disturbs the machine for a while then disturbs all of them, so that ratios hold
where single figures do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    plan: Sequence[Cell], *, rounds: int, patience: float, say: Say
) -> Mapping[Place, Sequence[Sample]]:
    """Samples of every cell.

    A cell takes part until its own samples have taken ``patience`` seconds together,
    so that a slow peer is measured at least once and never for long.
    """
    samples: dict[Place, list[Sample]] = {cell.place: [] for cell in plan}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for cell in plan:
            taken = samples[cell.place]
            if sum(sample.wall for sample in taken) < patience * 1000:
                taken.append(timed(cell.job))
    return samples
