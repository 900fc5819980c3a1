from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import GraphError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.merge import Conflict, merge
from mm_engine.operations import Operation
from written_migrations import step, table

TITLE = mm.Field("title", mm.Varchar(100), nullable=False)
KEY = mm.ForeignKey(["boss"], "staff", references=["id"], name="fk")
STAFF = mm.CreateTable(
    "staff",
    fields=[mm.Field(name, mm.Integer()) for name in ("id", "boss")],
    indexes=[mm.Index(["boss"], name="ix")],
    uniques=[mm.Unique(["id"], name="uq")],
    checks=[mm.Check("id > 0", name="ck")],
    foreign_keys=[KEY],
)
START: tuple[Operation, ...] = (
    mm.CreateEnum(mm.Enum("status", ["new", "done"])),
    mm.SetDefaults({"sqlite": {"now": "CURRENT_TIMESTAMP"}}),
    mm.CreateTable(
        "posts",
        fields=[TITLE, mm.Field("price", mm.Integer())],
        indexes=[mm.Index(["title"], name="idx_title")],
    ),
    STAFF,
)


def branched(*branches: tuple[Operation, ...]) -> MigrationGraph:
    """A graph that starts alike and then goes one way for each branch."""
    ways = [
        step(f"0002_{name}", "0001_start", does=does)
        for name, does in zip("abc", branches, strict=False)
    ]
    return MigrationGraph.of([step("0001_start", does=START), *ways])


def title(**words: object) -> mm.AlterField:
    """The field as a branch has it that changed only these of its words."""
    said = {"type": TITLE.type, "nullable": False, **words}
    return mm.AlterField("posts", mm.Field("title", **said))  # type: ignore[arg-type]


def merged(
    graph: MigrationGraph, choices: Mapping[str, str] | None = None
) -> mm.Migration:
    found = merge(graph, choices)
    assert isinstance(found, mm.Migration), [str(conflict) for conflict in found]
    return found


def ends(graph: MigrationGraph, migration: mm.Migration) -> mm.Schema:
    """The schema after the merge, the same for every order of the branches."""
    whole = MigrationGraph.of([*graph.order(), migration])
    leaves = graph.leaves()
    expected = whole.schema()
    for n in range(len(leaves)):
        order = ["0001_start", *leaves[n:], *leaves[:n], migration.name]
        assert whole.schema(order) == expected
    assert whole.leaves() == (migration.name,)
    return expected


def test_branches_that_do_not_meet_need_no_operations() -> None:
    graph = branched((table("a", "id"),), (table("b", "id"),))
    found = merged(graph)
    assert found.name == "0003_merge_a_and_b"
    assert found.dependencies == ("0002_a", "0002_b")
    assert found.operations == ()
    ends(graph, found)


def test_two_changes_of_one_field_are_both_kept() -> None:
    graph = branched((title(type=mm.Text()),), (title(nullable=True),))
    found = merged(graph)
    assert found.operations == (
        mm.AlterField("posts", mm.Field("title", mm.Text(), nullable=True)),
    )
    assert ends(graph, found).table("posts").field("title") == mm.Field(
        "title", mm.Text()
    )


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    graph = branched(
        (title(type=mm.Text(), comment="x"),), (title(type=mm.Text(), nullable=True),)
    )
    field = ends(graph, merged(graph)).table("posts").field("title")
    assert field == mm.Field("title", mm.Text(), comment="x")


def test_one_thing_changed_in_two_ways_is_a_question() -> None:
    graph = branched((title(type=mm.Text()),), (title(type=mm.Varchar(200)),))
    assert merge(graph) == (
        Conflict(
            "merge:posts.title.type",
            "type of posts.title",
            {"0002_a": "mm.Text()", "0002_b": "mm.Varchar(200)"},
        ),
    )


@pytest.mark.parametrize(
    ("leaf", "type_"), [("0002_a", mm.Text()), ("0002_b", mm.Varchar(200))]
)
def test_the_answer_decides(leaf: str, type_: mm.Text | mm.Varchar) -> None:
    graph = branched((title(type=mm.Text()),), (title(type=mm.Varchar(200)),))
    found = merged(graph, {"merge:posts.title.type": leaf})
    assert ends(graph, found).table("posts").field("title").type == type_


