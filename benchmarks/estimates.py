"""A figure as far as it is known: what it is by now, and what it may still become."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

ALONE = 0.7
"""How much of a single run's processor time is surely its own."""


@attrs.frozen
class Estimate:
    """A figure, and between what more runs would leave it.

    >>> Estimate.of([210, 200, 290, 205])
    Estimate(now=200, low=190, high=200)
    >>> Estimate.of([200], alone=0.5)
    Estimate(now=200, low=100.0, high=200)
    """

    now: float
    low: float
    high: float

    @classmethod
    def of(cls, times: Sequence[float], alone: float = ALONE) -> Estimate:
        """The least of one or more times: what disturbs a run only adds to it.

        Where disturbances fade out exponentially, the least of all is on average as far
        above what nothing disturbs as the second is above the least; the third is taken
        where there is one, which is twice as far. Nobody knows of one run alone, but
        that so much of it was no disturbance.
        """
        least, *others = sorted(times)
        lowest = least * alone
        if not others:
            return cls(least, lowest, least)
        near = others[:2][-1]
        return cls(least, max(2 * least - near, lowest), least)

    @property
    def is_open(self) -> bool:
        """Whether more runs may tell that it is 1 at most, or that it is not.

        Only what is surely kept is decided: one run that nothing disturbed, among
        others that something did, makes the other side seem slow, and that ends.
        """
        return self.high > 1

    def beyond(self, other: Estimate) -> Estimate:
        """How much more it is than another."""
        return Estimate(
            self.now - other.now, self.low - other.high, self.high - other.low
        )

    def share(self, other: Estimate) -> Estimate:
        """How many times the other it is; the other is more than nothing."""
        return Estimate(
            self.now / other.now, self.low / other.high, self.high / other.low
        )

    def of_bound(self, bound: float) -> Estimate:
        """How much it is of what it may be."""
        return Estimate(self.now / bound, self.low / bound, self.high / bound)
