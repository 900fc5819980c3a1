"""Every operation on every type for Aurora DSQL, run by PostgreSQL in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

import cases
import product
from cases import Case
from live_auroradsql import LiveAuroraDSQL
from live_sqlite import loses_rows, moves
from mm_engine.dialects import dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("postgresql"), pytest.mark.cells]


def is_made(case: Case) -> bool:
    """Whether what a case begins with can be made."""
    try:
        dialect("auroradsql").items(moves(case.before, Schema()))
    except UnsupportedError:
        return False
    return True


LIVE = tuple(
    case
    for case in cases.written()
    if "up" in case.expected.get("auroradsql", {}) and is_made(case)
)

# Types that are told the same are run once: PostgreSQL itself runs each of them.
FIRST = {
    (scenario, str(said["types"][0]))
    for scenario, texts in product.golden("auroradsql").items()
    for said in texts
    if isinstance(said["types"], list)
}
CELLS = tuple(
    cell
    for cell in product.cells("auroradsql")
    if (cell.scenario.name, cell.sample.name) in FIRST
)


@pytest.fixture
def live(postgresql_url: str) -> Iterator[LiveAuroraDSQL]:
    with LiveAuroraDSQL.on(postgresql_url) as made:
        yield made


@pytest.fixture
def proof(record_property: Record, live: LiveAuroraDSQL) -> Proof:
    """Notes what the server did that stands in."""
    [[version]] = live.sql("SHOW server_version")
    return Proof.stood_in(record_property, "auroradsql", "PostgreSQL", version)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live: LiveAuroraDSQL, proof: Proof
) -> None:
    is_refused = "error" in cell.said()
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _there_and_back(cell, live)
    proof.of(cell, refused=is_refused)


def _there_and_back(cell: Cell, live: LiveAuroraDSQL) -> None:
    cell.fill(live)
    operations = cell.scenario.made(cell.sample)
    before, shape, rows = live.schema, live.alike(), live.rows()
    live.up(operations)
    above = live.alike()
    live.down(operations, before)
    assert live.schema == before
    assert live.alike() == shape
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up(operations)
    assert live.alike() == above


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live: LiveAuroraDSQL, proof: Proof
) -> None:
    live.up(case.before)
    for statement in live.dialect.split(case.rows_for("postgresql")):
        live.sql(statement)
    before, shape, rows = live.schema, live.alike(), live.rows()
    live.up(case.operations)
    above = live.alike()
    if "down" in case.expected["auroradsql"]:
        live.down(case.operations, before)
        assert live.alike() == shape
        if not loses_rows(case.operations, before):
            assert live.rows() == rows
        live.up(case.operations)
        assert live.alike() == above
    proof.of(case)
