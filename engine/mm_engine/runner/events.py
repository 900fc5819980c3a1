"""What a run has to tell while it runs: small values given to one callable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from mm_engine.dialects.statements import Item
from mm_engine.runner.plan import Direction


@attrs.frozen
class StepStarted:
    """A migration is about to run; reported before its transaction begins.

    No other event follows where the lock is not to be had, only the exception.
    """

    name: str
    direction: Direction


@attrs.frozen
class StatementRun:
    """One item of a script was done, the ``number``-th of ``total``."""

    name: str
    item: Item
    number: int
    total: int


@attrs.frozen
class StepSkipped:
    """Somebody else applied this migration while we waited for the lock."""

    name: str
    direction: Direction


@attrs.frozen
class StepOvertaken:
    """Somebody else migrated otherwise than planned: this one has not run.

    Going up, what is left is planned anew; going down, an exception follows.
    """

    name: str
    direction: Direction


@attrs.frozen
class StepFinished:
    """A migration ran, and is committed unless the transaction is the caller's."""

    name: str
    direction: Direction
    milliseconds: int


@attrs.frozen
class StepFailed:
    """A migration failed; the error, which says what is left, follows as an exception.

    Nothing is left of it, unless it stands outside of any transaction.
    """

    name: str
    direction: Direction


Event: TypeAlias = (
    StepStarted | StatementRun | StepSkipped | StepOvertaken | StepFinished | StepFailed
)

Report: TypeAlias = Callable[[Event], None]
"""What a face gives to hear of events; an exception from it stops the run."""


def silent(event: Event) -> None:
    """Hear of everything and say nothing."""
    del event
