"""Every operation on every type on SQLite, both ways: the text, and with rows."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import chain

import pytest

import product
import proofs
from live_sqlite import Live, loses_rows, without_ours
from mm_engine.dialects import available, variants
from mm_engine.errors import UnsupportedError
from mm_engine.testing.parts import OPERATIONS
from mm_engine.testing.samples import FIELD_TYPES, SAMPLES
from mm_engine.testing.scenarios import SCENARIOS
from product import Cell
from proofs import Proof, Record

SQLITE = tuple(product.cells("sqlite"))


def test_no_operation_and_no_type_is_missing() -> None:
    assert {s.operation for s in SCENARIOS} == set(OPERATIONS)
    assert {type(s.type) for s in SAMPLES} == set(FIELD_TYPES)


def test_every_database_is_run_or_read_by_a_prover_or_has_a_reason() -> None:
    """With the test below, no cell of any database is without what judges it."""
    proven = [*proofs.run(), *proofs.parsed(), *proofs.UNPROVEN]
    assert sorted({*proven}) == sorted([*available(), *variants()])


@pytest.mark.parametrize("database", available())
def test_every_cell_stands_in_the_file_once(database: str) -> None:
    said = [
        f"{scenario}, {name}"
        for scenario, texts in product.golden(database).items()
        for text in texts
        for name in _names(text["types"])
    ]
    assert said == sorted(said, key=said.index)
    assert sorted(said) == sorted(cell.name for cell in product.cells("sqlite"))


@pytest.mark.parametrize("database", available())
def test_what_a_database_is_told_is_what_the_file_says(database: str) -> None:
    """Run tests/cases/update.py where the change is meant."""
    assert product.computed(database) == product.golden(database)


@pytest.mark.parametrize("database", [*available(), *variants()])
def test_what_is_refused_has_a_way_out(database: str) -> None:
    texts = chain.from_iterable(product.golden(database).values())
    refused = [str(text["error"]) for text in texts if "error" in text]
    assert [error for error in refused if "\n  hint: " not in error] == []


@pytest.mark.parametrize("database", proofs.UNPROVEN)
def test_what_nothing_reads_is_compared_as_text(
    database: str, record_property: Record
) -> None:
    told = product.golden(database)
    assert product.computed(database) == told
    proof = Proof.compared(record_property, database)
    refused = {
        f"{scenario}, {name}"
        for scenario, texts in told.items()
        for text in texts
        if "error" in text
        for name in _names(text["types"])
    }
    for cell in product.cells(database):
        proof.of(cell, refused=cell.name in refused)


@pytest.mark.parametrize("variant", variants())
def test_a_variant_is_told_what_its_file_says_and_else_what_its_database_is(
    variant: str,
) -> None:
    assert product.otherwise(variant) == product.golden(variant)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("cell", SQLITE, ids=lambda cell: cell.name)
def test_a_cell_goes_up_down_and_up_with_rows(cell: Cell, proof: Proof) -> None:
    is_refused = "error" in cell.said()
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _there_and_back(cell)
    proof.of(cell, refused=is_refused)


def _there_and_back(cell: Cell) -> None:
    live = Live()
    cell.fill(live)
    operations = cell.scenario.made(cell.sample)
    before, shape, rows = live.schema, live.shape(), live.rows()
    live.up(operations)
    above = live.shape()
    assert without_ours(above) == Live.of(live.schema).shape()
    live.down(operations, before)
    assert live.schema == before
    assert live.shape() == shape
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up(operations)
    assert live.shape() == above


def _names(types: object) -> list[str]:
    return [str(name) for name in types] if isinstance(types, list) else []
