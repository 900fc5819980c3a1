"""The example projects on live databases: up, down and up again, with rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from fresh_databases import LIVED_IN, empty
from histories import Example, examples
from inhabited import Inhabited
from rows_kept import disturbed, lost_back, lost_there, without

Place: TypeAlias = tuple[str, Example]

PLACES = tuple(
    pytest.param((kind, example), marks=marks, id=f"{example.name}-{kind}")
    for marked in LIVED_IN
    for kind in [str(marked.values[0])]
    for example in examples()
    # What is told is the same on each Python, and these two take a minute over it.
    for is_slow in [example.name == "shop" and kind in ("mysql", "clickhouse")]
    for marks in [[*marked.marks, *([pytest.mark.cells] if is_slow else [])]]
)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    """A kind of database, and the project that is taken there."""
    kind, example = request.param
    assert isinstance(example, Example)
    return str(kind), example


@pytest.fixture
def lived(
    place: Place,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Inhabited]:
    """The project with nothing applied yet."""
    kind, example = place
    monkeypatch.syspath_prepend(example.packages)
    with empty(kind, tmp_path, request) as url:
        yield Inhabited.of(example, tmp_path / "project", url)


def assert_quiet(lived: Inhabited) -> None:
    """Schema files, migrations and database agree, as far as they are applied.

    What the last migration only forgot is still there, and told.
    """
    assert lived.project.check().findings == ()
    if not lived.is_readable:
        return
    drift = lived.project.drift().drift
    assert [op.describe() for op in drift.operations] == list(lived.forgotten())
    assert drift.unread == ()


def test_each_step_can_be_taken_back_and_taken_again(lived: Inhabited) -> None:
    for step in lived.graph.order():
        name, schema, before = step.name, lived.schema(), lived.rows()
        lived.up(name)
        assert_quiet(lived)
        shape, after = lived.shape(), lived.rows()
        assert list(disturbed(before, after, step, lived.text(name))) == []

        lived.down()
        assert_quiet(lived)
        gone = lost_back(step, schema)
        assert without(lived.rows(), gone) == without(before, gone), name

        lived.up(name)
        new = lost_there(step, schema) | gone
        assert without(lived.rows(), new) == without(after, new), name
        assert lived.shape() == shape
        lived.populate(name)


def test_all_of_it_goes_up_and_down_and_up(lived: Inhabited) -> None:
    order = [step.name for step in lived.graph.order()]
    for name in order:
        lived.up(name)
        lived.populate(name)
    shape = lived.shape()
    while lived.applied:
        before = lived.rows()
        name = lived.down()
        step, text = lived.migration(name), lived.text(name)
        assert_quiet(lived)
        assert list(disturbed(before, lived.rows(), step, text)) == []
    for name in order:
        lived.up(name)
        lived.populate(name)
        assert_quiet(lived)
    assert lived.shape() == shape


def test_branches_may_arrive_in_either_order(lived: Inhabited) -> None:
    order = [step.name for step in lived.graph.order()]
    other = sorted(order, key=lambda name: (name[:4], order.index(name)), reverse=True)
    ready: list[str] = []
    while len(ready) < len(order):
        parents = lived.graph.by_name
        ready.append(
            next(
                name
                for name in other
                if name not in ready
                if set(parents[name].dependencies) <= set(ready)
            )
        )
    assert ready != order
    found = []
    for names in (order, ready):
        for name in names:
            lived.up(name)
            lived.populate(name)
        unforeseen = {
            (table.name, field.name)
            for table in lived.schema().tables.values()
            for field in table.fields
            if field.auto_create or field.auto_update
        }
        found.append((lived.shape(), without(lived.rows(), unforeseen)))
        while lived.applied:
            lived.down()
    assert found[0] == found[1]
