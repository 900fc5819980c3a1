"""Every operation on every type on PostgreSQL, and each case, both ways with rows."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

import cases
import product
from cases import Case
from live_postgresql import LivePostgreSQL
from live_sqlite import loses_rows, moves
from mm_engine.dialects import dialect
from mm_engine.errors import UnsupportedError
from mm_engine.operations import RunSQL
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("postgresql"), pytest.mark.cells]

LIVE = tuple(c for c in cases.written() if "up" in c.expected.get("postgresql", {}))


@pytest.fixture
def proof(record_property: Record, live_postgresql: LivePostgreSQL) -> Proof:
    """Notes what this server did."""
    [[version]] = live_postgresql.sql("SHOW server_version")
    return Proof.run(record_property, "postgresql", version)


@pytest.mark.parametrize(
    "cell", tuple(product.cells("postgresql")), ids=lambda cell: cell.name
)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live_postgresql: LivePostgreSQL, proof: Proof
) -> None:
    is_refused = "error" in cell.said()
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _there_and_back(cell, live_postgresql)
    proof.of(cell, refused=is_refused)


def _there_and_back(cell: Cell, live: LivePostgreSQL) -> None:
    cell.fill(live)
    operations = cell.scenario.made(cell.sample)
    before, shape, rows = live.schema, live.shape(), live.rows()
    live.up(operations)
    above = live.shape()
    live.down(operations, before)
    assert live.schema == before
    assert live.shape() == shape
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up(operations)
    assert live.shape() == above


def is_said(case: Case, live: LivePostgreSQL) -> bool:
    """Whether this server's version can be told the case; the newest can."""
    try:
        live.dialect.items(moves(case.operations, case.schema))
    except UnsupportedError:
        assert live.dialect.features != dialect("postgresql").features
        return False
    return True


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live_postgresql: LivePostgreSQL, proof: Proof
) -> None:
    live = live_postgresql
    if not is_said(case, live):
        proof.of(case, refused=True)
        return
    live.up(case.before)
    for statement in live.dialect.split(case.rows_for("postgresql")):
        live.sql(statement)
    before, shape, rows = live.schema, live.shape(), live.rows()
    live.up(case.operations)
    above = live.shape()
    if "down" in case.expected["postgresql"]:
        live.down(case.operations, before)
        assert live.shape() == shape
        if not loses_rows(case.operations, before):
            assert live.rows() == rows
        live.up(case.operations)
        assert live.shape() == above
    proof.of(case)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_database_that_was_changed_is_one_that_was_made_so(
    case: Case, postgresql_url: str
) -> None:
    if any(isinstance(operation, RunSQL) for operation in case.operations):
        return
    with LivePostgreSQL.on(postgresql_url) as live:
        if not is_said(case, live):
            return
        live.up(case.before)
        live.up(case.operations)
        schema, shape = live.schema, live.shape()
    with LivePostgreSQL.on(postgresql_url) as anew:
        anew.built(schema)
        assert shape == anew.shape()
