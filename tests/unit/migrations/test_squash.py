from __future__ import annotations

import attrs
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import mm_engine as mm
from mm_engine.errors import GraphError, StateError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.optimize import optimized
from mm_engine.migrations.squash import field_orders, squash
from mm_engine.operations import Operation
from strategies import Trail, trails
from written_migrations import step, table

TITLE = mm.AddField("posts", mm.Field("title", mm.Text()))
GRAPH = MigrationGraph.of(
    [
        step("0001_posts", does=(table("posts", "id"),)),
        step("0002_title", "0001_posts", does=(TITLE,)),
        step("0002_tags", "0001_posts", does=(table("tags", "id"),)),
        step("0003_merge", "0002_tags", "0002_title", "0001_other"),
        step("0001_other", does=(table("other", "id"),)),
        step("0004_late", "0003_merge", does=(mm.DropTable("other"),)),
    ]
)


def test_a_squash_replaces_everything_on_the_way() -> None:
    found = squash(GRAPH, "0001_posts", "0004_late")
    assert found.name == "0004_squashed_from_0001"
    assert found.replaces == (
        *("0001_posts", "0002_tags", "0002_title", "0003_merge", "0004_late"),
    )


def test_a_squash_depends_on_what_its_parts_need_from_outside() -> None:
    assert squash(GRAPH, "0001_posts", "0004_late").dependencies == ("0001_other",)
    assert squash(GRAPH, "0003_merge", "0004_late").dependencies == (
        *("0002_tags", "0002_title", "0001_other"),
    )


def test_operations_are_folded() -> None:
    posts, tags = squash(GRAPH, "0001_posts", "0003_merge").operations
    assert isinstance(posts, mm.CreateTable)
    assert [field.name for field in posts.fields] == ["id", "title"]
    assert tags == table("tags", "id")


def test_the_schema_is_the_same_with_the_squash_beside_or_alone() -> None:
    found = squash(GRAPH, "0001_posts", "0003_merge")
    rest = [m for m in GRAPH.order() if m.name not in found.replaces]
    for migrations in ([*GRAPH.order(), found], [*rest, found]):
        graph = MigrationGraph.of(migrations)
        assert graph.schema() == GRAPH.schema()
        assert graph.leaves() == ("0004_late",)
        applied = [m.name for m in GRAPH.order()]
        assert graph.schema(applied) == GRAPH.schema()


def test_the_next_number_is_higher_than_any_that_was_squashed() -> None:
    found = squash(GRAPH, "0001_posts", "0004_late")
    assert max(found.name, *found.replaces) == found.name


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("0004_late", "0001_posts", '"0001_posts" does not come after "0004_late"'),
        ("0001_other", "0002_tags", '"0002_tags" does not come after "0001_other"'),
        ("0001_posts", "0001_posts", '"0001_posts" alone is nothing to squash'),
    ],
)
def test_what_is_no_way_cannot_be_squashed(first: str, last: str, said: str) -> None:
    with pytest.raises(GraphError, match=said):
        squash(GRAPH, first, last)


@st.composite
def fitting(draw: st.DrawFn) -> Trail:
    """Operations in a row that fit.

    Long trails may give a part the name that it has, or that another has; such a trail
    is no history, and nothing is asked of it.
    """
    try:
        return draw(trails(least=3, most=8))
    except StateError:
        reject()


@given(fitting())
def test_folding_ends_in_the_same_schema(trail: Trail) -> None:
    expected = found = trail.before
    for operation in trail.operations:
        expected = operation.apply(expected)
    for operation in optimized(trail.operations):
        found = operation.apply(found)
    assert found == expected
    assert field_orders(found) == field_orders(expected)


def foldable(trail: Trail) -> list[Operation]:
    """The operations without those that stop the folding, but with what they say."""
    found: list[Operation] = []
    for operation in trail.operations:
        match operation:
            case mm.RunSQL() | mm.RunPython():
                found += operation.state_operations
            case mm.UpsertData():
                pass
            case _:
                found.append(operation)
    return [attrs.evolve(one, schema_only=False, if_present=False) for one in found]


@given(fitting(), st.integers(0, 8))
def test_folding_what_is_partly_undone_ends_in_the_same_schema(
    trail: Trail, steps: int
) -> None:
    schema = trail.before
    written = foldable(trail)
    back: list[Operation] = []
    for operation in written:
        back = [*operation.reverse(schema), *back]
        schema = operation.apply(schema)
    written += back[:steps]
    expected, found = trail.before, trail.before
    for operation in written:
        expected = operation.apply(expected)
    for operation in optimized(written):
        found = operation.apply(found)
    assert found == expected
    assert field_orders(found) == field_orders(expected)


@given(fitting())
def test_what_is_folded_cannot_be_folded_again(trail: Trail) -> None:
    folded = optimized(trail.operations)
    assert optimized(folded) == folded
