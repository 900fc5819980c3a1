"""A migration that was begun and not finished: how far it came, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

from mm_engine.errors import Problem, UnfinishedError
from mm_engine.runner.journal import Entry, Noted
from mm_engine.runner.plan import Direction


@attrs.frozen
class Unfinished:
    """What the journal says of one migration, the oldest row first; at least one.

    Who only looks may find somebody who is still at it, the ``holder`` of the lock.
    """

    entries: tuple[Entry, ...] = attrs.field(converter=tuple[Entry, ...])
    holder: str | None = None

    @classmethod
    def of(
        cls, entries: Sequence[Entry], applied: Collection[str]
    ) -> Unfinished | None:
        """The migration that the journal speaks of; there is one at most.

        Where rows know no transactions the history may say that it is finished, and
        the journal not yet.
        """
        left = [
            entry
            for entry in entries
            if (entry.migration in applied) is (entry.direction is Direction.DOWN)
        ]
        return cls(left) if left else None

    @property
    def name(self) -> str:
        """The name of the migration."""
        return self.last.migration

    @property
    def direction(self) -> Direction:
        """Which way it was run."""
        return self.last.direction

    @property
    def last(self) -> Entry:
        """What was noted last."""
        return self.entries[-1]

    @property
    def total(self) -> int:
        """How many statements it has."""
        return self.last.total

    @property
    def reached(self) -> int:
        """The number of the last statement that is done, with all before it; or 0."""
        return max((e.number for e in self.done if not e.part), default=0)

    @property
    def done(self) -> tuple[Entry, ...]:
        """What is noted as done."""
        return tuple(e for e in self.entries if e.state is Noted.DONE)

    @property
    def stopped_at(self) -> int | None:
        """The number of the statement to go on with; None where all are done."""
        if self.last.state is not Noted.DONE:
            return self.last.number
        return self.reached + 1 if self.reached < self.total else None

    @property
    def is_certain(self) -> bool:
        """Whether it is known of every statement if it is done."""
        return self.last.state not in (Noted.BEGUN, Noted.TORN)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing of it is done, for certain."""
        return self.is_certain and not self.done

    def done_text(self) -> str:
        """What is done."""
        if self.stopped_at is None:
            return f"all its {self.total} statements are done, but it is not recorded"
        if not self.reached:
            return f"none of its {self.total} statements is known to be done"
        if self.reached == 1:
            return f"statement 1 of {self.total} is done"
        return f"statements 1 to {self.reached} of {self.total} are done"

    def stopped_text(self) -> str:
        """What stopped it, or where."""
        which = f"statement {self.last.number}"
        match self.last.state:
            case Noted.FAILED:
                return f"{which} failed and is not done: {self.last.said}"
            case Noted.BEGUN:
                return f"{which} was begun, and nobody noted its end: {self.last.said}"
            case Noted.TORN:
                return f"{which} may be done in part: {self.last.said}"
            case Noted.DONE:
                return f"statement {self.stopped_at} was not begun"

    def way_on(self) -> str:
        """How to go on."""
        if self.stopped_at is None:
            return '"migrate resume" records it'
        if self.is_certain:
            return f'"migrate resume" goes on with statement {self.stopped_at}'
        return (
            f"look whether the database has what statement {self.last.number} does,"
            ' then say "migrate resume --done" or "migrate resume --undone"'
        )

    def text(self) -> str:
        """All of it in one sentence."""
        which = f"{self.name} (down)" if self.is_down else self.name
        stopped = "" if self.stopped_at is None else f", {self.stopped_text()}"
        return f"{which} is unfinished: {self.done_text()}{stopped}"

    def problem(self) -> Problem:
        """The same as it is told to one who only looks."""
        if self.holder is None:
            return Problem(self.text(), hint=self.way_on())
        verb = "undoing" if self.is_down else "applying"
        done = f"{self.reached} of {self.total} statements are done"
        return Problem(f"{self.holder} is {verb} {self.name} right now: {done}")

    def error(self) -> UnfinishedError:
        """What stops everybody who would build on it."""
        return UnfinishedError(self.text(), hint=self.way_on())

    @property
    def is_down(self) -> bool:
        """Whether it was being undone."""
        return self.direction is Direction.DOWN
