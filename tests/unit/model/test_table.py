"""Tables and schemas: values that are replaced, never changed."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from mm_engine.errors import Position, StateError
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import Array, EnumOf, Integer, Native, Text
from mm_engine.model.values import Expression

USERS = Table(
    "users",
    [
        Field("id", Integer(), nullable=False),
        Field("a", Text(), at=Position("x", 1, 1)),
        Field("b", Text()),
        Field("c", Text()),
        Field("up", Integer()),
    ],
    primary_key=PrimaryKey(("id",)),
    indexes=[
        Index(("a", Desc("b")), name="i"),
        Index((Expression("lower(a)"),), name="j", where="b is null"),
        Index(("id",), name="k", include=["a"]),
    ],
    uniques=[Unique(("a", "b"), name="u")],
    checks=[Check("a <> 'b'", name="ck")],
    foreign_keys=[ForeignKey(("up",), "users", references=("id",), name="fk")],
)
POSTS = Table(
    "posts",
    [Field("user_id", Integer()), Field("mood", Array(EnumOf("mood")))],
    foreign_keys=[ForeignKey(("user_id",), "users", references=("id",), name="fk2")],
)
SCHEMA = Schema(
    {"users": USERS, "posts": POSTS}, enums={"mood": Enum("mood", ("good", "bad"))}
)


def test_tables_are_equal_in_any_order_of_their_parts_and_wherever_they_stand() -> None:
    other = attrs.evolve(
        USERS,
        fields=tuple(attrs.evolve(f, at=None) for f in reversed(USERS.fields)),
        indexes=USERS.indexes[::-1],
        renamed_from="people",
    )
    assert other == USERS
    assert attrs.evolve(USERS, comment="x") != USERS
    assert attrs.evolve(USERS, indexes=USERS.indexes[:1]) != USERS


def test_a_renamed_field_is_renamed_wherever_it_is_spoken_of() -> None:
    table = USERS.with_field_renamed("a", "z").with_field_renamed("b", "y")
    assert table.indexes == (
        Index(("z", Desc("y")), name="i"),
        Index((Expression("lower(z)"),), name="j", where="y is null"),
        Index(("id",), name="k", include=["z"]),
    )
    assert table.uniques == (Unique(("z", "y"), name="u"),)
    assert table.checks == (Check("z <> 'b'", name="ck"),)


def test_a_renamed_field_is_renamed_in_what_is_computed_from_it() -> None:
    options = {"sqlite": {"generated": "a || 'a'", "collate": "a"}, "mysql": {"x": "a"}}
    computed = Field("d", Text(), options=options)
    table = USERS.with_field(computed).with_field_renamed("a", "z")
    assert table.field("d").options == {
        "sqlite": {"generated": "z || 'a'", "collate": "a"},
        "mysql": {"x": "a"},
    }


def test_a_renamed_key_is_renamed_in_the_tables_that_refer_to_it() -> None:
    schema = SCHEMA.with_field_renamed("users", "id", "number")
    assert schema.table("users").primary_key == PrimaryKey(("number",))
    assert schema.table("users").foreign_keys[0].references == ("number",)
    assert schema.table("posts").foreign_keys[0].references == ("number",)


def test_a_renamed_table_keeps_its_place_and_its_references() -> None:
    schema = SCHEMA.with_table_renamed("users", "people")
    assert list(schema.tables) == ["people", "posts"]
    assert schema.table("posts").foreign_keys[0].table == "people"
    assert schema.table("people").foreign_keys[0].table == "people"


def test_a_renamed_enum_is_renamed_in_arrays_and_fallbacks() -> None:
    field = Field("x", Native({"sqlite": "y"}, otherwise=EnumOf("mood")))
    schema = SCHEMA.with_table(Table("t", [field])).with_enum_renamed("mood", "temper")
    assert schema.table("posts").field("mood").type == Array(EnumOf("temper"))
    assert [t.name for t, _ in schema.fields_of_enum("temper")] == ["posts", "t"]


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: USERS.field("aa"), 'table "users" has no field "aa"'),
    (lambda: USERS.index("l"), 'table "users" has no index "l"'),
    (lambda: USERS.with_field(Field("a", Text())), 'already has a field "a"'),
    (
        lambda: USERS.without_field("a"),
        "is still used by index i, index j, index k, unique",
    ),
    (lambda: USERS.without_field("id"), "is still used by the primary key"),
    (lambda: USERS.without_field("up"), "is still used by foreign key fk"),
    (lambda: USERS.with_field_renamed("a", "b"), 'already has a field "b"'),
    (lambda: USERS.with_field_renamed("no", "x"), 'has no field "no"'),
    (lambda: SCHEMA.table("user"), 'there is no table "user"'),
    (lambda: SCHEMA.without_table("users"), "still referred to by posts.fk2"),
    (lambda: SCHEMA.with_table_renamed("users", "posts"), "already is a table"),
    (lambda: SCHEMA.without_enum("mood"), "still used by posts.mood"),
    (lambda: SCHEMA.enum("mod"), 'there is no enum "mod"'),
]


@pytest.mark.parametrize(("act", "message"), REFUSED)
def test_what_does_not_fit_is_refused(act: Callable[[], object], message: str) -> None:
    with pytest.raises(StateError, match=message):
        act()


def test_a_field_that_nothing_needs_can_go() -> None:
    assert not USERS.without_field("c").has_field("c")


def test_a_table_that_refers_only_to_itself_can_go() -> None:
    assert list(SCHEMA.without_table("posts").without_table("users").tables) == []


def test_databases_without_settings_are_no_difference() -> None:
    assert Schema(defaults={"mysql": {}}) == Schema()
