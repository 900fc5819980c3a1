"""What becomes of fields and tables, by what operations say."""

from __future__ import annotations

import pytest

import mm_engine as mm
from mm_engine.operations import Operation
from mm_pytest.rows.fates import Fate, Fates
from mm_pytest.rows.promised import Promised

BEFORE = mm.Schema(
    {
        "users": mm.Table(
            "users",
            [
                mm.Field("id", mm.Integer(), nullable=False),
                mm.Field("email", mm.Varchar(99)),
                mm.Field("mood", mm.EnumOf("mood")),
                mm.Field("seen", mm.Timestamp(), auto_update=True),
            ],
            primary_key=mm.PrimaryKey(["id"]),
        ),
        "notes": mm.Table("notes", [mm.Field("email", mm.Text())]),
    },
    enums={"mood": mm.Enum("mood", ["sad", "glad"])},
)


def fates(*operations: Operation) -> Fates:
    """What becomes of them on PostgreSQL."""
    return Fates.of(operations, BEFORE, "postgresql")


def fate(*operations: Operation, field: str = "email") -> Fate:
    """What becomes of a field of users."""
    return fates(*operations).fields["users", field]


def test_names_are_followed() -> None:
    told = fate(
        mm.RenameField("users", "email", new="mail"),
        mm.RenameTable("users", "people"),
        mm.RenameField("people", "mail", new="address"),
    )
    assert told == Fate(("people", "address"))


def test_what_is_dropped_is_nowhere_even_if_another_comes() -> None:
    again = mm.AddField("users", mm.Field("email", mm.Text()))
    assert fate(mm.DropField("users", "email"), again) == Fate(None)
    assert fates(mm.DropTable("users")).tables == {"users": None, "notes": "notes"}


def test_a_conversion_frees_and_loses_only_where_it_is_narrower() -> None:
    wider = mm.AlterField(
        "users", mm.Field("email", mm.Text()), convert={"postgresql": ("a", "b")}
    )
    told = Fate(("users", "email"), is_retyped=True, is_freed=True)
    assert fate(wider) == told
    narrow = mm.AlterField(
        "users", mm.Field("email", mm.Integer()), convert={"postgresql": ("a", "b")}
    )
    assert fate(narrow).is_lossy
    elsewhere = mm.AlterField(
        "users", mm.Field("email", mm.Integer()), convert={"sqlite": ("a", "b")}
    )
    assert fate(elsewhere) == Fate(("users", "email"), is_retyped=True)


def test_values_of_enums_are_followed() -> None:
    blue = mm.AlterEnum(mm.Enum("mood", ["blue", "glad"]), renamed={"sad": "blue"})
    grim = mm.AlterEnum(mm.Enum("mood", ["grim", "glad"]), renamed={"blue": "grim"})
    told = fate(blue, grim, field="mood")
    assert told.values == {"sad": "grim", "blue": "grim"}
    assert not told.is_lossy
    less = mm.AlterEnum(mm.Enum("mood", ["glad"]), replaced={"sad": "glad"})
    assert fate(less, field="mood").is_lossy


@pytest.mark.parametrize(
    ("sql", "is_freed"),
    [
        ("UPDATE users SET email = lower(email)", True),
        ('UPDATE "users" SET "email" = NULL', True),
        ("UPDATE users SET (id, email) = (SELECT 1, 'x')", True),
        ("UPDATE notes SET email = ''", False),
        ("DELETE FROM users WHERE email = ''", False),
        ("ALTER TABLE users ALTER email TYPE text USING substr(email, 1, 9)", False),
        ("INSERT INTO users (id, email) VALUES (7, '')", False),
    ],
)
def test_sql_frees_what_it_assigns_to(sql: str, is_freed: bool) -> None:  # noqa: FBT001 - a case
    assert fate(mm.RunSQL(sql, "")).is_freed is is_freed


def test_sql_for_another_database_frees_nothing() -> None:
    assert not fate(mm.RunSQL({"sqlite": "UPDATE users SET email = ''"}, "")).is_freed


def test_python_frees_what_it_names() -> None:
    users = "this word is what the function says"

    def lower_every_email(connection: object, schema: object) -> None:
        del connection, schema
        users.lower()

    told = fates(mm.RunPython(lower_every_email))
    assert told.fields["users", "email"].is_freed
    assert "users" in told.fed
    assert told.fields["users", "seen"].is_freed_back


def test_only_what_is_not_undone_may_stay_behind() -> None:
    more = "INSERT INTO users (id) VALUES (7)"
    assert fates(mm.RunSQL(more, "")).unswept == {"users"}
    assert fates(mm.RunSQL(more, "DELETE FROM users WHERE id = 7")).unswept == set()
    upserted = fates(mm.UpsertData("users", keys=["id"], rows=[{"id": 7}]))
    assert upserted.fed == {"users"}
    assert upserted.unswept == set()


def test_what_is_added_is_promised_under_the_old_names() -> None:
    operations: tuple[Operation, ...] = (
        mm.RenameTable("users", "people"),
        mm.RenameField("people", "email", new="mail"),
        mm.AddUnique("people", mm.Unique(["mail"], name="uq")),
        mm.AddCheck("people", mm.Check("mail <> 'mail'", name="ck")),
        mm.AddField("notes", mm.Field("author", mm.Integer())),
        mm.AddCheck("notes", mm.Check("author > 0", name="ck_author")),
    )
    after = BEFORE
    for operation in operations:
        after = operation.apply(after)
    promised = Promised.by(BEFORE, after, fates(*operations))
    assert promised.uniques == {"users": (("email",),), "notes": ()}
    assert promised.checks == {"users": ("email <> 'mail'",), "notes": ()}
    made = promised.on(BEFORE).tables["users"]
    assert [unique.fields for unique in made.uniques] == [("email",)]
