"""What a run has to show: a straight line, no peer faster, no shell much faster."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figures
from benchmarks.growth import FLOOR, exponent
from benchmarks.tasks import APPLYING, LADDERS, MANY, Row

GROWTH = 1.15
"""The greatest exponent of our growth."""

SHELL = 1.5
"""How many times the database's own shell applying the first migration may take."""

OURS = "makemigrations"
PEERS = ("Alembic", "Django")


def failures(figures: Figures) -> tuple[str, ...]:
    """Every promise that this run did not see kept, as sentences."""
    return (
        *_growth_failures(figures),
        *_slower_than_a_peer(figures),
        *_slower_than_the_shell(figures),
        *_more_questions(figures),
    )


def _growth_failures(figures: Figures) -> Iterator[str]:
    for ladder in LADDERS:
        grown = exponent(figures, ladder, OURS)
        if grown is None:
            yield f"{ladder}: the growth could not be measured"
        elif grown > GROWTH:
            yield f"{ladder}: grows with exponent {grown:.2f}, over {GROWTH}"


def _slower_than_a_peer(figures: Figures) -> Iterator[str]:
    """Compared by processor time, so that a busy machine does not decide.

    Applying is compared by the clock too: a server works in a process of its own.
    """
    for row in figures.rows:
        for peer in PEERS:
            times = [(figures.cpu(row, OURS), figures.cpu(row, peer))]
            if row.task in APPLYING:
                times.append((figures.wall(row, OURS), figures.wall(row, peer)))
            for ours, theirs in times:
                if ours is not None and theirs is not None and ours > theirs:
                    where = f"{row.task.value}, {row.shape}"
                    yield f"{where}: {ours / theirs:.2f} times {peer}"


def _slower_than_the_shell(figures: Figures) -> Iterator[str]:
    """The applying alone, by the clock, the least of all runs."""
    for task in APPLYING:
        row = Row(task, MANY)
        ours, floor = figures.act(row, OURS), figures.act(row, FLOOR)
        if ours is None or floor is None:
            yield f"{task.value}, {MANY}: could not be compared with the shell"
        elif ours > SHELL * floor:
            times = f"{ours / floor:.2f} times the shell, over {SHELL}"
            yield f"{task.value}, {MANY}: applying alone takes {times}"


def _more_questions(figures: Figures) -> Iterator[str]:
    """Reading and comparing must ask as much of many tables as of few."""
    counts: dict[str, set[int]] = {}
    for asked in figures.questions:
        counts.setdefault(f"reading {asked.database}", set()).add(asked.reading)
        counts.setdefault(f"db-diff on {asked.database}", set()).add(asked.all)
    for what, found in counts.items():
        if len(found) > 1:
            yield f"{what} asks {min(found)} to {max(found)} questions"
