from __future__ import annotations

import random
import subprocess
import sys

import pytest

import mm_engine as mm
from mm_engine.errors import GraphError, HistoryError
from mm_engine.migrations.graph import MigrationGraph
from written_migrations import step, table

DIAMOND = (
    step("0001_a"),
    step("0002_b", "0001_a"),
    step("0002_c", "0001_a"),
    step("0003_d", "0002_b", "0002_c"),
)


def names(migrations: tuple[mm.Migration, ...]) -> list[str]:
    return [migration.name for migration in migrations]


def test_parents_come_before_children_and_names_break_ties() -> None:
    graph = MigrationGraph.of(DIAMOND)
    assert names(graph.order()) == ["0001_a", "0002_b", "0002_c", "0003_d"]


def test_a_later_name_comes_first_where_an_earlier_one_needs_it() -> None:
    graph = MigrationGraph.of([step("0001_a", "0009_z"), step("0009_z")])
    assert names(graph.order()) == ["0009_z", "0001_a"]


def test_the_order_given_makes_no_difference() -> None:
    expected = MigrationGraph.of(DIAMOND)
    for seed in range(10):
        shuffled = random.Random(seed).sample(DIAMOND, len(DIAMOND))
        found = MigrationGraph.of(shuffled)
        assert found == expected
        assert found.order() == expected.order()


def test_leaves_and_roots_are_the_ends() -> None:
    graph = MigrationGraph.of(DIAMOND[:3])
    assert graph.leaves() == ("0002_b", "0002_c")
    assert graph.roots() == ("0001_a",)


def test_after_a_merge_there_are_no_branches() -> None:
    assert len(MigrationGraph.of(DIAMOND).leaves()) == 1


def test_an_empty_graph_has_an_empty_schema() -> None:
    graph = MigrationGraph.of([])
    assert (graph.order(), graph.leaves(), graph.schema()) == ((), (), mm.Schema())


def test_ancestors_and_descendants_come_in_order() -> None:
    graph = MigrationGraph.of(DIAMOND)
    assert graph.ancestors("0003_d") == ("0001_a", "0002_b", "0002_c")
    assert graph.descendants("0002_b") == ("0003_d",)
    assert graph.descendants("0003_d") == ()


def test_a_missing_parent_is_told_with_both_names_and_the_nearest() -> None:
    with pytest.raises(GraphError) as caught:
        MigrationGraph.of([step("0001_initial"), step("0002_b", "0001_inital")])
    assert str(caught.value) == (
        '"0002_b" depends on "0001_inital", which is not there\n'
        '  hint: did you mean "0001_initial"?'
    )


def test_a_circle_is_told_as_a_whole() -> None:
    circle = [step("0001_a", "0003_c"), step("0002_b", "0001_a")]
    with pytest.raises(GraphError, match="0001_a -> 0003_c -> 0002_b -> 0001_a"):
        MigrationGraph.of([*circle, step("0003_c", "0002_b"), step("0004_d", "0003_c")])


def test_a_migration_that_depends_on_itself_is_told() -> None:
    with pytest.raises(GraphError, match='"0001_a" depends on itself'):
        MigrationGraph.of([step("0001_a", "0001_a")])


def test_two_of_one_name_are_told() -> None:
    with pytest.raises(GraphError, match='two migrations are called "0001_a"'):
        MigrationGraph.of([step("0001_a"), step("0001_a")])


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("0001_initial", "0001_initial"),
        ("0002", "0002_posts"),
        ("0003_ta", "0003_tags"),
        ("2", "0002_posts"),
        ("0003", "0003"),
    ],
)
def test_a_name_may_be_given_by_its_beginning_or_number(prefix: str, name: str) -> None:
    parts = ("0001_initial", "0002_posts", "0003_tags", "0003_topics", "0003")
    assert MigrationGraph.of(map(step, parts)).resolve(prefix) == name


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("0002", '"0002" could be any of 2 migrations\n  hint: say more of the name'),
        ("2", "0002_b, 0002_c"),
        ("0003_e", 'there is no migration "0003_e"\n  hint: did you mean "0003_d"?'),
        ("xyz", "hint: there are 0001_a, 0002_b, 0002_c, 0003_d"),
        ("", "no migration was named\n  hint: there are "),
    ],
)
def test_a_name_that_is_not_clear_is_told_with_those_it_could_be(
    prefix: str, said: str
) -> None:
    with pytest.raises(GraphError) as caught:
        MigrationGraph.of(DIAMOND).resolve(prefix)
    assert said in str(caught.value)


def test_the_schema_follows_the_order_of_application() -> None:
    posts = step("0001_posts", does=(table("posts", "id"),))
    wide = mm.AlterField("posts", mm.Field("id", mm.BigInt()))
    small = mm.AlterField("posts", mm.Field("id", mm.SmallInt()))
    graph = MigrationGraph.of(
        [
            posts,
            step("0002_a", "0001_posts", does=(wide,)),
            step("0002_b", "0001_posts", does=(small,)),
        ]
    )
    late = graph.schema(["0001_posts", "0002_b", "0002_a"])
    assert graph.schema().table("posts").field("id").type == mm.SmallInt()
    assert late.table("posts").field("id").type == mm.BigInt()
    assert set(graph.schema(["0001_posts"]).tables) == {"posts"}


def test_an_applied_migration_without_a_file_is_told() -> None:
    with pytest.raises(HistoryError, match='"0009_gone" is applied'):
        MigrationGraph.of(DIAMOND).schema(["0001_a", "0009_gone"])


def test_a_check_needs_no_networkx() -> None:
    code = (
        "import sys\n"
        "from mm_engine.migrations.graph import MigrationGraph\n"
        "from mm_engine.migrations.migration import Migration\n"
        "one = Migration(name='0001_a', dependencies=[], operations=[])\n"
        "graph = MigrationGraph.of([one])\n"
        "graph.order(), graph.leaves(), graph.schema(), graph.ancestors('0001_a')\n"
        "assert 'networkx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_long_history_is_no_deep_recursion() -> None:
    chain = [step("00000_a")]
    chain += [step(f"{n:05}_a", f"{n - 1:05}_a") for n in range(1, 5000)]
    graph = MigrationGraph.of(chain)
    assert len(graph.ancestors("04999_a")) == 4999
    assert len(graph.order()) == 5000
