"""How the time beyond start-up grows with the size."""

from __future__ import annotations

from math import inf, log10

from benchmarks.estimates import Estimate
from benchmarks.figures import Figures, Time
from benchmarks.rounds import Place
from benchmarks.tasks import Ladder, Row

FLOOR = "floor"


def exponent(figures: Figures, ladder: Ladder, tool: str) -> Estimate | None:
    """How the time beyond start-up grows over the last step: 1 is a straight line.

    Time is the processor's, the least of all runs, without what the database's own
    shell takes: SQLite runs inside of our process, and grows as it likes. Start-up is
    the same command at the first size; before the last step the growth is lost in the
    noise of it.
    """
    found = [_beyond_floor(figures, row, tool) for row in ladder.rows]
    start, less, more = found
    if start is None or less is None or more is None:
        return None
    now = _slope(start.now, less.now, more.now)
    if now is None:
        return None
    # The later it starts and the less the middle takes, the steeper is the rest.
    low = _slope(start.low, less.high, more.low)
    high = _slope(start.high, less.low, more.high)
    return Estimate(now, -inf if low is None else low, inf if high is None else high)


def _slope(start: float, less: float, more: float) -> float | None:
    """Of a line through two sizes, one ten times the other; None without an order."""
    if not start < less < more:
        return None
    return log10((more - start) / (less - start))


def _beyond_floor(figures: Figures, row: Row, tool: str) -> Estimate | None:
    whole = figures.estimate(Place(row, tool), Time.PROCESSOR)
    floor = figures.estimate(Place(row, FLOOR), Time.PROCESSOR)
    return whole if whole is None or floor is None else whole.beyond(floor)
