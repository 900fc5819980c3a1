"""Every operation on every type on libSQL's server, and each case, with rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from urllib.request import urlopen

import attrs
import pytest

import cases
import product
from cases import Case
from live_sqlite import Live, loses_rows, without_ours
from mm_engine.dialects.turso import Turso
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateTable, Operation, RunSQL
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("turso"), pytest.mark.cells]

LIVE = tuple(case for case in cases.written() if "up" in case.expected["turso"])


@pytest.fixture(scope="session")
def version(sqld_server: str) -> str:
    """What the server says it is: ``sqld 0.24.32 (…)``."""
    with urlopen(f"http://{sqld_server}/version") as answer:
        return str(answer.read().decode())


@pytest.fixture
def proof(record_property: Record, version: str) -> Proof:
    """Notes what this server did."""
    return Proof.run(record_property, "turso", version, "libSQL's server")


@pytest.mark.parametrize(
    "cell", tuple(product.cells("turso")), ids=lambda cell: cell.name
)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live_sqld: Live, proof: Proof
) -> None:
    is_refused = "error" in cell.said()
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _filled_and_moved(cell, live_sqld)
    proof.of(cell, refused=is_refused)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live_sqld: Live, proof: Proof
) -> None:
    _run(case, live_sqld)
    proof.of(case)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_does_so_in_libsql_without_a_server(
    case: Case, live_libsql: Live
) -> None:
    _run(case, live_libsql)


def _run(case: Case, live: Live) -> None:
    live.up(case.before)
    rows = case.rows_for("turso") or case.rows_for("sqlite")
    for statement in live.dialect.split(rows):
        live.sql(statement)
    if "down" in case.expected["turso"]:
        _there_and_back(live, case.operations)
    else:
        live.up(case.operations)


def _filled_and_moved(cell: Cell, live: Live) -> None:
    cell.fill(live)
    _there_and_back(live, cell.scenario.made(cell.sample))


def _there_and_back(live: Live, operations: Iterable[Operation]) -> None:
    operations = tuple(operations)
    before, shape, rows = live.schema, shape_of(live), live.rows()
    live.up(operations)
    above = shape_of(live)
    if not any(isinstance(operation, RunSQL) for operation in operations):
        assert without_ours(above) == shape_of(_made_so(live.schema))
    live.down(operations, before)
    assert live.schema == before
    assert shape_of(live) == shape
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up(operations)
    assert shape_of(live) == above


def _made_so(schema: Schema) -> Live:
    """A database of SQLite's that has this schema from the start."""
    live = Live(dialect=Turso())
    live.schema = attrs.evolve(schema, tables={})
    live.up([CreateTable.of(table) for table in schema.tables.values()])
    return live


def shape_of(live: Live) -> Mapping[str, object]:
    """What the database knows; its server writes ``VARCHAR (30)`` after ADD COLUMN."""
    return {name: _squeezed(part) for name, part in live.shape().items()}


def _squeezed(part: object) -> str:
    return re.sub(r"(?<=\w) (?=\()|(?<=,) (?=\d)", "", repr(part))
