"""The ways to a server, tried in their order; what stood in the way is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeVar

import attrs

from mm_pytest.options import WAYS
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted


@attrs.frozen
class Missed:
    """A way that led nowhere, and why."""

    way: str
    reason: str

    def __str__(self) -> str:
        return f"{self.way}: {self.reason}"


class NoServerError(Exception):
    """No way led to a server; says why, way by way."""

    def __init__(self, database: str, missed: Sequence[Missed]) -> None:
        self.missed = tuple(missed)
        reasons = "".join(f"\n  {one}" for one in self.missed)
        super().__init__(f"there is no way to a server of {database}:{reasons}")


Made = TypeVar("Made")
Opener = Callable[[Wanted, ExitStack], Reached]


def openers() -> Mapping[str, Opener]:
    """Each way's function, imported when a server is wanted."""
    from mm_pytest.servers import binaries_way, container_way, url_way

    return {
        "url": url_way.opened,
        "container": container_way.opened,
        "binaries": binaries_way.opened,
    }


def opened(
    wanted: Wanted, stack: ExitStack, connected: Callable[[Reached], Made]
) -> tuple[Made, tuple[Missed, ...]]:
    """What is made of the first server that answers, and the ways that led to none.

    What was started is stopped when the stack closes. Raises ``NoServerError``.
    """
    missed: list[Missed] = []
    functions = openers()
    for way in [wanted.way] if wanted.way else WAYS:
        try:
            with ExitStack() as attempt:
                made = connected(functions[way](wanted, attempt))
                stack.push(attempt.pop_all())
        except NoWayError as error:
            missed.append(Missed(way, str(error)))
        else:
            return made, tuple(missed)
    raise NoServerError(wanted.database, missed)
