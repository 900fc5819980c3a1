"""Every operation on every type on a MySQL of years ago, and each case, with rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

import cases
import product
from cases import Case
from live_mysql import LiveMySQL
from live_sqlite import loses_rows, moves, reversed_moves
from mm_engine.dialects import dialect
from mm_engine.errors import IrreversibleError, UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("mysql"), pytest.mark.cells]


@pytest.fixture
def live(mariadb_url: str) -> Iterator[LiveMySQL]:
    """An empty database on the server that was asked for."""
    with LiveMySQL.on(mariadb_url) as database:
        yield database


@pytest.fixture
def proof(record_property: Record, live: LiveMySQL) -> Proof:
    """Notes what this server did."""
    [[version]] = live.sql("SELECT VERSION()")
    return Proof.run(record_property, "mysql", version)


def is_refused(live: LiveMySQL, operations: tuple[Operation, ...]) -> bool:
    """Whether the dialect of this server refuses a step or its way back."""
    try:
        live.dialect.items(moves(operations, live.schema))
        with suppress(IrreversibleError):
            live.dialect.items(reversed_moves(operations, live.schema))
    except UnsupportedError:
        return True
    return False


def goes_there_and_back(live: LiveMySQL, operations: tuple[Operation, ...]) -> None:
    """Tell a step up, down and up again, as far as it has a way down."""
    before, shape, rows = live.schema, live.shape(), live.rows()
    try:
        reversed_moves(operations, before)
    except IrreversibleError:
        live.up(operations)
        return
    live.up(operations)
    above = live.shape()
    live.down(operations, before)
    assert live.schema == before
    assert live.shape() == shape
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up(operations)
    assert live.shape() == above


@pytest.mark.parametrize(
    "cell", tuple(product.cells("mysql")), ids=lambda cell: cell.name
)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live: LiveMySQL, proof: Proof
) -> None:
    try:
        cell.fill(live)
    except UnsupportedError:
        proof.of(cell, refused=True)
        return
    operations = tuple(cell.scenario.made(cell.sample))
    refused = is_refused(live, operations)
    if not refused:
        goes_there_and_back(live, operations)
    proof.of(cell, refused=refused)


@pytest.mark.parametrize("case", cases.written(), ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live: LiveMySQL, proof: Proof
) -> None:
    try:
        dialect("mysql").items(moves(case.before, Schema()))
        live.up(case.before)
    except UnsupportedError:
        return
    for statement in live.dialect.split(case.rows_for("mysql")):
        live.sql(statement)
    if not is_refused(live, tuple(case.operations)):
        goes_there_and_back(live, tuple(case.operations))
        proof.of(case)
