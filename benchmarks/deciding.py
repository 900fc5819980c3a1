"""More rounds for the promises that are still open, until each is decided.

A promise is open until its figures, whatever they may still become, keep it: where no
rounds are left they decide as they are. What is kept by far costs no time any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figures
from benchmarks.jobs import timed
from benchmarks.promises import Promise
from benchmarks.rounds import Cell, Samples, Say

NEAR = 0.02
"""Nearer to its bound than this no figure counts as."""


def decide(
    made: Sequence[Promise],
    plan: Sequence[Cell],
    samples: Samples,
    *,
    seconds: float,
    say: Say,
) -> None:
    """Measure what the open promises rest on, for so many seconds of the processor.

    One promise's cells at a time, round robin: next is that which has cost the least,
    so that what is slow takes no time from what is quick; those that stand ten times
    nearer to their bounds, on whichever side, may cost ten times as much.
    """
    rests = {
        each: [cell for cell in plan if cell.place in each.places] for each in made
    }
    spent = dict.fromkeys(made, 0.0)
    while sum(spent.values()) < seconds:
        still = [each for each in open_of(made, Figures(samples)) if rests[each]]
        if not still:
            break
        figures = Figures(samples)
        promise = min(still, key=lambda each: spent[each] * _distance(each, figures))
        for cell in behind(rests[promise], samples):
            sample = timed(cell.job)
            samples[cell.place].append(sample)
            spent[promise] += sample.cpu / 1000
    for promise, seconds_of in spent.items():
        if seconds_of:
            say(f"{promise}: more rounds took {seconds_of:.1f} s of the processor")


def open_of(made: Sequence[Promise], figures: Figures) -> tuple[Promise, ...]:
    """The promises that are not surely kept yet."""
    uses = ((promise, promise.used(figures)) for promise in made)
    return tuple(promise for promise, used in uses if used is None or used.is_open)


def _distance(promise: Promise, figures: Figures) -> float:
    used = promise.used(figures)
    return NEAR if used is None else max(abs(used.now - 1), NEAR)


def behind(plan: Sequence[Cell], samples: Samples) -> Sequence[Cell]:
    """The cells that were measured least often: all of them, where none is behind.

    What is compared must have had as many chances to run undisturbed.
    """
    least = min(len(samples[cell.place]) for cell in plan)
    return [cell for cell in plan if len(samples[cell.place]) == least]
