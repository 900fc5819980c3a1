"""Every statement of the product and of the cases is taken by its database's prover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pytest

import cases
from cases import Case
from mm_engine.errors import UnsupportedError
from mm_engine.testing.parts import Scenario
from mm_engine.testing.samples import SAMPLES
from mm_engine.testing.scenarios import SCENARIOS
from product import Cell
from proofs import Proof, Record, case_statements, cell_statements, parsed
from provers import prover_of

DATABASES = parsed()


def test_there_are_databases_to_prove() -> None:
    assert DATABASES


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("database", DATABASES)
def test_a_scenario_is_taken_with_each_type_or_refused(
    database: str, scenario: Scenario, record_property: Record
) -> None:
    proof = Proof.parsed(record_property, database)
    found: list[str] = []
    for sample in SAMPLES:
        cell = Cell(scenario, sample, database)
        try:
            statements = cell_statements(cell)
        except UnsupportedError:
            proof.of(cell, refused=True)
            continue
        faults = list(faulty(database, cell.name, statements))
        if not faults:
            proof.of(cell)
        found += faults
    assert found == []


@pytest.mark.parametrize("case", cases.written(), ids=lambda case: case.name)
@pytest.mark.parametrize("database", DATABASES)
def test_a_case_is_taken_or_refused(
    database: str, case: Case, record_property: Record
) -> None:
    proof = Proof.parsed(record_property, database)
    try:
        statements = case_statements(case, database)
    except UnsupportedError:
        proof.of(case, refused=True)
        return
    assert list(faulty(database, case.name, statements)) == []
    proof.of(case)


def faulty(database: str, name: str, statements: Iterable[str]) -> Iterator[str]:
    """What is wrong, and in which statement of which cell or case."""
    for sql in statements:
        for fault in faults_of(database, sql):
            yield f"{name}: {fault}\n{sql}"


@cache
def faults_of(database: str, sql: str) -> tuple[str, ...]:
    """What the prover says of a statement; many cells say the same."""
    return prover_of(database).faults(sql)
