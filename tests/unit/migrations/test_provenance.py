"""Every thing of a schema knows which migration made it, and which touched it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

import mm_engine as mm
from mm_engine.migrations.facts import facts
from mm_engine.migrations.provenance import OF_TABLES, Provenance, provenance

if TYPE_CHECKING:
    from mm_engine.operations import Operation

USERS = mm.CreateTable(
    "users",
    fields=[mm.Field("id", mm.Integer()), mm.Field("email", mm.Varchar(200))],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    indexes=[mm.Index(["email"], name="idx_email")],
    uniques=[mm.Unique(["email"], name="uq_email")],
)
POSTS = mm.CreateTable(
    "posts",
    fields=[mm.Field("id", mm.Integer()), mm.Field("user_id", mm.Integer())],
    foreign_keys=[
        mm.ForeignKey(["user_id"], "users", references=["id"], name="fk_user")
    ],
)


def trail(*steps: Operation | list[Operation]) -> tuple[mm.Migration, ...]:
    """One migration for each, called a, b, c ..."""
    return tuple(
        mm.Migration(
            name=chr(ord("a") + number),
            dependencies=[],
            operations=step if isinstance(step, list) else [step],
        )
        for number, step in enumerate(steps)
    )


def told(found: Provenance, *thing: str) -> str | None:
    """Maker and last toucher, as ``ab``."""
    origin = found.origin(*thing)
    return None if origin is None else origin.made.name + origin.touched.name


def test_what_is_made_and_never_touched_has_one_migration() -> None:
    found = provenance(trail(USERS, POSTS))
    assert told(found, "table", "users") == "aa"
    assert told(found, "field", "posts", "user_id") == "bb"
    assert told(found, "index", "users", "idx_email") == "aa"
    assert told(found, "primary key", "users") == "aa"
    assert found.origin("table", "nothing") is None


def test_what_is_altered_names_the_last_that_did() -> None:
    wider = mm.AlterField("users", mm.Field("email", mm.Varchar(300)))
    found = provenance(trail(USERS, wider, POSTS))
    assert told(found, "field", "users", "email") == "ab"
    assert told(found, "field", "users", "id") == "aa"
    assert told(found, "table", "users") == "aa"


def test_a_renamed_thing_stays_the_same_thing() -> None:
    found = provenance(
        trail(
            USERS,
            POSTS,
            mm.RenameField("users", "email", new="mail"),
            mm.RenameTable("users", "people"),
            mm.RenameIndex("people", "idx_email", new="idx_mail"),
            mm.RenameConstraint("people", "uq_email", new="uq_mail"),
        )
    )
    assert told(found, "table", "people") == "ad"
    assert told(found, "field", "people", "mail") == "ac"
    assert told(found, "field", "people", "id") == "aa"
    assert told(found, "primary key", "people") == "aa"
    assert told(found, "index", "people", "idx_mail") == "ae"
    assert told(found, "unique", "people", "uq_mail") == "af"
    assert told(found, "foreign key", "posts", "fk_user") == "bd"
    for gone in (("table", "users"), ("field", "people", "email")):
        assert told(found, *gone) is None


def test_what_was_dropped_and_made_again_is_a_new_thing() -> None:
    again = mm.AddField("users", mm.Field("id", mm.Integer()))
    gone: list[Operation] = [
        mm.AlterPrimaryKey("users", None),
        mm.DropField("users", "id"),
    ]
    found = provenance(trail(USERS, gone, again))
    assert told(found, "field", "users", "id") == "cc"
    assert told(provenance(trail(USERS, gone)), "field", "users", "id") is None


def test_state_operations_count() -> None:
    by_hand = mm.RunSQL("CREATE TABLE users (id int)", state_operations=[USERS])
    assert told(provenance(trail(by_hand)), "table", "users") == "aa"


def test_an_enum_and_the_defaults_that_follow_it_are_told() -> None:
    status = mm.Enum("status", ["open", "shut"])
    table = mm.CreateTable(
        "jobs",
        fields=[mm.Field("s", mm.EnumOf("status"), default=mm.Literal("shut"))],
    )
    altered = mm.AlterEnum(
        mm.Enum("status", ["open", "closed"]), renamed={"shut": "closed"}
    )
    renamed = mm.RenameEnum("status", "state")
    found = provenance(trail(mm.CreateEnum(status), table, altered))
    assert told(found, "enum", "status") == "ac"
    assert told(found, "field", "jobs", "s") == "bc"
    found = provenance(trail(mm.CreateEnum(status), table, renamed))
    assert told(found, "enum", "state") == "ac"


def test_every_thing_of_the_schema_has_an_origin() -> None:
    migrations = trail(USERS, POSTS, mm.RenameTable("users", "people"))
    found = provenance(migrations)
    schema = mm.Schema()
    for migration in migrations:
        schema = migration.apply(schema)
    things = {path[:3] for path in facts(schema)}
    assert {*found.origins} == things


def test_every_kind_of_fact_about_tables_follows_a_renaming() -> None:
    table = attrs.evolve(
        USERS.table,
        checks=[mm.Check("id > 0", name="ck")],
        foreign_keys=[mm.ForeignKey(["id"], "users", references=["id"], name="fk")],
    )
    assert {path[0] for path in facts(mm.Schema.of(table))} == {*OF_TABLES}
