from __future__ import annotations

import attrs
import pytest

import mm_engine as mm
from mm_engine.migrations.optimize import optimized
from mm_engine.operations import Operation
from written_migrations import table

POSTS = table("posts", "id")
TITLE = mm.AddField("posts", mm.Field("title", mm.Text()))
INDEX = mm.AddIndex("posts", mm.Index(["title"], name="idx"))
KEY = mm.AddForeignKey(
    "tags", mm.ForeignKey(["id"], "posts", references=["id"], name="fk")
)
WIDE = mm.Field("title", mm.Text(), nullable=False)
ZERO = mm.SetDefaults({"sqlite": {"zero": "0"}})
SQL = mm.RunSQL("UPDATE posts SET title = ''")


UNIQUE = mm.Unique(["id"], name="uq")
PAIR = mm.Unique(["id", "title"], name="uq")
CHECK, CHECKED = mm.Check("id > 0", name="ck"), mm.Check("id > 1", name="ck")
STARRED = mm.Index([mm.Desc("title")], name="idx")
CLEARED = attrs.evolve(KEY.foreign_key, on_delete="SET NULL")


def fields(operation: Operation) -> list[str]:
    assert isinstance(operation, mm.CreateTable)
    return [field.name for field in operation.fields]


def test_what_is_added_to_a_new_table_is_made_with_it() -> None:
    [only] = optimized([POSTS, TITLE, INDEX, mm.SetTableComment("posts", "x")])
    assert isinstance(only, mm.CreateTable)
    assert fields(only) == ["id", "title"]
    assert (only.indexes, only.comment) == ((INDEX.index,), "x")


def test_what_is_altered_on_a_new_table_is_made_so() -> None:
    made = table("tags", "id", "title")
    [other, only] = optimized(
        [
            made,
            POSTS,
            mm.AddIndex("tags", INDEX.index),
            mm.AddUnique("tags", UNIQUE),
            mm.AddCheck("tags", CHECK),
            KEY,
            mm.AlterIndex("tags", STARRED),
            mm.AlterUnique("tags", PAIR),
            mm.AlterCheck("tags", CHECKED),
            mm.AlterForeignKey("tags", CLEARED),
        ]
    )
    assert other == POSTS
    assert isinstance(only, mm.CreateTable)
    assert (only.indexes, only.uniques) == ((STARRED,), (PAIR,))
    assert (only.checks, only.foreign_keys) == ((CHECKED,), (CLEARED,))


def test_a_table_may_be_renamed_and_its_fields_too() -> None:
    rename = mm.RenameField("posts", "title", new="name")
    [only] = optimized([POSTS, TITLE, rename, mm.RenameTable("posts", "articles")])
    assert isinstance(only, mm.CreateTable)
    assert (only.name, fields(only)) == ("articles", ["id", "name"])


def test_a_table_waits_for_the_enum_it_needs() -> None:
    enum = mm.CreateEnum(mm.Enum("status", ["new"]))
    state = mm.AddField("posts", mm.Field("state", mm.EnumOf("status")))
    first, second = optimized([POSTS, enum, state])
    assert first == enum
    assert fields(second) == ["id", "state"]


def test_a_foreign_key_waits_for_the_table_it_refers_to() -> None:
    assert optimized([table("tags", "id"), POSTS, KEY])[0] == POSTS


def test_tables_that_refer_to_each_other_keep_the_key_apart() -> None:
    back = mm.AddForeignKey(
        "posts", mm.ForeignKey(["id"], "tags", references=["id"], name="back")
    )
    found = optimized([POSTS, table("tags", "id"), KEY, back])
    assert [type(operation).__name__ for operation in found] == [
        "CreateTable",
        "CreateTable",
        "AddForeignKey",
    ]


@pytest.mark.parametrize(
    "operations",
    [
        (POSTS, mm.DropTable("posts")),
        (POSTS, TITLE, INDEX, mm.DropTable("posts")),
        (TITLE, mm.DropField("posts", "title")),
        (INDEX, mm.RenameIndex("posts", "idx", new="b"), mm.DropIndex("posts", "b")),
        (
            mm.RenameField("posts", "a", new="b"),
            mm.RenameField("posts", "b", new="a"),
        ),
        (
            mm.CreateEnum(mm.Enum("a", ["x"])),
            mm.RenameEnum("a", "b"),
            mm.DropEnum("b"),
        ),
        (
            KEY,
            mm.RenameConstraint("tags", "fk", new="k"),
            mm.DropForeignKey("tags", "k"),
        ),
        (
            mm.AddCheck("posts", mm.Check("id > 0", name="ck")),
            mm.DropCheck("posts", "ck"),
        ),
        (mm.RenameTable("a", "b"), mm.RenameTable("b", "a")),
    ],
)
def test_what_comes_and_goes_leaves_nothing(operations: tuple[Operation, ...]) -> None:
    assert optimized(operations) == ()


