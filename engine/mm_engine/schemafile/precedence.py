"""Which file wins: one wins over what it includes, and over nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import attrs

from mm_engine.errors import Position
from mm_engine.schemafile.includes import SourceFile
from mm_engine.schemafile.merge import Choice, Told
from mm_engine.schemafile.report import Report, first_given

T = TypeVar("T")


@attrs.frozen
class Including(Choice):
    """The choice among a file and everything it leads to.

    ``reach`` says of each file, by its number, which others it leads to.
    """

    reach: Sequence[frozenset[int]]
    report: Report

    def wins(self, file: int, over: int) -> bool:
        """Whether a file includes the other; in a circle the one read first does."""
        if over not in self.reach[file]:
            return False
        return file not in self.reach[over] or file < over

    def one(self, what: str, told: Sequence[Told[T]]) -> T:
        """What no file that includes the others tells differently."""
        if len(told) == 1:
            return told[0].value
        unbeaten = [
            one
            for one in told
            if not any(self.wins(other.file, one.file) for other in told)
        ]
        chosen = unbeaten[0]
        for other in told:
            if other is chosen or other.at is None or chosen.at is None:
                continue
            if other.file == chosen.file:
                hint = first_given(chosen.at, other.at)
                self.report.problem(f"{what} is given twice", other.at, hint)
            elif other.content == chosen.content:
                continue
            elif any(other is one for one in unbeaten):
                report_conflict(what, chosen.at, other.at, self.report)
            else:
                self.report.finding(
                    f"{what} wins over the one at {other.at}", chosen.at
                )
        return chosen.value


def report_conflict(
    what: str, first: Position, again: Position, report: Report
) -> None:
    """Two files of which neither includes the other disagree."""
    report.problem(
        f"{what} is told differently by two files",
        again,
        f"{first_given(first, again)}; tell it in a file that includes both to decide",
    )


def reach(tree: Sequence[SourceFile]) -> tuple[frozenset[int], ...]:
    """For each file of a tree, the numbers of those it leads to."""
    numbers = {source.path: number for number, source in enumerate(tree)}
    direct = [
        [numbers[path] for path, _ in source.includes if path in numbers]
        for source in tree
    ]
    found: list[frozenset[int]] = []
    for number in range(len(tree)):
        seen: dict[int, None] = {}
        waiting = list(direct[number])
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen[other] = None
                waiting += direct[other]
        found.append(frozenset(seen))
    return tuple(found)


def report_circles(
    tree: Sequence[SourceFile], reached: Sequence[frozenset[int]], report: Report
) -> None:
    """Find the includes that lead back to a file that came before."""
    numbers = {source.path: number for number, source in enumerate(tree)}
    for number, source in enumerate(tree):
        for path, asked in source.includes:
            other = numbers.get(path, number + 1)
            if other <= number and number in reached[other]:
                report.finding(
                    f'"{tree[other].label}" includes this file, so the two go in a'
                    " circle; each is read once",
                    asked.at,
                )
