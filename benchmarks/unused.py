"""What pytest and nox take more where our plugin and sessions are there, unused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.estimates import Estimate
from benchmarks.jobs import Job, timed
from benchmarks.projects import written

LEAST, MOST = 5, 40
PYTEST = (sys.executable, "-m", "pytest", "--version")
NOX = (sys.executable, "-m", "nox", "--list", "--noxfile")
WITHOUT = "import nox\n\n\n@nox.session\ndef own(session):\n    pass\n"
WITH = f"{WITHOUT}\n\nimport mm_nox\n\nmm_nox.register()\n"


@attrs.frozen
class Unused:
    """One program's processor times with and without us, in milliseconds."""

    name: str
    alone: Estimate
    beside: Estimate
    promise: float

    @property
    def more(self) -> Estimate:
        """What we cost."""
        return self.beside.beyond(self.alone)


def unused(folder: Path) -> tuple[Unused, ...]:
    """Both programs, with and without us in turn, until their promises are decided."""
    written(folder, {"alone.py": WITHOUT, "beside.py": WITH})
    return (
        _compared(folder, "pytest --version", (*PYTEST, "-p", "no:mm"), PYTEST, 15),
        _compared(folder, "nox --list", (*NOX, "alone.py"), (*NOX, "beside.py"), 30),
    )


def failures(found: Sequence[Unused]) -> Iterator[str]:
    """The promises that were not kept."""
    for one in found:
        if one.more.now > one.promise:
            yield f"{one.name}: {one.more.now:.1f} ms more, over {one.promise:.0f}"


def table(found: Sequence[Unused]) -> Iterator[str]:
    """The lines of the report."""
    yield "| unused | without | with | more | promised |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for one in found:
        figures = [f"{each.now:.1f}" for each in (one.alone, one.beside, one.more)]
        yield f"| {one.name} | {' | '.join(figures)} | {one.promise:.0f} |"


def _compared(
    folder: Path,
    name: str,
    alone: tuple[str, ...],
    beside: tuple[str, ...],
    promise: float,
) -> Unused:
    jobs = (Job(alone, folder), Job(beside, folder))
    for job in jobs:
        timed(job)
    rounds: list[list[float]] = []
    while True:
        rounds.append([timed(job).cpu for job in jobs])
        alone_ms, beside_ms = map(Estimate.of, zip(*rounds, strict=True))
        found = Unused(name, alone_ms, beside_ms, promise)
        is_open = len(rounds) < LEAST or found.more.of_bound(promise).is_open
        if not is_open or len(rounds) == MOST:
            return found