def test_an_answer_that_names_no_leaf_is_refused() -> None:
    graph = branched((title(type=mm.Text()),), (title(type=mm.Varchar(200)),))
    with pytest.raises(GraphError, match="is no answer to merge:posts"):
        merge(graph, {"merge:posts.title.type": "0009_z"})


def test_three_branches_are_one_merge() -> None:
    graph = branched(
        (title(type=mm.Text()),), (title(nullable=True),), (title(comment="x"),)
    )
    found = merged(graph)
    assert found.dependencies == ("0002_a", "0002_b", "0002_c")
    field = ends(graph, found).table("posts").field("title")
    assert field == mm.Field("title", mm.Text(), comment="x")


def test_settings_of_both_sides_are_kept() -> None:
    now = {"now": "CURRENT_TIMESTAMP"}
    graph = branched(
        (mm.SetDefaults({"sqlite": {**now, "zero": "0"}}),),
        (mm.SetDefaults({"sqlite": now, "mysql": {"now": "NOW()"}}),),
    )
    assert ends(graph, merged(graph)).defaults == {
        "sqlite": {**now, "zero": "0"},
        "mysql": {"now": "NOW()"},
    }


def test_values_added_to_an_enum_on_both_sides_are_kept() -> None:
    graph = branched(
        (mm.AlterEnum(mm.Enum("status", ["new", "done", "late"])),),
        (mm.AlterEnum(mm.Enum("status", ["new", "done", "lost"])),),
    )
    enum = ends(graph, merged(graph)).enum("status")
    assert enum.values == ("new", "done", "late", "lost")


def test_comments_options_and_keys_are_settled_too() -> None:
    graph = branched(
        (
            mm.SetTableComment("posts", "What we write"),
            mm.AlterPrimaryKey("posts", mm.PrimaryKey(["title"], name="pk")),
        ),
        (mm.SetTableOptions("posts", {"mysql": {"engine": "InnoDB"}}),),
    )
    posts = ends(graph, merged(graph)).table("posts")
    assert posts.comment == "What we write"
    assert posts.primary_key == mm.PrimaryKey(["title"], name="pk")


def test_an_index_that_one_side_changed_is_as_that_side_has_it() -> None:
    def anew(field: str) -> tuple[Operation, ...]:
        index = mm.Index([field], name="idx_title")
        return (mm.DropIndex("posts", "idx_title"), mm.AddIndex("posts", index))

    same = (mm.DropIndex("posts", "idx_title"),)
    graph = branched((*anew("title"), *same, *anew("price")[1:]), anew("title"))
    found = merged(graph)
    index = ends(graph, found).table("posts").index("idx_title")
    assert index.fields == ("price",)


ALTERS: Mapping[str, tuple[Operation, Operation, Operation]] = {
    "index": (
        mm.AlterIndex("staff", mm.Index(["boss", "id"], name="ix")),
        mm.AlterIndex("staff", mm.Index(["boss"], name="ix", unique=True)),
        mm.AlterIndex("staff", STAFF.indexes[0]),
    ),
    "unique": (
        mm.AlterUnique("staff", mm.Unique(["id", "boss"], name="uq")),
        mm.AlterUnique("staff", mm.Unique(["boss"], name="uq")),
        mm.AlterUnique("staff", STAFF.uniques[0]),
    ),
    "check": (
        mm.AlterCheck("staff", mm.Check("id > 1", name="ck")),
        mm.AlterCheck("staff", mm.Check("id > 2", name="ck")),
        mm.AlterCheck("staff", STAFF.checks[0]),
    ),
    "foreign key": (
        mm.AlterForeignKey("staff", attrs.evolve(KEY, on_delete="CASCADE")),
        mm.AlterForeignKey("staff", attrs.evolve(KEY, deferrable="deferred")),
        mm.AlterForeignKey("staff", KEY),
    ),
}
"""A change of a part of each kind, another one, and the way back."""


