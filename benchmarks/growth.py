"""How the time beyond start-up grows with the size, ours and the peers'."""

from __future__ import annotations

from math import log10

from benchmarks.figures import Figures, Time
from benchmarks.rounds import Place
from benchmarks.tasks import Ladder, Row

FLOOR = "floor"


def exponent(figures: Figures, ladder: Ladder, tool: str) -> float | None:
    """How the time beyond start-up grows over the last step: 1 is a straight line.

    Time is the processor's, the least of all runs, without what the database's own
    shell takes: SQLite runs inside of our process, and grows as it likes. Start-up is
    the same command at the first size; before the last step the growth is lost in the
    noise of it. None where something was not measured, or noise is all there is.
    """
    found = [_beyond_floor(figures, row, tool) for row in ladder.rows]
    start, less, more = found
    if start is None or less is None or more is None or not start < less < more:
        return None
    return log10((more - start) / (less - start))


def _beyond_floor(figures: Figures, row: Row, tool: str) -> float | None:
    whole = figures.estimate(Place(row, tool), Time.PROCESSOR)
    floor = figures.estimate(Place(row, FLOOR), Time.PROCESSOR)
    if whole is None:
        return None
    return whole.now - (floor.now if floor else 0)
