"""Migrations whose names are longer than a database lets a name be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mm_engine as mm
from fresh_databases import READ, empty
from mm_engine.dialects import dialect
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.operations.data import Row
from mm_engine.runner.connect import connected
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from runs import chain, create, migration

NAME = "0001_add_supplier_products_currency_code_and_3_more_to_the_catalogue"


def graph() -> MigrationGraph:
    """Two tables of old rows belong to one migration."""
    one: list[Row] = [{"id": 1, "name": "a"}]
    two: list[Row] = [{"id": 1, "name": "b"}, {"id": 2, "name": "c"}]
    upserts = (mm.UpsertData("things", keys=["id"], rows=rows) for rows in (one, two))
    return chain(
        migration("0001_a", create("things", "name")), migration(NAME, *upserts)
    )


@pytest.fixture(params=READ)
def migrator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Migrator]:
    """Nothing is applied yet."""
    kind = str(request.param)
    with (
        empty(kind, tmp_path, request) as url,
        connected(Url.of(url), root=tmp_path) as connection,
        session(connection) as opened,
    ):
        yield Migrator(session=opened, graph=graph(), dialect=dialect(kind))


def test_rows_that_were_changed_twice_are_given_back(migrator: Migrator) -> None:
    migrator.up()
    held = "SELECT id, name FROM things ORDER BY id"
    assert migrator.session.rows(held) == ((1, "b"), (2, "c"))
    migrator.down(steps=1)
    assert migrator.session.rows(held) == ()
