"""Every operation on every type on ClickHouse, and each case, both ways with rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext

import pytest

import cases
import product
from cases import Case
from live_clickhouse import LiveClickHouse
from live_sqlite import loses_rows, moves
from mm_engine.dialects import dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateEnum, CreateTable, Operation, RunSQL, SetDefaults
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("clickhouse"), pytest.mark.cells]


def is_live(case: Case) -> bool:
    """Whether ClickHouse takes what the case begins with, and what it does then."""
    return _can_be(case.before) and "up" in case.expected["clickhouse"]


def _can_be(operations: Iterable[Operation]) -> bool:
    """Whether ClickHouse takes what a test begins with."""
    try:
        dialect("clickhouse").items(moves(operations, Schema()))
    except UnsupportedError:
        return False
    return True


LIVE = tuple(filter(is_live, cases.written()))
CELLS = tuple(product.cells("clickhouse"))


@pytest.fixture
def proof(record_property: Record, live_clickhouse: LiveClickHouse) -> Proof:
    """Notes what the engine did."""
    [[version]] = live_clickhouse.sql("SELECT version()")
    return Proof.run(record_property, "clickhouse", version, "its engine in process")


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live_clickhouse: LiveClickHouse, proof: Proof
) -> None:
    is_refused = "error" in cell.said() or not _can_be(_begun(cell))
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _filled_and_moved(cell, live_clickhouse)
    proof.of(cell, refused=is_refused)


def _begun(cell: Cell) -> list[Operation]:
    schema = cell.schema
    enums = [CreateEnum(enum) for enum in schema.enums.values()]
    tables = [CreateTable.of(table) for table in schema.tables.values()]
    first = cell.scenario.first(cell.sample)
    return [*(op for op in first if isinstance(op, SetDefaults)), *enums, *tables]


def _filled_and_moved(cell: Cell, live: LiveClickHouse) -> None:
    cell.fill(live)
    _there_and_back(live, cell.scenario.made(cell.sample))


def _there_and_back(live: LiveClickHouse, operations: Iterable[Operation]) -> None:
    operations = tuple(operations)
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


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live_clickhouse: LiveClickHouse, proof: Proof
) -> None:
    live_clickhouse.up(case.before)
    for statement in live_clickhouse.dialect.split(case.rows_for("clickhouse")):
        live_clickhouse.sql(statement)
    if "down" in case.expected["clickhouse"]:
        _there_and_back(live_clickhouse, case.operations)
    else:
        live_clickhouse.up(case.operations)
    proof.of(case)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_database_that_was_changed_is_one_that_was_made_so(
    case: Case, live_clickhouse: LiveClickHouse
) -> None:
    if any(isinstance(operation, RunSQL) for operation in case.operations):
        return
    live_clickhouse.up([*case.before, *case.operations])
    schema, shape = live_clickhouse.schema, live_clickhouse.shape()
    live_clickhouse.emptied()
    live_clickhouse.built(schema)
    assert live_clickhouse.shape() == shape
