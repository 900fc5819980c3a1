from __future__ import annotations

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import GraphError, HistoryError
from mm_engine.migrations.graph import MigrationGraph
from written_migrations import step, table

A = step("0001_a", does=(table("posts", "id"),))
B = step("0002_b", "0001_a", does=(table("tags", "id"),))
C = step("0003_c", "0002_b", does=(table("users", "id"),))
SQUASH = attrs.evolve(
    step("0002_squashed_from_0001", does=(*A.operations, *B.operations)),
    replaces=["0001_a", "0002_b"],
)
BOTH = MigrationGraph.of([A, B, C, SQUASH])
ALONE = MigrationGraph.of([C, SQUASH])


@pytest.mark.parametrize("graph", [BOTH, ALONE])
def test_a_squash_stands_for_what_it_replaces(graph: MigrationGraph) -> None:
    assert [m.name for m in graph.order()] == ["0002_squashed_from_0001", "0003_c"]
    assert graph.leaves() == ("0003_c",)
    assert set(graph.schema().tables) == {"posts", "tags", "users"}
    assert graph.names == ("0001_a", "0002_b", "0002_squashed_from_0001", "0003_c")


@pytest.mark.parametrize("graph", [BOTH, ALONE])
@pytest.mark.parametrize(
    ("applied", "counted"),
    [
        ((), ()),
        (("0001_a", "0002_b"), ("0002_squashed_from_0001",)),
        (("0002_squashed_from_0001",), ("0002_squashed_from_0001",)),
        (
            ("0001_a", "0002_b", "0003_c"),
            ("0002_squashed_from_0001", "0003_c"),
        ),
        (
            ("0001_a", "0002_b", "0002_squashed_from_0001", "0003_c"),
            ("0002_squashed_from_0001", "0003_c"),
        ),
        (("0009_gone",), ("0009_gone",)),
    ],
)
def test_a_history_is_told_in_names_that_count(
    graph: MigrationGraph, applied: tuple[str, ...], counted: tuple[str, ...]
) -> None:
    assert graph.counted(applied) == counted
    if "0009_gone" not in applied:
        expected = graph.schema(counted)
        assert graph.schema(applied) == expected


def test_a_squash_that_is_partly_applied_is_an_error_naming_the_rest() -> None:
    with pytest.raises(HistoryError) as caught:
        ALONE.for_history(["0001_a"]).counted(["0001_a"])
    assert str(caught.value).startswith(
        'only a part of "0002_squashed_from_0001" is applied: 0002_b of what it'
        " replaces is missing after 0001_a\n  hint: bring back the files of 0001_a,"
        " 0002_b, beside 0002_squashed_from_0001.py"
    )


def test_a_squash_that_is_partly_applied_is_told_by_its_parts() -> None:
    graph = BOTH.for_history(["0001_a"])
    assert [m.name for m in graph.order()] == ["0001_a", "0002_b", "0003_c"]
    assert graph.counted(["0001_a"]) == ("0001_a",)
    assert graph.parents["0003_c"] == ("0002_b",)
    assert graph.resolve("0002_squashed_from_0001") == "0002_b"


def test_what_comes_after_a_squash_comes_after_all_its_parts() -> None:
    after = attrs.evolve(C, dependencies=["0002_squashed_from_0001"])
    graph = MigrationGraph.of([A, B, after, SQUASH]).for_history(["0001_a"])
    assert graph.parents["0003_c"] == ("0001_a", "0002_b")


@pytest.mark.parametrize(
    "applied",
    [
        (),
        ("0001_a", "0002_b"),
        ("0002_squashed_from_0001",),
        ("0001_a", "0002_squashed_from_0001"),
    ],
)
def test_a_squash_that_is_applied_or_is_not_is_told_by_itself(
    applied: tuple[str, ...],
) -> None:
    assert BOTH.for_history(applied) is BOTH


@pytest.mark.parametrize(
    ("applied", "told"),
    [
        (("0001_a",), ["0001_a", "0002_b", "0003_c"]),
        (("0001_a", "0002_b"), ["0002_squashed_from_0001", "0003_c"]),
        (("0002_squashed_from_0001",), ["0002_squashed_from_0001", "0003_c"]),
        (("0001_a", "0002_b", "0003_c"), ["0003_squashed_from_0001"]),
    ],
)
def test_a_squash_of_a_squash_is_told_by_what_is_needed(
    applied: tuple[str, ...], told: list[str]
) -> None:
    outer = attrs.evolve(
        step("0003_squashed_from_0001", does=(*SQUASH.operations, *C.operations)),
        replaces=["0002_squashed_from_0001", "0003_c"],
    )
    graph = MigrationGraph.of([A, B, C, SQUASH, outer]).for_history(applied)
    assert [m.name for m in graph.order()] == told


def test_originals_that_were_applied_among_others_are_replayed_as_such() -> None:
    rename = step("0002_x", "0001_a", does=(mm.RenameTable("posts", "articles"),))
    late = step("0002_b", "0001_a", does=(mm.DropTable("tags"),))
    tags = step("0002_t", "0001_a", does=(table("tags", "id"),))
    squash = attrs.evolve(
        step("0002_s", does=(*A.operations, table("tags", "id"), mm.DropTable("tags"))),
        replaces=["0001_a", "0002_t", "0002_b"],
    )
    graph = MigrationGraph.of(
        [A, attrs.evolve(late, dependencies=["0002_t"]), tags, rename, squash]
    )
    schema = graph.schema(["0001_a", "0002_t", "0002_x", "0002_b"])
    assert set(schema.tables) == {"articles"}


def test_a_squash_of_a_squash_stands_for_everything_below() -> None:
    outer = attrs.evolve(
        step("0003_squashed_from_0001", does=(*SQUASH.operations, *C.operations)),
        replaces=["0002_squashed_from_0001", "0003_c"],
    )
    graph = MigrationGraph.of([A, B, C, SQUASH, outer])
    assert [m.name for m in graph.order()] == ["0003_squashed_from_0001"]
    applied = ("0001_a", "0002_b", "0003_c")
    assert graph.counted(applied) == ("0003_squashed_from_0001",)
    assert graph.schema(applied) == graph.schema()


def test_a_squash_needs_what_its_originals_need() -> None:
    other = step("0001_other")
    later = attrs.evolve(B, dependencies=["0001_a", "0001_other"])
    graph = MigrationGraph.of([A, later, SQUASH, other])
    assert graph.parents["0002_squashed_from_0001"] == ("0001_other",)


def test_what_was_replaced_is_told_by_its_squash() -> None:
    with pytest.raises(GraphError, match='was squashed into "0002_squashed_from_0001"'):
        BOTH.resolve("0001_a")
    with pytest.raises(GraphError, match='"0001_a" was squashed into "0002_squ'):
        BOTH.resolve("0001")


def test_two_squashes_of_one_migration_contradict() -> None:
    with pytest.raises(GraphError, match='"0001_a" is replaced by "0002_squ'):
        MigrationGraph.of([A, B, SQUASH, attrs.evolve(SQUASH, name="0005_other")])


@pytest.mark.parametrize(("one", "other"), [("0001_x", "0001_x"), ("0001_x", "0002_y")])
def test_squashes_that_replace_each_other_are_refused(one: str, other: str) -> None:
    squashes = {
        one: attrs.evolve(step(one), replaces=[other]),
        other: attrs.evolve(step(other), replaces=[one]),
    }
    with pytest.raises(GraphError, match="replace"):
        MigrationGraph.of(squashes.values())
