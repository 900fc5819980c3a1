"""A prover is proven before it proves: it takes what is right, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provers import PROVED, facts, prover_of
from provers.registry import Facts

FEWEST = 20
"""How many wrong statements each prover has to refuse."""


def listed(told: Callable[[Facts], list[str]]) -> list[object]:
    return [
        pytest.param(database, sql, id=f"{database}-{number}")
        for database in PROVED
        for number, sql in enumerate(told(facts(database)), start=1)
    ]


@pytest.mark.parametrize("database", PROVED)
def test_a_prover_has_enough_to_refuse(database: str) -> None:
    assert len({*facts(database).wrong}) >= FEWEST


@pytest.mark.parametrize(("database", "sql"), listed(lambda known: known.right))
def test_what_is_right_is_taken(database: str, sql: str) -> None:
    assert prover_of(database).faults(sql) == ()


@pytest.mark.parametrize(("database", "sql"), listed(lambda known: known.wrong))
def test_what_is_wrong_is_refused(database: str, sql: str) -> None:
    assert prover_of(database).faults(sql)


@pytest.mark.parametrize("database", PROVED)
def test_a_prover_says_what_it_is(database: str) -> None:
    assert any(letter.isdigit() for letter in prover_of(database).version())
