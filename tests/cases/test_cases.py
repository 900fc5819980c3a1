"""Each case says what it is expected to say, and does it, with rows in the tables."""

from __future__ import annotations

import pytest

import cases
from cases import Case
from live_sqlite import Live, loses_rows, without_ours
from mm_engine.operations import RunSQL
from proofs import Proof

CASES = cases.written()
LIVE = tuple(case for case in CASES if "up" in case.expected["sqlite"])


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_databases_are_told_is_what_the_case_says(case: Case) -> None:
    """Run tests/cases/update.py where the change is meant."""
    assert case.expected == cases.told(case)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(case: Case, proof: Proof) -> None:
    live = Live()
    live.up(case.before)
    live.script(case.rows_for("sqlite"))
    before, shape, rows = live.schema, live.shape(), live.rows()
    live.up(case.operations)
    above = live.shape()
    if not any(isinstance(operation, RunSQL) for operation in case.operations):
        assert without_ours(above) == Live.of(live.schema).shape()
    if "down" in case.expected["sqlite"]:
        live.down(case.operations, before)
        assert live.shape() == shape
        if not loses_rows(case.operations, before):
            assert live.rows() == rows
        live.up(case.operations)
        assert live.shape() == above
    proof.of(case)
