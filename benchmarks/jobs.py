"""One process to run, and how long it took."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import attrs

OTHERS = ("DATABASE_URL", "DB_TYPE", "MAKEMIGRATIONS_", "DJANGO_", "ALEMBIC_")
NO_BYTECODE = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
SHOWN = 2000


def nothing() -> None:
    """Do nothing before a job that needs nothing done."""


Part: TypeAlias = Callable[[float, str], float]
"""The milliseconds of the act itself, given those of all and what was printed."""


@attrs.frozen
class Job:
    """A command, the folder it runs in, and what is done before it, unmeasured.

    ``act`` tells how much of its time was the act itself, without what is around it.
    ``settings`` are variables that the command finds.
    """

    words: tuple[str, ...]
    folder: Path
    before: Callable[[], None] = nothing
    act: Part | None = None
    settings: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Sample:
    """What one run took, in milliseconds: by the clock, and of the processor.

    ``act`` is the part of the clock's that the act itself took, where that is known.
    """

    wall: float
    cpu: float
    act: float | None = None


class JobFailed(Exception):  # noqa: N818 - names what happened
    """A command that was to be timed did not end with 0."""


def timed(job: Job) -> Sample:
    """What a whole process of the job takes, from its start to its end."""
    job.before()
    cpu, begin = _cpu_of_children(), perf_counter()
    printed = output(job.words, job.folder, job.settings)
    wall = (perf_counter() - begin) * 1000
    cpu = (_cpu_of_children() - cpu) * 1000
    return Sample(wall, cpu, job.act(wall, printed) if job.act else None)


def output(
    words: tuple[str, ...], folder: Path, settings: Mapping[str, str] | None = None
) -> str:
    """What a command prints; raises ``JobFailed`` unless it ends with 0."""
    done = subprocess.run(
        words,
        cwd=folder,
        env={**_environment(), **(settings or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout[-SHOWN:] + done.stderr[-SHOWN:]).strip()
        raise JobFailed(f"{' '.join(words[1:])} ended with {done.returncode}:\n{said}")
    return done.stdout


def _environment() -> Mapping[str, str]:
    # The caller's settings are for the caller's projects, and bytecode is part of
    # what every tool is used with.
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OTHERS) and name not in NO_BYTECODE
    }


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
