"""Every operation on every type on libSQL's server, and each case, with rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

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

pytestmark = pytest.mark.database("turso")

LIVE = tuple(case for case in cases.written() if "up" in case.expected["turso"])


@pytest.mark.parametrize(
    "cell", tuple(product.cells("turso")), ids=lambda cell: cell.name
)
def test_a_cell_goes_up_down_and_up_with_rows(cell: Cell, live_sqld: Live) -> None:
    if "error" in cell.said():
        with pytest.raises(UnsupportedError):
            _filled_and_moved(cell, live_sqld)
    else:
        _filled_and_moved(cell, live_sqld)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(case: Case, live_sqld: Live) -> None:
    live_sqld.up(case.before)
    rows = case.rows_for("turso") or case.rows_for("sqlite")
    for statement in live_sqld.dialect.split(rows):
        live_sqld.sql(statement)
    if "down" in case.expected["turso"]:
        _there_and_back(live_sqld, case.operations)
    else:
        live_sqld.up(case.operations)


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