@pytest.mark.parametrize(
    ("operations", "left"),
    [
        (
            (TITLE, mm.AlterField("posts", WIDE, one_off=mm.Literal("x"))),
            mm.AddField("posts", WIDE, one_off=mm.Literal("x")),
        ),
        (
            (mm.AlterField("posts", WIDE), mm.DropField("posts", "title")),
            mm.DropField("posts", "title"),
        ),
        (
            (mm.RenameTable("a", "b"), mm.RenameTable("b", "c")),
            mm.RenameTable("a", "c"),
        ),
        ((mm.RenameTable("a", "b"), mm.DropTable("b")), mm.DropTable("a")),
        ((mm.SetDefaults({}), ZERO), ZERO),
        ((INDEX, mm.AlterIndex("posts", STARRED)), mm.AddIndex("posts", STARRED)),
        (
            (mm.AddUnique("posts", UNIQUE), mm.AlterUnique("posts", PAIR)),
            mm.AddUnique("posts", PAIR),
        ),
        (
            (mm.AddCheck("posts", CHECK), mm.AlterCheck("posts", CHECKED)),
            mm.AddCheck("posts", CHECKED),
        ),
        (
            (KEY, mm.AlterForeignKey("tags", CLEARED)),
            mm.AddForeignKey("tags", CLEARED),
        ),
        (
            (mm.AlterCheck("posts", CHECK), mm.AlterCheck("posts", CHECKED)),
            mm.AlterCheck("posts", CHECKED),
        ),
        (
            (mm.AlterIndex("posts", STARRED), mm.DropIndex("posts", "idx")),
            mm.DropIndex("posts", "idx"),
        ),
        (
            (mm.AlterUnique("posts", PAIR), mm.DropUnique("posts", "uq")),
            mm.DropUnique("posts", "uq"),
        ),
        (
            (mm.AlterForeignKey("tags", CLEARED), mm.DropForeignKey("tags", "fk")),
            mm.DropForeignKey("tags", "fk"),
        ),
    ],
)
def test_two_become_one(operations: tuple[Operation, ...], left: Operation) -> None:
    assert optimized(operations) == (left,)


@pytest.mark.parametrize(
    "operations",
    [
        (POSTS, SQL, TITLE),
        (POSTS, mm.UpsertData("posts", keys=["id"], rows=[{"id": "a"}]), TITLE),
        (POSTS, mm.AddField("posts", TITLE.field, schema_only=True)),
        (POSTS, mm.AddField("posts", TITLE.field, review="why?")),
        (TITLE, mm.AlterField("posts", mm.Field("title", mm.Varchar(9)))),
        (
            TITLE,
            mm.AlterField(
                "posts", mm.Field("title", mm.Text(), default=mm.Literal("x"))
            ),
        ),
        (
            mm.AlterField("posts", WIDE, one_off=mm.Literal("x")),
            mm.AlterField("posts", TITLE.field),
        ),
        (POSTS, mm.RenameTable("posts", "b"), table("posts", "id"))[:1],
        (mm.SetDefaults({}), POSTS, mm.SetDefaults({"sqlite": {"a": "1"}})),
        (mm.AddUnique("posts", UNIQUE), KEY, mm.AlterUnique("posts", PAIR)),
        (
            mm.AlterForeignKey("tags", KEY.foreign_key),
            mm.DropTable("people"),
            mm.AlterForeignKey("tags", CLEARED),
        ),
        (mm.AlterCheck("posts", CHECK), mm.AlterCheck("tags", CHECKED)),
        (mm.AlterUnique("posts", UNIQUE), mm.AlterCheck("posts", CHECKED)),
    ],
)
def test_what_rows_could_tell_apart_stays(operations: tuple[Operation, ...]) -> None:
    assert optimized(operations) == operations
