"""What is found while schema files are read: problems, and what stops nothing."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from mm_engine.errors import Position, Problem


@attrs.define(eq=False)
class Report:
    """Collects, so that one run can tell everything; the one thing here that changes.

    ``incomplete`` says that a part could not be read at all: what refers to it must
    not be blamed for that.
    """

    problems: list[Problem] = attrs.field(factory=list)
    findings: list[Problem] = attrs.field(factory=list)
    incomplete: bool = False

    def problem(
        self, message: str, at: Position | None, hint: str | None = None
    ) -> None:
        """Note something that is wrong."""
        self.problems.append(Problem(message, at=at, hint=hint))

    def finding(
        self, message: str, at: Position | None, hint: str | None = None
    ) -> None:
        """Note something worth knowing that stops nothing."""
        self.findings.append(Problem(message, at=at, hint=hint))


def in_file_order(
    problems: Iterable[Problem], files: Iterable[str]
) -> tuple[Problem, ...]:
    """Each problem once, by the place it speaks of."""
    rank = {file: number for number, file in enumerate(files)}

    def place(problem: Problem) -> tuple[int, int, int]:
        if problem.at is None:
            return (len(rank) + 1, 0, 0)
        at = problem.at
        return (rank.get(at.file, len(rank)), at.line, at.column)

    return tuple(sorted(dict.fromkeys(problems), key=place))


def first_given(first: Position, again: Position) -> str:
    """A hint that leads to the other place, by its file only where that differs."""
    if first.file == again.file:
        return f"first given at {first.line}:{first.column}"
    return f"first given at {first}"
