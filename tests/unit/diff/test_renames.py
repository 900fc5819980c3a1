"""Renames that are known, in an order that works."""

from __future__ import annotations

import attrs
import pytest

import mm_engine as mm
from mm_engine.diff import Renames, diff
from mm_engine.errors import StateError
from mm_engine.operations import Operation

A, B, C = (mm.Field(name, mm.Integer()) for name in "abc")
MOOD = mm.Enum("mood", ["sad", "ok"])


def table(name: str, *fields: mm.Field) -> mm.Table:
    return mm.Table(name, fields)


def changes(
    before: mm.Schema, after: mm.Schema, renames: Renames
) -> tuple[Operation, ...]:
    operations = diff(before, after, renames)
    for operation in operations:
        before = operation.apply(before)
    assert before == after
    return operations


def test_a_table_and_its_fields_are_renamed_at_once() -> None:
    renames = Renames(tables={"t": "u"}, fields={("u", "a"): "b"})
    before, after = mm.Schema.of(table("t", A)), mm.Schema.of(table("u", B))
    assert changes(before, after, renames) == (
        mm.RenameTable("t", "u"),
        mm.RenameField("u", "a", new="b"),
    )


def test_a_renamed_thing_is_altered_under_its_new_name() -> None:
    wide = mm.Field("b", mm.BigInt())
    before, after = mm.Schema.of(table("t", A)), mm.Schema.of(table("t", wide))
    assert changes(before, after, Renames(fields={("t", "a"): "b"})) == (
        mm.RenameField("t", "a", new="b"),
        mm.AlterField("t", wide),
    )


def test_a_name_that_was_left_can_be_taken_at_once() -> None:
    before = mm.Schema.of(table("t", A))
    after = mm.Schema.of(table("u", A), table("t", C))
    assert changes(before, after, Renames(tables={"t": "u"})) == (
        mm.RenameTable("t", "u"),
        mm.CreateTable.of(table("t", C)),
    )


def test_names_that_move_up_one_by_one_start_at_the_end() -> None:
    renames = Renames(fields={("t", "a"): "b", ("t", "b"): "c"})
    before, after = mm.Schema.of(table("t", A, B)), mm.Schema.of(table("t", B, C))
    assert changes(before, after, renames) == (
        mm.RenameField("t", "b", new="c"),
        mm.RenameField("t", "a", new="b"),
    )


def test_names_that_change_places_go_by_way_of_one_that_nothing_has() -> None:
    long = mm.Field("a", mm.BigInt())
    taken = mm.Field("b_renamed", mm.Text())
    before = mm.Schema.of(table("t", long, B, taken))
    after = mm.Schema.of(
        table("t", A, attrs.evolve(long, name="b"), taken),
    )
    renames = Renames(fields={("t", "a"): "b", ("t", "b"): "a"})
    assert changes(before, after, renames) == (
        mm.RenameField("t", "b", new="b_renamed_2"),
        mm.RenameField("t", "a", new="b"),
        mm.RenameField("t", "b_renamed_2", new="a"),
    )


def test_tables_and_enums_change_places_too() -> None:
    tables = Renames(tables={"t": "u", "u": "t"})
    before = mm.Schema.of(table("t", A), table("u", B))
    after = mm.Schema.of(table("t", B), table("u", A))
    assert len(changes(before, after, tables)) == 3
    enums = Renames(enums={"mood": "size", "size": "mood"})
    size = mm.Enum("size", ["s", "m"])
    old = mm.Schema(enums={"mood": MOOD, "size": size})
    new = mm.Schema(
        enums={
            "mood": attrs.evolve(size, name="mood"),
            "size": attrs.evolve(MOOD, name="size"),
        }
    )
    assert len(changes(old, new, enums)) == 3


def test_an_enum_is_renamed_with_its_values_and_the_defaults_that_say_them() -> None:
    renames = Renames(enums={"mood": "temper"}, values={("temper", "sad"): "low"})
    field = mm.Field("m", mm.EnumOf("mood"), default=mm.Literal("sad"))
    now = mm.Field("m", mm.EnumOf("temper"), default=mm.Literal("low"))
    temper = mm.Enum("temper", ["low", "ok"])
    before = attrs.evolve(mm.Schema.of(table("t", field)), enums={"mood": MOOD})
    after = attrs.evolve(mm.Schema.of(table("t", now)), enums={"temper": temper})
    assert changes(before, after, renames) == (
        mm.RenameEnum("mood", "temper"),
        mm.AlterEnum(temper, renamed={"sad": "low"}),
    )


def test_indexes_and_constraints_are_renamed_even_if_they_change() -> None:
    renames = Renames(indexes={("t", "ix"): "by_a"}, constraints={("t", "ck"): "pos"})
    before = mm.Schema.of(
        attrs.evolve(
            table("t", A, B),
            indexes=[mm.Index(["a"], name="ix")],
            checks=[mm.Check("a > 0", name="ck")],
        )
    )
    after = mm.Schema.of(
        attrs.evolve(
            table("t", A, B),
            indexes=[mm.Index(["a"], name="by_a", unique=True)],
            checks=[mm.Check("a > 0", name="pos")],
        )
    )
    assert [o.describe() for o in changes(before, after, renames)] == [
        "rename index ix of t to by_a",
        "rename constraint ck of t to pos",
        "alter index by_a of t",
    ]


def test_a_rename_leaves_no_other_difference_behind() -> None:
    """Keys, indexes and SQL that spoke of the old name speak of the new one."""
    users = mm.Table(
        "users",
        [mm.Field("id", mm.Integer(), nullable=False), A],
        primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
        indexes=[mm.Index(["a"], name="ix", where="a > 0")],
        checks=[mm.Check("a >= 0", name="ck")],
    )
    key = mm.ForeignKey(["b"], "users", references=["id"], name="fk")
    before = mm.Schema.of(users, attrs.evolve(table("posts", B), foreign_keys=[key]))
    people = mm.Table(
        "people",
        [mm.Field("nr", mm.Integer(), nullable=False), mm.Field("age", mm.Integer())],
        primary_key=mm.PrimaryKey(["nr"]),
        indexes=[mm.Index(["age"], where="age > 0")],
        checks=[mm.Check("age >= 0")],
    )
    key = mm.ForeignKey(["b"], "people", references=["nr"])
    after = mm.Schema.of(people, attrs.evolve(table("posts", B), foreign_keys=[key]))
    renames = Renames(
        tables={"users": "people"},
        fields={("people", "id"): "nr", ("people", "a"): "age"},
    )
    assert diff(before, after, renames) == (
        mm.RenameTable("users", "people"),
        mm.RenameField("people", "a", new="age"),
        mm.RenameField("people", "id", new="nr"),
    )


def test_a_rename_of_nothing_is_refused() -> None:
    schema = mm.Schema.of(table("t", A))
    with pytest.raises(StateError, match='no table "u"'):
        diff(schema, schema, Renames(tables={"u": "t"}))


def test_of_two_sets_of_renames_the_later_wins() -> None:
    first = Renames(tables={"a": "b", "c": "d"})
    both = first.merged(Renames(tables={"a": "x"}, enums={"e": "f"}))
    assert both == Renames(tables={"a": "x", "c": "d"}, enums={"e": "f"})
