"""What pytest and nox take more where our plugin and sessions are there, unused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.jobs import Job, timed
from benchmarks.projects import written

ROUNDS = 15
PYTEST = (sys.executable, "-m", "pytest", "--version")
NOX = (sys.executable, "-m", "nox", "--list", "--noxfile")
WITHOUT = "import nox\n\n\n@nox.session\ndef own(session):\n    pass\n"
WITH = f"{WITHOUT}\n\nimport mm_nox\n\nmm_nox.register()\n"


@attrs.frozen
class Unused:
    """One program's least processor time with and without us, in milliseconds."""

    name: str
    alone: float
    beside: float
    promise: float

    @property
    def more(self) -> float:
        """What we cost."""
        return self.beside - self.alone


def unused(folder: Path) -> tuple[Unused, ...]:
    """Both programs, with and without in turn; what disturbs only adds to a time."""
    written(folder, {"alone.py": WITHOUT, "beside.py": WITH})
    return (
        _compared(folder, "pytest --version", (*PYTEST, "-p", "no:mm"), PYTEST, 15),
        _compared(folder, "nox --list", (*NOX, "alone.py"), (*NOX, "beside.py"), 30),
    )


def failures(found: Sequence[Unused]) -> Iterator[str]:
    """The promises that were not kept."""
    for one in found:
        if one.more > one.promise:
            yield f"{one.name}: {one.more:.1f} ms more, over {one.promise:.0f}"


def table(found: Sequence[Unused]) -> Iterator[str]:
    """The lines of the report."""
    yield "| unused | without | with | more | promised |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for one in found:
        figures = f"{one.alone:.1f} | {one.beside:.1f} | {one.more:.1f}"
        yield f"| {one.name} | {figures} | {one.promise:.0f} |"


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
    rounds = [tuple(timed(job).cpu for job in jobs) for _ in range(ROUNDS)]
    alone_ms, beside_ms = (min(column) for column in zip(*rounds, strict=True))
    return Unused(name, alone_ms, beside_ms, promise)
