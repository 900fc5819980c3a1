"""Names for what was written without one."""

from __future__ import annotations

import attrs

from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.naming import Named, named_table, shape, with_names
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import Integer
from mm_engine.model.values import Expression

POSTS = Table(
    "posts",
    [Field("id", Integer()), Field("a", Integer()), Field("b", Integer())],
    primary_key=PrimaryKey(("id",)),
    indexes=[Index((Desc("a"), Expression("lower(b)"))), Index(("b",), name="mine")],
    uniques=[Unique(("a", "b"))],
    checks=[Check("a > 0 and b > 0")],
    foreign_keys=[ForeignKey(("a",), "posts", references=("id",))],
)


def names(table: Table) -> list[str | None]:
    parts: tuple[Named, ...] = (
        *table.indexes,
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return [part.name for part in parts]


def test_a_name_says_what_it_is_on() -> None:
    named = named_table(POSTS)
    assert named.primary_key == PrimaryKey(("id",), name="posts_pkey")
    assert names(named) == [
        "idx_posts_a_expr",
        "mine",
        "uq_posts_a_b",
        "ck_posts_a_b",
        "fk_posts_a",
    ]


def test_names_that_are_there_stay_and_nothing_is_named_twice() -> None:
    named = with_names(Schema.of(POSTS), Schema())
    assert with_names(named, Schema()) == named


def test_a_part_keeps_the_name_it_had_before() -> None:
    before = with_names(Schema.of(POSTS), Schema())
    renamed = attrs.evolve(before.table("posts").indexes[0], name="old")
    before = Schema.of(
        attrs.evolve(
            before.table("posts"),
            indexes=[renamed, before.table("posts").indexes[1]],
        )
    )
    assert names(with_names(Schema.of(POSTS), before).table("posts"))[0] == "old"


def test_a_changed_part_keeps_the_name_of_what_was_in_its_place() -> None:
    before = with_names(Schema.of(POSTS), Schema())
    changed = attrs.evolve(POSTS, indexes=[Index(("b",), unique=True)])
    before_table = attrs.evolve(
        before.table("posts"), indexes=[Index(("b",), name="was")]
    )
    after = with_names(Schema.of(changed), Schema.of(before_table))
    assert names(after.table("posts"))[0] == "was"


def test_a_new_name_is_one_that_nothing_has() -> None:
    twice = attrs.evolve(POSTS, indexes=[Index(("a",)), Index(("a",), where="b > 0")])
    other = Table(
        "uq", [Field("x", Integer())], indexes=[Index(("x",), name="idx_posts_a")]
    )
    after = with_names(Schema.of(twice, other), Schema())
    taken = [*names(after.table("posts")), *names(after.table("uq"))]
    assert len(taken) == len(set(taken))


def test_the_order_of_parts_has_no_influence() -> None:
    backwards = attrs.evolve(
        POSTS, indexes=tuple(reversed(POSTS.indexes)), fields=POSTS.fields[::-1]
    )
    assert named_table(backwards) == named_table(POSTS)


def test_shape_is_all_but_the_name() -> None:
    assert shape(Index(("a",), name="x")) == Index(("a",))
