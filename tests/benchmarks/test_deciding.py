"""Promises judged by as many rounds as it takes, and by their bounds alone."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs
import pytest

from benchmarks.deciding import behind, decide, open_of
from benchmarks.estimates import Estimate
from benchmarks.figures import Figures, Time
from benchmarks.jobs import Job, Sample
from benchmarks.promises import (
    OURS,
    NoSlower,
    Promise,
    failures,
    promises,
)
from benchmarks.rounds import Cell, Place, Samples
from benchmarks.tasks import MANY, Row, Task

ROW = Row(Task.CHECK, MANY)
HERE, THERE = Place(ROW, OURS), Place(ROW, "Alembic")
PROMISE = NoSlower(ROW, "Alembic", Time.PROCESSOR)
QUICK = "pass"
SLOW = "sum(range(8_000_000))"


def samples(ours: tuple[float, ...], theirs: tuple[float, ...]) -> Samples:
    return {
        HERE: [Sample(time, time) for time in ours],
        THERE: [Sample(time, time) for time in theirs],
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "is_open"),
    [
        ((100,), (300,), False),
        ((100,), (130,), True),
        ((100, 101), (110, 111), False),
        ((100, 120), (110, 111), False),
        ((100, 101), (110, 140), True),
        ((120, 121), (110, 111), True),
        ((120, 140), (110, 111), True),
    ],
)
def test_a_promise_is_open_until_it_is_surely_kept(
    ours: tuple[float, ...],
    theirs: tuple[float, ...],
    is_open: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    figures = Figures(samples(ours, theirs))
    assert bool(open_of([PROMISE], figures)) is is_open


@pytest.mark.parametrize(
    ("ours", "fault"),
    [
        (100, None),
        (101, "check, nothing to do, 1,000 tables: 1.01 times Alembic, processor time"),
    ],
)
def test_the_least_of_all_runs_is_judged_without_any_slack(
    ours: float, fault: str | None
) -> None:
    figures = Figures(samples((150, ours), (100, 160)))
    assert list(failures([PROMISE], figures)) == ([fault] if fault else [])


def test_what_was_not_measured_is_not_kept() -> None:
    made = promises([])
    assert [*failures(made, Figures({}))] == [
        f"{promise}: could not be measured" for promise in made
    ]


@pytest.fixture
def plan(tmp_path: Path) -> tuple[Cell, ...]:
    """A quick cell of ours, and a slow one of a peer."""
    codes = {HERE: QUICK, THERE: SLOW}
    return tuple(
        Cell(place, Job((sys.executable, "-c", code), tmp_path))
        for place, code in codes.items()
    )


def test_open_promises_are_measured_until_they_are_decided(
    plan: tuple[Cell, ...],
) -> None:
    found = samples((10_000.0,), (10_001.0,))
    decide([PROMISE], plan, found, seconds=60, say=lambda _: None)
    assert not open_of([PROMISE], Figures(found))
    assert not [*failures([PROMISE], Figures(found))]
    assert len(found[THERE]) > 1


def test_what_is_far_from_its_bound_costs_no_round(plan: tuple[Cell, ...]) -> None:
    found = samples((10,), (100,))
    decide([PROMISE], plan, found, seconds=60, say=lambda _: None)
    assert found == samples((10,), (100,))


def test_there_is_an_end_where_nothing_decides(plan: tuple[Cell, ...]) -> None:
    @attrs.frozen
    class Never:
        """A promise that stays as it is."""

        places: tuple[Place, ...] = (HERE,)

        def used(self, figures: Figures) -> Estimate | None:
            del figures
            return Estimate(1, 0.9, 1.1)

        def told(self, used: Estimate) -> str:
            return str(used)

    found = samples((10,), (100,))
    made: list[Promise] = [Never()]
    decide(made, plan, found, seconds=0.2, say=lambda _: None)
    assert 1 < len(found[HERE]) < 100
    assert len(found[THERE]) == 1


def test_what_is_compared_is_measured_equally_often(plan: tuple[Cell, ...]) -> None:
    ours, theirs = plan
    assert [*behind(plan, samples((100, 100), (100,)))] == [theirs]
    assert [*behind(plan, samples((100,), (100,)))] == [ours, theirs]
