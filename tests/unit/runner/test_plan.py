"""Which migrations run, which way, and from which schema."""

from __future__ import annotations

import pytest

import mm_engine as mm
from mm_engine.errors import (
    GraphError,
    HistoryError,
    IrreversibleError,
    StateError,
    UsageError,
)
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner.plan import (
    Direction,
    Step,
    moves,
    plan_down,
    plan_up,
    refuse_reviews,
)
from runs import add, chain, create, migration


def branches() -> MigrationGraph:
    """Two branches over one table, and a later one on the second."""
    return MigrationGraph.of(
        [
            migration("0001_a", create("posts", "title")),
            migration("0002_left", add("posts", "left"), after=["0001_a"]),
            migration("0002_right", add("posts", "right"), after=["0001_a"]),
            migration("0003_more", add("posts", "more"), after=["0002_right"]),
        ]
    )


def names(steps: tuple[Step, ...]) -> list[str]:
    return [step.name for step in steps]


def fields(step: Step) -> list[str]:
    return [field.name for field in step.before.table("posts").fields]


def test_everything_pending_runs_after_its_parents() -> None:
    steps = plan_up(branches(), [])
    assert names(steps) == ["0001_a", "0002_left", "0002_right", "0003_more"]
    assert {step.direction for step in steps} == {Direction.UP}


def test_a_target_brings_its_ancestors_and_nothing_else() -> None:
    assert names(plan_up(branches(), [], "0003")) == [
        "0001_a",
        "0002_right",
        "0003_more",
    ]


def test_an_applied_target_leaves_nothing_to_do() -> None:
    assert plan_up(branches(), ["0001_a", "0002_left"], "0002_left") == ()


def test_an_unknown_target_is_an_error() -> None:
    with pytest.raises(GraphError, match="0004_x"):
        plan_up(branches(), [], "0004_x")


def test_a_branch_that_arrives_late_starts_from_what_is_there() -> None:
    [step] = plan_up(branches(), ["0001_a", "0002_right", "0003_more"])
    assert step.name == "0002_left"
    assert fields(step) == ["id", "title", "right", "more"]


def test_each_step_starts_where_the_one_before_it_ended() -> None:
    steps = plan_up(branches(), [])
    assert [len(step.before.tables) for step in steps] == [0, 1, 1, 1]
    assert fields(steps[3]) == ["id", "title", "left", "right"]


def test_the_last_applied_is_undone_first_whatever_its_name() -> None:
    applied = ["0001_a", "0002_right", "0003_more", "0002_left"]
    assert names(plan_down(branches(), applied)) == ["0002_left"]
    assert names(plan_down(branches(), applied, steps=2)) == ["0002_left", "0003_more"]


def test_down_to_a_target_undoes_everything_applied_after_it() -> None:
    applied = ["0001_a", "0002_right", "0002_left", "0003_more"]
    assert names(plan_down(branches(), applied, target="0002_right")) == [
        "0003_more",
        "0002_left",
    ]


def test_down_to_zero_undoes_everything() -> None:
    applied = ["0001_a", "0002_left"]
    assert names(plan_down(branches(), applied, target="zero")) == [
        "0002_left",
        "0001_a",
    ]
    assert names(plan_down(branches(), applied, steps=99)) == ["0002_left", "0001_a"]


def test_down_to_what_is_not_applied_is_an_error() -> None:
    with pytest.raises(UsageError, match="0003_more is not applied"):
        plan_down(branches(), ["0001_a"], target="0003")


@pytest.mark.parametrize("steps", [0, -1])
def test_a_number_of_steps_that_means_nothing_is_an_error(steps: int) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        plan_down(branches(), ["0001_a"], steps=steps)


def test_undoing_goes_back_along_the_trail_it_came() -> None:
    graph = chain(
        migration("0001_a", create("posts", "title")),
        migration(
            "0002_b",
            mm.RenameField("posts", "title", new="headline"),
            mm.AlterField("posts", mm.Field("headline", mm.Varchar(9))),
        ),
    )
    [step] = plan_down(graph, ["0001_a", "0002_b"])
    assert step.before.table("posts").field("headline").type == mm.Varchar(9)
    back = moves(step)
    assert [move.operation for move in back] == [
        mm.AlterField("posts", mm.Field("headline", mm.Text())),
        mm.RenameField("posts", "headline", new="title"),
    ]
    assert [move.number for move in back] == [2, 1]
    assert back[0].before == step.before
    assert back[1].after == step.origin


def test_a_move_has_the_same_mark_both_ways() -> None:
    graph = chain(migration("0001_a", create("posts")))
    [there] = moves(plan_up(graph, [])[0])
    [back] = moves(plan_down(graph, ["0001_a"])[0])
    assert there.mark == back.mark == "0001_a_1"


