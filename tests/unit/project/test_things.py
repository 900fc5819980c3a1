"""What an operation is about is found before it and after it, in words of YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import Position
from mm_engine.migrations.facts import facts
from mm_engine.project.things import thing, words_around
from mm_engine.project.whereabouts import Whereabouts

if TYPE_CHECKING:
    from mm_engine.operations import Operation
    from mm_engine.project.things import Words

STATUS = mm.Enum("status", ["open", "shut"])
USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("email", mm.Varchar(200), default=mm.Literal("none")),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    indexes=[mm.Index(["email"], name="idx_email")],
    uniques=[mm.Unique(["email"], name="uq_email")],
    checks=[mm.Check("id > 0", name="ck_id")],
    foreign_keys=[mm.ForeignKey(["id"], "users", references=["id"], name="fk_id")],
)
BEFORE = USERS.apply(mm.CreateEnum(STATUS).apply(mm.Schema()))
STRICT = {"sqlite": {"strict": "true"}}
EMAIL = {"name": "email", "type": "varchar", "length": 200, "default": "none"}
TIMES = mm.Field("at", mm.Timestamp(), default=mm.Expression("now() + '1 day'"))


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (
            mm.AddField("users", TIMES),
            None,
            {
                "name": "at",
                "type": "timestamp",
                "default": "now() + '1 day'",
                "nullable": True,
            },
        ),
        (
            mm.AlterField("users", mm.Field("email", mm.Text(), nullable=False)),
            {**EMAIL, "nullable": True},
            {"name": "email", "type": "text", "nullable": False},
        ),
        (
            mm.AlterIndex("users", mm.Index(["id"], name="idx_email", unique=True)),
            {"name": "idx_email", "fields": ["email"]},
            {"name": "idx_email", "fields": ["id"], "unique": True},
        ),
        (
            mm.DropIndex("users", "idx_email"),
            {"name": "idx_email", "fields": ["email"]},
            None,
        ),
        (
            mm.DropUnique("users", "uq_email"),
            {"name": "uq_email", "fields": ["email"]},
            None,
        ),
        (
            mm.AddCheck("users", mm.Check("id < 9", name="ck_nine")),
            None,
            {"name": "ck_nine", "expression": "id < 9"},
        ),
        (
            mm.AlterUnique("users", mm.Unique(["email", "id"], name="uq_email")),
            {"name": "uq_email", "fields": ["email"]},
            {"name": "uq_email", "fields": ["email", "id"]},
        ),
        (
            mm.AlterCheck("users", mm.Check("id > 9", name="ck_id")),
            {"name": "ck_id", "expression": "id > 0"},
            {"name": "ck_id", "expression": "id > 9"},
        ),
        (
            mm.DropForeignKey("users", "fk_id"),
            {
                "fields": ["id"],
                "table": "users",
                "references": ["id"],
                "on_delete": "NO ACTION",
                "name": "fk_id",
            },
            None,
        ),
        (
            mm.AlterPrimaryKey("users", None),
            {"fields": ["id"], "name": "users_pkey"},
            None,
        ),
        (mm.SetTableComment("users", "people"), None, {"comment": "people"}),
        (
            mm.SetTableOptions("users", STRICT),
            {"options": {}},
            {"options": {"sqlite": {"strict": "true"}}},
        ),
        (
            mm.AlterEnum(attrs.evolve(STATUS, values=["open"])),
            {"name": "status", "values": ["open", "shut"]},
            {"name": "status", "values": ["open"]},
        ),
        (
            mm.RenameField("users", "email", new="mail"),
            {"name": "email"},
            {"name": "mail"},
        ),
        (mm.RunSQL("SELECT 1"), None, None),
    ],
    ids=lambda value: type(value).__name__ if attrs.has(type(value)) else "",
)
def test_a_thing_is_told_before_and_after(
    operation: Operation, before: Words | None, after: Words | None
) -> None:
    assert words_around(operation, BEFORE) == (before, after)


def test_every_fact_of_a_schema_has_an_operation_that_leads_to_it() -> None:
    operations: list[Operation] = [
        *(mm.DropTable("users"), mm.AlterPrimaryKey("users", None)),
        *(mm.SetTableComment("users", "people"), mm.SetTableOptions("users", STRICT)),
        mm.AlterField("users", mm.Field("id", mm.Text(), nullable=False)),
        mm.AlterField("users", mm.Field("email", mm.Text())),
        *(mm.DropIndex("users", "idx_email"), mm.DropUnique("users", "uq_email")),
        *(mm.DropCheck("users", "ck_id"), mm.DropForeignKey("users", "fk_id")),
        mm.DropEnum("status"),
    ]
    led_to = {thing(one, BEFORE) for one in operations}
    assert led_to == {path[:3] for path in facts(BEFORE)}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (mm.CreateTable("at", fields=[TIMES]), ("table", "at")),
        (mm.RenameTable("users", "people"), ("table", "users")),
        (mm.AddField("users", TIMES), ("field", "users", "at")),
        (mm.RenameField("users", "email", new="mail"), ("field", "users", "email")),
        (
            mm.RenameConstraint("users", "ck_id", new="ck"),
            ("check", "users", "ck_id"),
        ),
        (
            mm.AddIndex("users", mm.Index(["id"], name="users")),
            ("index", "users", "users"),
        ),
        (mm.RenameEnum("status", "state"), ("enum", "status")),
        (mm.SetTableComment("users", None), None),
        (
            mm.RunSQL("…", state_operations=[mm.DropIndex("users", "idx_email")]),
            None,
        ),
    ],
    ids=lambda value: type(value).__name__ if attrs.has(type(value)) else "",
)
def test_an_operation_is_about_one_thing_under_its_old_name(
    operation: Operation, path: tuple[str, ...] | None
) -> None:
    assert thing(operation, BEFORE) == path


def test_a_place_is_followed_through_renames() -> None:
    migration = mm.Migration(
        name="a", dependencies=[], operations=[mm.CreateEnum(STATUS), USERS]
    )
    email = BEFORE.table("users").field("email")
    at = Position("schema/schema.yaml", 5, 9)
    around = attrs.evolve(at, line=2)
    table = attrs.evolve(
        BEFORE.table("users").replacing(attrs.evolve(email, at=at)), at=around
    )
    places = Whereabouts.of(BEFORE.with_table(table), [migration], BEFORE)
    renamed = places.after(mm.RenameTable("users", "people")).after(
        mm.RenameField("people", "email", new="mail")
    )
    mail = ("field", "people", "mail")
    assert renamed.position(mail) == at
    origin = renamed.origin(mail)
    assert origin is not None
    assert origin.made.name == "a"
    new = ("field", "people", "at")
    assert (renamed.position(new), renamed.origin(new)) == (around, None)
    assert places.position(mail) is None
