"""The example projects in the words of Aurora DSQL, on PostgreSQL in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from histories import Example, examples
from inhabited import written_rows
from live_auroradsql import LiveAuroraDSQL
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.project import Project
from rows_kept import Rows, disturbed, lost_back, ordered, without
from told_projects import is_told

pytestmark = pytest.mark.database("postgresql")

TABLES = "SELECT relname FROM pg_class WHERE relnamespace IN ({spaces})"
TOLD = [example for example in examples() if is_told(example, "auroradsql")]


@pytest.fixture(params=TOLD, ids=lambda example: example.name)
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Example:
    found = request.param
    assert isinstance(found, Example)
    monkeypatch.syspath_prepend(found.packages)
    return found


@pytest.fixture
def graph(example: Example, tmp_path: Path) -> MigrationGraph:
    return Project.find(example.copy(tmp_path)).graph()


@pytest.fixture
def live(postgresql_url: str) -> Iterator[LiveAuroraDSQL]:
    with LiveAuroraDSQL.on(postgresql_url) as made:
        yield made


def populate(
    live: LiveAuroraDSQL, example: Example, graph: MigrationGraph, step: Migration
) -> None:
    """Put in the rows that belong after a migration."""
    words = live.dialect
    for start, tables in written_rows(example.folder / "rows.yaml").items():
        if graph.resolve(start) != step.name:
            continue
        for name, rows in tables.items():
            table = live.schema.table(name)
            for row in rows:
                values = (
                    words.literal(text, table.field(field), live.schema)
                    for field, text in row.items()
                )
                live.sql(
                    f"INSERT INTO {words.quote(name)} ({words.listed(row)})"
                    f" VALUES ({', '.join(values)})"
                )


def rows(live: LiveAuroraDSQL) -> Rows:
    """Every row there is."""
    words = live.dialect
    found = {}
    for table in live.schema.tables.values():
        names = [field.name for field in table.fields]
        said = f"SELECT {words.listed(names)} FROM {words.quote(table.name)}"
        found[table.name] = ordered(
            dict(zip(names, row, strict=True)) for row in live.sql(said)
        )
    return found


def test_each_step_can_be_taken_back_and_taken_again(
    live: LiveAuroraDSQL, example: Example, graph: MigrationGraph
) -> None:
    for step in graph.order():
        schema, before = live.schema, rows(live)
        live.up(step.operations)
        text, shape = example.migrations()[f"{step.name}.py"], live.alike()
        assert list(disturbed(before, rows(live), step, text)) == []

        live.down(step.operations, schema)
        assert live.schema == schema
        gone = lost_back(step, schema)
        assert without(rows(live), gone) == without(before, gone), step.name

        live.up(step.operations)
        assert live.alike() == shape
        populate(live, example, graph, step)
    assert any(rows(live).values())


def test_all_of_it_goes_up_and_down_and_up(
    live: LiveAuroraDSQL, example: Example, graph: MigrationGraph
) -> None:
    trail = []
    for step in graph.order():
        trail.append((step, live.schema))
        live.up(step.operations)
        populate(live, example, graph, step)
    shape = live.alike()
    for step, schema in reversed(trail):
        live.down(step.operations, schema)
    assert live.asked(TABLES) == []
    for step, _ in trail:
        live.up(step.operations)
        populate(live, example, graph, step)
    assert live.alike() == shape
