"""Tables made and dropped, with their references at the right time."""

from __future__ import annotations

import attrs

import mm_engine as mm
from mm_engine.diff import diff
from mm_engine.operations import Operation

USERS = mm.Table(
    "users",
    [mm.Field("id", mm.Integer(), nullable=False), mm.Field("code", mm.Integer())],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)
TO_ID = mm.ForeignKey(["user_id"], "users", references=["id"], name="fk")
TO_CODE = attrs.evolve(TO_ID, references=["code"])
BY_CODE = mm.Unique(["code"], name="uq")


def posts(key: mm.ForeignKey) -> mm.Table:
    field = mm.Field("user_id", mm.Integer())
    return mm.Table("posts", [field], foreign_keys=[key])


def changes(before: mm.Schema, after: mm.Schema) -> tuple[Operation, ...]:
    operations = diff(before, after)
    for operation in operations:
        before = operation.apply(before)
    assert before == after
    return operations


def test_a_new_table_is_made_with_its_references_to_tables_that_are_there() -> None:
    after = mm.Schema.of(USERS, posts(TO_ID))
    assert changes(mm.Schema.of(USERS), after) == (mm.CreateTable.of(posts(TO_ID)),)


def test_a_new_table_keeps_the_order_of_the_file() -> None:
    table = mm.Table("t", [mm.Field("z", mm.Text()), mm.Field("a", mm.Text())])
    [created] = changes(mm.Schema(), mm.Schema.of(table))
    assert isinstance(created, mm.CreateTable)
    assert [field.name for field in created.fields] == ["z", "a"]


def test_a_table_can_refer_to_itself_from_the_start() -> None:
    key = mm.ForeignKey(["code"], "users", references=["id"], name="fk")
    table = attrs.evolve(USERS, foreign_keys=[key])
    assert changes(mm.Schema(), mm.Schema.of(table)) == (mm.CreateTable.of(table),)


def test_a_reference_to_a_key_that_is_yet_to_come_is_added_after_it() -> None:
    keyed = attrs.evolve(USERS, uniques=[BY_CODE])
    assert changes(mm.Schema.of(USERS), mm.Schema.of(keyed, posts(TO_CODE))) == (
        mm.CreateTable.of(attrs.evolve(posts(TO_CODE), foreign_keys=[])),
        mm.AddUnique("users", BY_CODE),
        mm.AddForeignKey("posts", TO_CODE),
    )


def test_a_reference_to_a_field_of_a_type_yet_to_come_is_added_after_it() -> None:
    keyed = attrs.evolve(USERS, uniques=[BY_CODE])
    narrow = keyed.replacing(mm.Field("code", mm.Text()))
    assert changes(mm.Schema.of(narrow), mm.Schema.of(keyed, posts(TO_CODE))) == (
        mm.CreateTable.of(attrs.evolve(posts(TO_CODE), foreign_keys=[])),
        mm.AlterField("users", USERS.field("code")),
        mm.AddForeignKey("posts", TO_CODE),
    )


def test_a_reference_to_a_primary_key_that_moved_can_stand_in_the_table() -> None:
    code = attrs.evolve(USERS.field("code"), nullable=False)
    before = attrs.evolve(
        USERS.replacing(code), primary_key=mm.PrimaryKey(["id"], name="users_pkey")
    )
    after = attrs.evolve(before, primary_key=mm.PrimaryKey(["code"], name="users_pkey"))
    assert changes(mm.Schema.of(before), mm.Schema.of(after, posts(TO_CODE))) == (
        mm.AlterPrimaryKey("users", after.primary_key),
        mm.CreateTable.of(posts(TO_CODE)),
    )


def test_a_field_becomes_a_table_and_a_table_a_field() -> None:
    before = mm.Schema.of(USERS)
    after = mm.Schema.of(
        attrs.evolve(USERS, fields=USERS.fields[:1]),
        mm.Table("code", [mm.Field("id", mm.Integer())]),
    )
    assert [operation.describe() for operation in changes(before, after)] == [
        "drop users.code",
        "create table code",
    ]


def test_comment_and_options_of_a_table_are_set_and_taken_away() -> None:
    said = attrs.evolve(
        USERS, comment="People.", options={"mysql": {"engine": "InnoDB"}}
    )
    assert changes(mm.Schema.of(USERS), mm.Schema.of(said)) == (
        mm.SetTableComment("users", "People."),
        mm.SetTableOptions("users", said.options),
    )
    assert changes(mm.Schema.of(said), mm.Schema.of(USERS)) == (
        mm.SetTableComment("users", None),
        mm.SetTableOptions("users", {}),
    )
