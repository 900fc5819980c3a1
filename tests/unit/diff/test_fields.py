"""Fields and primary keys compared, and the order that both need."""

from __future__ import annotations

import attrs
import pytest

import mm_engine as mm
from mm_engine.diff import diff
from mm_engine.operations import Operation

TITLE = mm.Field("title", mm.Varchar(200), nullable=False)
ID = mm.Field("id", mm.Integer(), nullable=False)
UUID = mm.Field("uuid", mm.Uuid(), nullable=False)
KEY = mm.PrimaryKey(["id"], name="t_pkey")
UUID_KEY = mm.PrimaryKey(["uuid"], name="t_pkey")


def changes(
    old: list[mm.Field],
    new: list[mm.Field],
    keys: tuple[mm.PrimaryKey | None, mm.PrimaryKey | None] = (None, None),
) -> tuple[Operation, ...]:
    before = mm.Schema.of(mm.Table("t", old, primary_key=keys[0]))
    after = mm.Schema.of(mm.Table("t", new, primary_key=keys[1]))
    operations = diff(before, after)
    for operation in operations:
        before = operation.apply(before)
    assert before == after
    return operations


@pytest.mark.parametrize(
    "now",
    [
        attrs.evolve(TITLE, type=mm.Varchar(100)),
        attrs.evolve(TITLE, type=mm.Text()),
        attrs.evolve(TITLE, nullable=True),
        attrs.evolve(TITLE, default=mm.Literal("")),
        attrs.evolve(TITLE, auto_create=True),
        attrs.evolve(TITLE, auto_update=True),
        attrs.evolve(TITLE, comment="What it is called."),
        attrs.evolve(TITLE, options={"mysql": {"collation": "utf8mb4_bin"}}),
    ],
)
def test_whatever_differs_in_a_field_is_one_alteration(now: mm.Field) -> None:
    assert changes([TITLE], [now]) == (mm.AlterField("t", now),)
    assert changes([now], [TITLE]) == (mm.AlterField("t", TITLE),)


def test_several_differences_in_a_field_are_one_alteration_too() -> None:
    now = mm.Field("title", mm.Text(), default=mm.Literal("-"), comment="Said.")
    assert changes([TITLE], [now]) == (mm.AlterField("t", now),)


def test_the_order_of_fields_and_what_files_hint_at_is_no_difference() -> None:
    hinting = attrs.evolve(TITLE, renamed_from="headline")
    assert changes([TITLE, ID], [ID, hinting]) == ()


def test_new_fields_come_in_the_order_of_the_file() -> None:
    new = [ID, mm.Field("z", mm.Text()), TITLE, mm.Field("a", mm.Text())]
    added = changes([ID], new)
    assert [operation.describe() for operation in added] == [
        "add t.z",
        "add t.title",
        "add t.a",
    ]


def test_a_key_moves_to_a_new_field_before_the_old_one_goes() -> None:
    assert changes([ID, TITLE], [UUID, TITLE], (KEY, UUID_KEY)) == (
        mm.AddField("t", UUID),
        mm.AlterPrimaryKey("t", UUID_KEY),
        mm.DropField("t", "id"),
    )


def test_a_field_is_required_before_it_enters_a_key_and_optional_after_it_left() -> (
    None
):
    loose = attrs.evolve(UUID, nullable=True)
    optional = attrs.evolve(ID, nullable=True)
    assert changes([ID, loose], [optional, UUID], (KEY, UUID_KEY)) == (
        mm.AlterField("t", UUID),
        mm.AlterPrimaryKey("t", UUID_KEY),
        mm.AlterField("t", optional),
    )


def test_a_field_counts_only_while_it_is_a_key() -> None:
    counting = attrs.evolve(ID, type=mm.Serial())
    assert changes([counting, UUID], [ID, UUID], (KEY, UUID_KEY)) == (
        mm.AlterField("t", ID),
        mm.AlterPrimaryKey("t", UUID_KEY),
    )
    assert changes([ID, UUID], [counting, UUID], (UUID_KEY, KEY)) == (
        mm.AlterPrimaryKey("t", KEY),
        mm.AlterField("t", counting),
    )


def test_a_field_that_needs_both_sides_of_the_move_is_altered_twice() -> None:
    counting = attrs.evolve(ID, type=mm.Serial())
    optional = attrs.evolve(ID, nullable=True)
    assert changes([counting, UUID], [optional, UUID], (KEY, UUID_KEY)) == (
        mm.AlterField("t", ID),
        mm.AlterPrimaryKey("t", UUID_KEY),
        mm.AlterField("t", optional),
    )
    assert changes([optional, UUID], [counting, UUID], (UUID_KEY, KEY)) == (
        mm.AlterField("t", ID),
        mm.AlterPrimaryKey("t", KEY),
        mm.AlterField("t", counting),
    )


def test_a_key_comes_goes_and_changes_its_fields_in_one_step() -> None:
    both = mm.PrimaryKey(["id", "uuid"], name="t_pkey")
    turned = mm.PrimaryKey(["uuid", "id"], name="t_pkey")
    for old, new in ((None, KEY), (KEY, None), (KEY, both), (both, turned)):
        found = changes([ID, UUID], [ID, UUID], (old, new))
        assert found == (mm.AlterPrimaryKey("t", new),)


def test_a_key_with_another_written_name_is_altered_one_without_keeps_its_name() -> (
    None
):
    called = mm.PrimaryKey(["id"], name="called_so")
    assert changes([ID], [ID], (KEY, called)) == (mm.AlterPrimaryKey("t", called),)
    before = mm.Schema.of(mm.Table("t", [ID], primary_key=called))
    after = mm.Schema.of(mm.Table("t", [ID], primary_key=mm.PrimaryKey(["id"])))
    assert diff(before, after) == ()


def test_what_is_computed_comes_after_its_sources_and_goes_before_them() -> None:
    options = {"sqlite": {"generated": "price * 2"}}
    key = mm.Field("id", mm.Integer())
    double = mm.Field("double", mm.Integer(), options=options)
    half = mm.Field("zz_half", mm.Integer(), options=options)
    price = mm.Field("price", mm.Integer())
    bare = mm.Schema.of(mm.Table("t", [key]))
    full = mm.Schema.of(mm.Table("t", [key, double, half, price]))
    assert diff(bare, full) == tuple(
        mm.AddField("t", field) for field in (price, double, half)
    )
    assert diff(full, bare) == tuple(
        mm.DropField("t", name) for name in ("double", "zz_half", "price")
    )


def test_a_table_is_never_without_a_field_in_between() -> None:
    first, last = changes([TITLE], [UUID])
    assert isinstance(first, mm.AddField)
    assert isinstance(last, mm.DropField)
