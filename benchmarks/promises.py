"""What the times of a run have to show: no peer faster, no shell much faster."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from typing import Protocol

import attrs

from benchmarks.estimates import Estimate
from benchmarks.figures import Figures, Time
from benchmarks.growth import FLOOR
from benchmarks.rounds import Place
from benchmarks.tasks import APPLYING, MANY, Row, Task

SHELL = 1.5
"""How many times the database's own shell applying the first migration may take."""

OURS = "makemigrations"
PEERS = ("Alembic", "Django")


class Promise(Protocol):
    """One thing that must be so, and the places whose figures show whether it is."""

    @property
    @abstractmethod
    def places(self) -> tuple[Place, ...]:
        """What has to be measured for it."""

    @abstractmethod
    def used(self, figures: Figures) -> Estimate | None:
        """How much of what is allowed is used: kept up to 1; None if nobody knows."""

    @abstractmethod
    def told(self, used: Estimate) -> str:
        """The figure in words."""


@attrs.frozen
class NoSlower:
    """We take no more time than a peer for one row."""

    row: Row
    peer: str
    time: Time

    @property
    def places(self) -> tuple[Place, ...]:
        """Ours and the peer's."""
        return (Place(self.row, OURS), Place(self.row, self.peer))

    def used(self, figures: Figures) -> Estimate | None:
        """Our time of the peer's."""
        ours, theirs = (figures.estimate(place, self.time) for place in self.places)
        return ours.share(theirs) if ours and theirs else None

    def told(self, used: Estimate) -> str:
        """``0.52 times Alembic, processor time``."""
        return f"{used.now:.2f} times {self.peer}, {self.time.value}"

    def __str__(self) -> str:
        """What is promised about."""
        return f"{self.row.task.value}, {self.row.shape}"


@attrs.frozen
class NearShell:
    """Applying alone takes little more than the database's own shell takes."""

    task: Task

    @property
    def places(self) -> tuple[Place, ...]:
        """Ours and the shell's."""
        row = Row(self.task, MANY)
        return (Place(row, OURS), Place(row, FLOOR))

    def used(self, figures: Figures) -> Estimate | None:
        """Our time of what the shell's allows."""
        ours, floor = (figures.estimate(place, Time.ACT) for place in self.places)
        return ours.share(floor).of_bound(SHELL) if ours and floor else None

    def told(self, used: Estimate) -> str:
        """``applying alone takes 1.10 times the shell, at most 1.5``."""
        times = f"{used.now * SHELL:.2f} times the shell"
        return f"applying alone takes {times}, at most {SHELL}"

    def __str__(self) -> str:
        """What is promised about."""
        return f"{self.task.value}, {MANY}"


def promises(places: Collection[Place]) -> tuple[Promise, ...]:
    """Everything that is promised of what is measured at these places.

    What no peer does is not compared; the shell is promised in any case.
    """
    return (
        *(
            NoSlower(place.row, place.tool, time)
            for place in places
            if place.tool in PEERS
            for time in _times(place.row.task)
        ),
        *(NearShell(task) for task in APPLYING),
    )


def failures(made: Collection[Promise], figures: Figures) -> Iterator[str]:
    """Every promise that this run did not see kept, as sentences."""
    for promise in made:
        used = promise.used(figures)
        if used is None:
            yield f"{promise}: could not be measured"
        elif used.now > 1:
            yield f"{promise}: {promise.told(used)}"


def _times(task: Task) -> tuple[Time, ...]:
    """By processor time, so that a busy machine does not decide.

    Applying by the clock too: a server works in a process of its own.
    """
    if task in APPLYING:
        return (Time.PROCESSOR, Time.CLOCK)
    return (Time.PROCESSOR,)