def test_a_field_altered_on_the_other_branch_comes_back_as_it_was_then() -> None:
    graph = MigrationGraph.of(
        [
            migration("0001_a", create("posts", "title")),
            migration("0002_left", mm.DropField("posts", "title"), after=["0001_a"]),
            migration("0002_right", add("posts", "right"), after=["0001_a"]),
        ]
    )
    [last, first] = plan_down(
        graph, ["0001_a", "0002_left", "0002_right"], target="0001_a"
    )
    assert [last.name, first.name] == ["0002_right", "0002_left"]
    [move] = moves(first)
    assert move.operation == add("posts", "title")
    assert fields(first) == ["id"]


def test_what_cannot_be_undone_is_said_while_planning() -> None:
    graph = chain(
        migration("0001_a", create("posts")),
        migration("0002_b", add("posts", "x"), mm.RunSQL("DELETE FROM posts")),
        migration("0003_c", add("posts", "y")),
    )
    with pytest.raises(IrreversibleError) as caught:
        plan_down(graph, ["0001_a", "0002_b", "0003_c"], target="0001_a")
    assert caught.value.message == (
        "0002_b: cannot undo operation 2 (run SQL: DELETE FROM posts):"
        " no SQL was given to undo it"
    )


def test_a_pending_operation_that_does_not_fit_names_its_migration() -> None:
    graph = chain(migration("0001_a", add("posts", "title")))
    with pytest.raises(StateError, match=r"0001_a: .*no table"):
        plan_up(graph, [])


def test_an_applied_migration_without_a_file_stops_everything() -> None:
    for plan in (plan_up, plan_down):
        with pytest.raises(HistoryError, match="no file of 0009_gone"):
            plan(branches(), ["0001_a", "0009_gone"])


def test_an_applied_child_of_a_pending_parent_stops_everything() -> None:
    with pytest.raises(HistoryError, match="0002_left is applied, but 0001_a is not"):
        plan_up(branches(), ["0002_left"])


def squashed(*, kept: bool) -> MigrationGraph:
    parts = [
        migration("0001_a", create("posts")),
        migration("0002_b", add("posts", "title"), after=["0001_a"]),
    ]
    squash = mm.Migration(
        name="0002_squash",
        dependencies=[],
        replaces=["0001_a", "0002_b"],
        operations=[create("posts", "title")],
    )
    after = migration("0003_c", add("posts", "body"), after=["0002_squash"])
    return MigrationGraph.of([*(parts if kept else []), squash, after])


@pytest.mark.parametrize("kept", [True, False])
def test_a_squash_of_what_is_applied_is_applied(kept: bool) -> None:  # noqa: FBT001
    graph = squashed(kept=kept)
    assert names(plan_up(graph, [])) == ["0002_squash", "0003_c"]
    assert names(plan_up(graph, ["0001_a", "0002_b"])) == ["0003_c"]


def test_of_a_squash_that_is_partly_applied_the_rest_is_applied() -> None:
    graph = squashed(kept=True)
    steps = plan_up(graph, ["0001_a"])
    assert names(steps) == ["0002_b", "0003_c"]
    assert fields(steps[0]) == ["id"]
    assert names(plan_up(graph, ["0001_a"], "0002_squash")) == ["0002_b"]
    assert names(plan_up(graph, ["0001_a", "0002_b"])) == ["0003_c"]
    assert names(plan_down(graph, ["0001_a"])) == ["0001_a"]


def test_without_their_files_the_rest_cannot_be_applied() -> None:
    for plan in (plan_up, plan_down):
        with pytest.raises(HistoryError, match="0002_b of what it replaces is missing"):
            plan(squashed(kept=False), ["0001_a"])


def test_a_squash_is_undone_by_its_parts_while_their_files_are_there() -> None:
    applied = ["0001_a", "0002_b", "0003_c"]
    steps = plan_down(squashed(kept=True), applied, steps=2)
    assert names(steps) == ["0003_c", "0002_b", "0001_a"]
    assert [step.records for step in steps] == [("0003_c",), ("0002_b",), ("0001_a",)]


def test_a_squash_without_its_parts_takes_their_rows_along() -> None:
    applied = ["0001_a", "0002_b", "0003_c"]
    steps = plan_down(squashed(kept=False), applied, target="zero")
    assert names(steps) == ["0003_c", "0002_squash"]
    assert steps[1].records == ("0001_a", "0002_b")


def test_what_waits_for_review_is_refused_by_name() -> None:
    reviewed = mm.DropField("posts", "title", review="who still reads it?")
    graph = chain(
        migration("0001_a", create("posts", "title")), migration("0002_b", reviewed)
    )
    with pytest.raises(UsageError) as caught:
        refuse_reviews(plan_up(graph, []))
    assert caught.value.message == (
        "marked for review: 0002_b, operation 1 (drop posts.title): who still reads it?"
    )
    assert "--allow-review" in str(caught.value.hint)
    refuse_reviews(plan_down(graph, ["0001_a", "0002_b"]))
