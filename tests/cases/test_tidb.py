"""What TiDB is told in MySQL's words runs on MariaDB, which stands in for it.

The rest is only parsed: there is no TiDB here. What only TiDB could answer is answered
as a server does that looks at checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

import cases
import product
from cases import Case
from live_mysql import LiveMySQL
from live_sqlite import loses_rows, moves
from mm_engine.dialects import dialect
from mm_engine.dialects.tidb_limits import CHECKS_ARE_ON
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("mariadb"), pytest.mark.cells]

ONLY_TIDB = ("tidb_", "AUTO_ID_CACHE", "LOWER(")
"""Words of statements that MariaDB does not know."""


class StandIn(LiveMySQL):
    """A MariaDB that is told what TiDB would be."""

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement, and its rows; the question after a setting has its answer."""
        return [(1,)] if sql == CHECKS_ARE_ON.query else super().sql(sql)


@pytest.fixture
def live_tidb(mariadb_url: str) -> Iterator[LiveMySQL]:
    """An empty database on a server that stands in for TiDB."""
    with StandIn.on(mariadb_url) as live:
        live.dialect = dialect("tidb")
        yield live


@pytest.fixture
def proof(record_property: Record, live_tidb: LiveMySQL) -> Proof:
    """Notes what the server did that stands in."""
    [[version]] = live_tidb.sql("SELECT VERSION()")
    return Proof.stood_in(record_property, "tidb", "MariaDB", version)


def is_common(said: object) -> bool:
    """Whether something is told that MariaDB takes too."""
    return isinstance(said, dict) and not any(word in str(said) for word in ONLY_TIDB)


def one_of_each() -> Iterator[Cell]:
    """A cell of every text of the product: the types of one text differ in a word."""
    there = {cell.name: cell for cell in product.cells("tidb")}
    for scenario, texts in product.golden("tidb").items():
        for text in texts:
            types = text["types"]
            assert isinstance(types, list)
            if "up" in text and is_common(text):
                yield there[f"{scenario}, {types[0]}"]


def is_live(case: Case) -> bool:
    """Whether MariaDB takes what the case begins with, and what it does then."""
    said = case.expected.get("tidb", {})
    try:
        dialect("tidb").items(moves(case.before, Schema()))
    except UnsupportedError:
        return False
    return "up" in said and is_common(dict(said))


CELLS = tuple(one_of_each())
LIVE = tuple(filter(is_live, cases.written()))


def _there_and_back(live: LiveMySQL, operations: Iterable[Operation]) -> None:
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


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live_tidb: LiveMySQL, proof: Proof
) -> None:
    cell.fill(live_tidb)
    _there_and_back(live_tidb, cell.scenario.made(cell.sample))
    proof.of(cell)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live_tidb: LiveMySQL, proof: Proof
) -> None:
    live_tidb.up(case.before)
    for statement in live_tidb.dialect.split(case.rows_for("mysql")):
        live_tidb.sql(statement)
    if "down" in case.expected["tidb"]:
        _there_and_back(live_tidb, case.operations)
    else:
        live_tidb.up(case.operations)
    proof.of(case)


def test_most_of_what_it_is_told_runs_somewhere() -> None:
    told = [case for case in cases.written() if "up" in case.expected.get("tidb", {})]
    assert len(LIVE) > 0.9 * len(told)
    assert len(CELLS) > 80
