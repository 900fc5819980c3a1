"""Every operation on every type on MariaDB, and each case, both ways with rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext

import pytest

import cases
import product
from cases import Case
from live_mysql import LiveMySQL
from live_sqlite import loses_rows, moves
from mm_engine.dialects import dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation, RunSQL
from product import Cell
from proofs import Proof, Record

pytestmark = [pytest.mark.database("mariadb"), pytest.mark.cells]


def is_live(case: Case) -> bool:
    """Whether MariaDB takes what the case begins with, and what it does then."""
    try:
        dialect("mariadb").items(moves(case.before, Schema()))
    except UnsupportedError:
        return False
    return "up" in case.expected.get("mariadb", case.expected["mysql"])


LIVE = tuple(filter(is_live, cases.written()))


@pytest.fixture
def proof(record_property: Record, live_mariadb: LiveMySQL) -> Proof:
    """Notes what this server did."""
    [[version]] = live_mariadb.sql("SELECT VERSION()")
    return Proof.run(record_property, "mariadb", version)


@pytest.mark.parametrize(
    "cell", tuple(product.cells("mariadb")), ids=lambda cell: cell.name
)
def test_a_cell_goes_up_down_and_up_with_rows(
    cell: Cell, live_mariadb: LiveMySQL, proof: Proof
) -> None:
    is_refused = "error" in cell.said()
    with pytest.raises(UnsupportedError) if is_refused else nullcontext():
        _filled_and_moved(cell, live_mariadb)
    proof.of(cell, refused=is_refused)


def _filled_and_moved(cell: Cell, live: LiveMySQL) -> None:
    cell.fill(live)
    _there_and_back(live, cell.scenario.made(cell.sample))


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


def _made(case: Case, live: LiveMySQL) -> None:
    live.up(case.before)
    for statement in live.dialect.split(case.rows_for("mysql")):
        live.sql(statement)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_case_goes_up_down_and_up_with_rows(
    case: Case, live_mariadb: LiveMySQL, proof: Proof
) -> None:
    _made(case, live_mariadb)
    said = case.expected.get("mariadb", case.expected["mysql"])
    if "down" in said:
        _there_and_back(live_mariadb, case.operations)
    else:
        live_mariadb.up(case.operations)
    proof.of(case)


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_database_that_was_changed_is_one_that_was_made_so(
    case: Case, live_mariadb: LiveMySQL
) -> None:
    if any(isinstance(operation, RunSQL) for operation in case.operations):
        return
    live_mariadb.up([*case.before, *case.operations])
    schema, shape = live_mariadb.schema, live_mariadb.shape()
    live_mariadb.emptied()
    live_mariadb.built(schema)
    assert live_mariadb.shape() == shape


def test_what_is_altered_if_it_is_there_is_made_where_it_was_dropped_by_hand(
    live_mariadb: LiveMySQL,
) -> None:
    case = next(case for case in LIVE if case.name == "altered_parts_if_present")
    _made(case, live_mariadb)
    live_mariadb.sql("ALTER TABLE users DROP FOREIGN KEY fk_users_boss_id")
    live_mariadb.sql("ALTER TABLE users DROP CONSTRAINT ck_users_email")
    live_mariadb.sql("DROP INDEX idx_users_email ON users")
    live_mariadb.up(case.operations)
    shape, schema = live_mariadb.shape(), live_mariadb.schema
    live_mariadb.emptied()
    live_mariadb.built(schema)
    assert live_mariadb.shape() == shape
