"""What a run has to show: we grow in a straight line, and no peer is faster."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from benchmarks.figures import Figures
from benchmarks.tasks import GROWING, ONE, TABLES, Row, Task

BOUND = 1.15
OURS = "makemigrations"
PEERS = ("Alembic", "Django")


def exponent(figures: Figures, task: Task, tool: str) -> float | None:
    """How the time beyond start-up grows with the tables: 1 is a straight line.

    Time is the processor's, the least of all runs; start-up is the same command on one
    table. The slope is taken over the last step, from 100 to 1,000 tables: before that
    the growth is lost in the noise of start-up.
    """
    *_, some, many = TABLES
    times = [figures.cpu(Row(task, shape), tool) for shape in (ONE, some, many)]
    start, less, more = (time or 0.0 for time in times)
    if not start < less < more:
        return None
    return log((more - start) / (less - start)) / log(many.tables / some.tables)


def failures(figures: Figures) -> tuple[str, ...]:
    """Every promise that this run did not see kept, as sentences."""
    return (*_growth_failures(figures), *_slower_than_a_peer(figures))


def _growth_failures(figures: Figures) -> Iterator[str]:
    for task in GROWING:
        grown = exponent(figures, task, OURS)
        if grown is None:
            yield f"{task.value}: the growth could not be measured"
        elif grown > BOUND:
            yield f"{task.value}: grows with exponent {grown:.2f}, over {BOUND}"


def _slower_than_a_peer(figures: Figures) -> Iterator[str]:
    """Compared by processor time, so that a busy machine does not decide."""
    for row in figures.rows:
        for peer in PEERS:
            ours, theirs = figures.cpu(row, OURS), figures.cpu(row, peer)
            if ours is not None and theirs is not None and ours > theirs:
                yield f"{row.task.value}, {row.shape}: {ours / theirs:.2f} times {peer}"
