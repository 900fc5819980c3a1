"""Figures of a run: medians, ranges and ratios of its samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import attrs

from benchmarks.jobs import Sample
from benchmarks.questions import Questions
from benchmarks.rounds import Place
from benchmarks.tasks import Row


@attrs.frozen
class Figures:
    """Everything measured, by place."""

    samples: Mapping[Place, Sequence[Sample]]
    questions: Sequence[Questions] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The measured rows, in their order."""
        return tuple(dict.fromkeys(place.row for place in self.samples))

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools, in their order."""
        return tuple(dict.fromkeys(place.tool for place in self.samples))

    def walls(self, row: Row, tool: str) -> tuple[float, ...]:
        """Milliseconds by the clock of each run; none for what was not measured."""
        return tuple(sample.wall for sample in self.samples.get(Place(row, tool), ()))

    def median(self, row: Row, tool: str) -> float | None:
        """Their median."""
        walls = self.walls(row, tool)
        return median(walls) if walls else None

    def cpu(self, row: Row, tool: str) -> float | None:
        """The least processor time of any run: what disturbs a run only adds to it."""
        samples = self.samples.get(Place(row, tool), ())
        return min((sample.cpu for sample in samples), default=None)

    def wall(self, row: Row, tool: str) -> float | None:
        """The least time of any run by the clock."""
        return min(self.walls(row, tool), default=None)

    def act(self, row: Row, tool: str) -> float | None:
        """The least time of any run that the act itself took, by the clock."""
        samples = self.samples.get(Place(row, tool), ())
        return min((it.act for it in samples if it.act is not None), default=None)

    def ratio(self, row: Row, tool: str, other: str) -> float | None:
        """How many times the other's median this tool's median is."""
        ours, theirs = self.median(row, tool), self.median(row, other)
        return ours / theirs if ours is not None and theirs is not None else None

    def __iter__(self) -> Iterator[tuple[Place, Sequence[Sample]]]:
        """Every place with its samples."""
        return iter(self.samples.items())