@pytest.mark.parametrize("kind", ALTERS)
def test_a_part_that_one_side_altered_is_as_that_side_has_it(kind: str) -> None:
    change, other, back = ALTERS[kind]
    graph = branched((change,), (other, back))
    found = merged(graph)
    assert found.operations == (change,)
    ends(graph, found)


@pytest.mark.parametrize("kind", ALTERS)
def test_a_part_that_both_sides_altered_is_a_question(kind: str) -> None:
    change, other, _ = ALTERS[kind]
    graph = branched((change,), (other,))
    found = merge(graph)
    assert not isinstance(found, mm.Migration)
    [conflict] = found
    assert merged(graph, {conflict.id: "0002_a"}).operations == (change,)
    chosen = merged(graph, {conflict.id: "0002_b"})
    assert chosen.operations == (other,)
    ends(graph, chosen)


def test_sql_follows_a_field_that_was_renamed_on_the_other_side() -> None:
    check = mm.AddCheck("posts", mm.Check("price > 0", name="ck"))
    graph = branched((mm.RenameField("posts", "price", new="amount"),), (check,))
    posts = ends(graph, merged(graph)).table("posts")
    assert posts.check("ck").expression == "amount > 0"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (
            (table("tags", "id"),),
            (table("tags", "id"),),
            'cannot create table tags: there already is a table "tags"',
        ),
        (
            (mm.DropField("posts", "price"),),
            (mm.AlterField("posts", mm.Field("price", mm.BigInt())),),
            "0002_b does not fit behind 0002_a",
        ),
        (
            (mm.RenameTable("posts", "articles"),),
            (title(type=mm.Text()),),
            "0002_b does not fit behind 0002_a",
        ),
    ],
)
def test_branches_that_cannot_follow_each_other_are_told_with_a_way_out(
    one: tuple[Operation, ...], other: tuple[Operation, ...], said: str
) -> None:
    with pytest.raises(GraphError) as caught:
        merge(branched(one, other))
    assert said in str(caught.value)
    assert "take out of 0002_b what 0002_a does already" in (caught.value.hint or "")


def test_the_migration_that_is_in_the_way_is_named() -> None:
    graph = MigrationGraph.of(
        [
            step("0001_start", does=START),
            step("0002_a", "0001_start", does=(table("x", "id"),)),
            step("0003_a", "0002_a", does=(table("tags", "id"),)),
            step("0004_a", "0003_a", does=(table("y", "id"),)),
            step("0009_b", "0001_start", does=(table("tags", "id"),)),
        ]
    )
    with pytest.raises(GraphError, match="0009_b does not fit behind 0003_a"):
        merge(graph)


def test_without_branches_there_is_nothing_to_merge() -> None:
    with pytest.raises(GraphError, match="there is nothing to merge"):
        merge(MigrationGraph.of([step("0001_a")]))


@pytest.mark.parametrize(
    ("leaves", "name"),
    [
        (
            ("add_posts_status_and_3_more", "create_tags_and_2_more"),
            "merge_add_posts_status_and_create_tags",
        ),
        (
            ("create_coupons", "create_refunds_and_create_refund_reason"),
            "merge_create_coupons_and_create_refunds",
        ),
        (("a" * 40, "b" * 40), f"merge_{'a' * 19}_and_{'b' * 19}"),
        (("a", "b", "c"), "merge_a_and_b_and_c"),
        (tuple(letter * 12 for letter in "abcde"), "merge_5_branches"),
    ],
)
def test_the_name_says_what_was_merged(leaves: tuple[str, ...], name: str) -> None:
    graph = MigrationGraph.of(step(f"0001_{leaf}") for leaf in leaves)
    assert merged(graph).name == f"0002_{name}"


def test_a_field_that_both_sides_left_alone_is_not_touched() -> None:
    graph = branched((title(nullable=True),), (title(comment="x"),))
    [only] = merged(graph).operations
    assert isinstance(only, mm.AlterField)
    assert only.field.name == "title"
