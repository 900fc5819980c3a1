"""Figures of a run: medians, ranges, ratios and estimates of its samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from statistics import median
from typing import assert_never

import attrs

from benchmarks.estimates import ALONE, Estimate
from benchmarks.jobs import Sample
from benchmarks.rounds import Place
from benchmarks.tasks import Row


class Time(Enum):
    """Which of its times a sample is judged by."""

    PROCESSOR = "processor time"
    CLOCK = "by the clock"
    ACT = "alone, by the clock"

    @property
    def alone(self) -> float:
        """How much of a single run was no disturbance: waiting shows on a clock."""
        return ALONE if self is Time.PROCESSOR else ALONE / 2

    def of(self, sample: Sample) -> float | None:
        """That time of a sample, in milliseconds."""
        match self:
            case Time.PROCESSOR:
                return sample.cpu
            case Time.CLOCK:
                return sample.wall
            case Time.ACT:
                return sample.act
            case _:
                assert_never(self)


@attrs.frozen
class Figures:
    """Everything measured, by place; grows while rounds are added."""

    samples: Mapping[Place, Sequence[Sample]]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The measured rows, in their order."""
        return tuple(dict.fromkeys(place.row for place in self.samples))

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools, in their order."""
        return tuple(dict.fromkeys(place.tool for place in self.samples))

    def times(self, place: Place, time: Time) -> tuple[float, ...]:
        """Milliseconds of each run; none for what was not measured."""
        found = (time.of(sample) for sample in self.samples.get(place, ()))
        return tuple(each for each in found if each is not None)

    def median(self, row: Row, tool: str) -> float | None:
        """The median of its runs by the clock."""
        walls = self.times(Place(row, tool), Time.CLOCK)
        return median(walls) if walls else None

    def estimate(self, place: Place, time: Time) -> Estimate | None:
        """What it takes where nothing disturbs it."""
        times = self.times(place, time)
        return Estimate.of(times, time.alone) if times else None

    def ratio(self, row: Row, tool: str, other: str) -> float | None:
        """How many times the other's median this tool's median is."""
        ours, theirs = self.median(row, tool), self.median(row, other)
        return ours / theirs if ours is not None and theirs is not None else None

    def __iter__(self) -> Iterator[tuple[Place, Sequence[Sample]]]:
        """Every place with its samples."""
        return iter(self.samples.items())
