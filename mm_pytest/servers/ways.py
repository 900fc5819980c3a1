"""The ways to a server, tried in their order; what stood in the way is kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import attrs

from mm_pytest.named import Named
from mm_pytest.options import WAYS
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

if TYPE_CHECKING:
    from mm_pytest.run import Run


@attrs.frozen
class Missed:
    """A way that led nowhere, and why."""

    way: str
    reason: str

    def __str__(self) -> str:
        return f"{self.way}: {self.reason}"


@attrs.frozen
class Outcome:
    """The server that was reached, if any was, and the ways before it."""

    reached: Reached | None
    missed: tuple[Missed, ...]
    seconds: float = 0.0
    """How long all of them took together."""


class NoServerError(Exception):
    """No way led to a server; says why, way by way."""

    def __init__(self, named: Named, missed: Sequence[Missed]) -> None:
        self.named = named
        self.missed = tuple(missed)
        reasons = "".join(f"\n  {one}" for one in self.missed)
        super().__init__(f"there is no way to a server of {named}:{reasons}")


Opener = Callable[[Wanted, ExitStack], Reached]


def openers() -> Mapping[str, Opener]:
    """Each way's function, imported when a server is wanted."""
    from mm_pytest.servers import binaries_way, container_way, url_way

    return {
        "url": url_way.opened,
        "container": container_way.opened,
        "binaries": binaries_way.opened,
    }


def tried(wanted: Wanted, run: Run, connect: Callable[[Reached], None]) -> Outcome:
    """The first server of a run that lets us connect, and the ways that led to none."""
    missed: list[Missed] = []
    began = time.perf_counter()
    for way in [wanted.way] if wanted.way else WAYS:
        try:
            with ExitStack() as attempt:
                reached = _reached(way, wanted, run, attempt)
                connect(reached)
                attempt.pop_all()
        except NoWayError as error:
            missed.append(Missed(way, str(error)))
        else:
            return Outcome(reached, tuple(missed), time.perf_counter() - began)
    return Outcome(None, tuple(missed))


@contextmanager
def opened(way: str, wanted: Wanted) -> Iterator[Reached]:
    """The server of one way, which ends with the block if it was started for us."""
    with ExitStack() as stack:
        yield openers()[way](wanted, stack)


def _reached(way: str, wanted: Wanted, run: Run, attempt: ExitStack) -> Reached:
    """What is started outlives the attempt by as long as the run goes on, or longer."""
    if way == "container" and wanted.is_kept:
        with ExitStack() as nothing:
            return openers()[way](wanted, nothing)
    if way == "url":
        return openers()[way](wanted, attempt)
    if os.name != "posix":
        raise NoWayError("servers are started on Linux and macOS only")
    reached = run.kept(opened, way, wanted)
    attempt.callback(run.end_last)
    return reached
