"""How the time beyond start-up grows with the size."""

from __future__ import annotations

from math import log10

from benchmarks.figures import Figures
from benchmarks.tasks import Ladder, Row

FLOOR = "floor"


def exponent(figures: Figures, ladder: Ladder, tool: str) -> float | None:
    """How the time beyond start-up grows over the last step: 1 is a straight line.

    Time is the processor's, the least of all runs, without what the database's own
    shell takes: SQLite runs inside of our process, and grows as it likes. Start-up is
    the same command at the first size; before the last step the growth is lost in the
    noise of it.
    """
    times = [_beyond_floor(figures, row, tool) for row in ladder.rows]
    start, less, more = (time or 0.0 for time in times)
    if not start < less < more:
        return None
    return log10((more - start) / (less - start))


def _beyond_floor(figures: Figures, row: Row, tool: str) -> float | None:
    whole, floor = figures.cpu(row, tool), figures.cpu(row, FLOOR)
    return whole if whole is None or floor is None else whole - floor
