"""What the page on SQLite says is what its dialect does."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import pytest

import mm_engine as mm
from doc_pages import DOCS, codes, rows, sections
from mm_engine.dialects import dialect
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.sqlite_text import ALONE, CONTROL, OTHER_FILES
from mm_engine.operations import Operation
from mm_engine.runner.connect import LOCK_TIMEOUT
from mm_engine.runner.plan import Direction, Step
from mm_engine.runner.script import script
from mm_engine.runner.sqlite import OLDEST
from source_tree import ROOT

TEXT = (DOCS / "reference" / "sqlite.md").read_text(encoding="utf-8")
PAGE = sections(TEXT)
PINS = tomllib.loads((ROOT / "tests" / "databases.toml").read_text(encoding="utf-8"))

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("name", mm.Varchar(50)),
        mm.Field("kind", mm.EnumOf("kind")),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    checks=[mm.Check("id > 0", name="ck_users_id")],
    indexes=[mm.Index(["name"], name="idx_users_name")],
)
BEFORE = USERS.apply(mm.CreateEnum(mm.Enum("kind", ["a", "b"])).apply(mm.Schema()))
PARENT = mm.Field("parent_id", mm.Integer())
PARENT_KEY = mm.ForeignKey(["parent_id"], "users", references=["id"], name="fk_parent")
OWN_KEY = mm.ForeignKey(["id"], "users", references=["id"], name="fk_users_id")
NEW = {
    "nick": mm.Field("nick", mm.Text()),
    "constant": mm.Field("n", mm.Integer(), nullable=False, default=mm.Literal("0")),
    "required": mm.Field("n", mm.Integer(), nullable=False),
    "computed": mm.Field("n", mm.Timestamp(), auto_create=True),
}
CASES: dict[str, list[Sequence[Operation]]] = {
    "a table created, dropped, renamed": [
        [mm.CreateTable("more", fields=[mm.Field("id", mm.Integer())])],
        [mm.DropTable("users")],
        [mm.RenameTable("users", "people")],
    ],
    "a field added that may be empty": [[mm.AddField("users", NEW["nick"])]],
    "a field added with a constant default": [[mm.AddField("users", NEW["constant"])]],
    "a field added that may be empty, with a foreign key": [
        [mm.AddField("users", PARENT), mm.AddForeignKey("users", PARENT_KEY)]
    ],
    "a required field added with a one-off value": [
        [mm.AddField("users", NEW["required"], one_off=mm.Literal("1"))]
    ],
    "a field added with a default that is computed": [
        [mm.AddField("users", NEW["computed"])]
    ],
    "a field dropped or renamed": [
        [mm.DropField("users", "kind")],
        [mm.RenameField("users", "name", new="nick")],
    ],
    "a field altered": [[mm.AlterField("users", mm.Field("name", mm.Text()))]],
    "an index added, dropped": [
        [mm.AddIndex("users", mm.Index(["kind"], name="idx_users_kind"))],
        [mm.DropIndex("users", "idx_users_name")],
    ],
    "an index altered, renamed": [
        [mm.AlterIndex("users", mm.Index(["kind"], name="idx_users_name"))],
        [mm.RenameIndex("users", "idx_users_name", new="by_name")],
    ],
    "a primary key, foreign key, unique constraint or check changed": [
        [mm.AlterPrimaryKey("users", None)],
        [mm.AddUnique("users", mm.Unique(["name"], name="uq_users_name"))],
        [mm.AddCheck("users", mm.Check("name <> ''", name="ck_users_name"))],
        [mm.AlterCheck("users", mm.Check("id > 9", name="ck_users_id"))],
        [mm.AddForeignKey("users", OWN_KEY)],
    ],
    "an enum changed": [[mm.AlterEnum(mm.Enum("kind", ["a", "b", "c"]))]],
    "options of a table changed": [
        [mm.SetTableOptions("users", {"sqlite": {"strict": "true"}})]
    ],
    "a comment changed": [[mm.SetTableComment("users", "people")]],
}


def _text(operations: Sequence[Operation]) -> str:
    migration = mm.Migration(name="0001_x", dependencies=[], operations=operations)
    step = Step(migration, Direction.UP, BEFORE, BEFORE)
    return script(step, dialect("sqlite")).text()


def test_the_table_of_types_is_the_dialects_own() -> None:
    told = {codes(row[0])[0]: codes(row[1])[0] for row in rows(PAGE["Types"])}
    assert told == SQLite.types
    assert f"exact up to {SQLite.features.exact_decimal_digits} digits" in TEXT


def test_the_table_of_options_is_the_dialects_own() -> None:
    told = [(row[0], codes(row[1])[0]) for row in rows(PAGE["Options"])]
    assert told == [
        *(("field", option) for option in SQLite.field_options),
        *(("table", option) for option in SQLite.table_options),
    ]


def test_every_way_of_telling_is_tried() -> None:
    told = [row[0] for row in rows(PAGE["How operations are told"])]
    assert told == list(CASES)


@pytest.mark.parametrize("what", CASES)
def test_operations_are_told_as_the_page_says(what: str) -> None:
    told = {row[0]: row[1] for row in rows(PAGE["How operations are told"])}
    for operations in CASES[what]:
        text = _text(operations)
        assert ("makemigrations_new_users" in text) == ("a rebuild" in told[what])
        if told[what] == "nothing":
            assert "nothing to do" in text


def test_what_no_migration_may_say_is_told() -> None:
    said = codes(PAGE["What is refused, and the way out"])
    words = (*CONTROL, *ALONE, *OTHER_FILES)
    assert [word for word in words if word not in (*said, "END")] == []


def test_the_versions_that_differ_and_those_that_are_run_are_told() -> None:
    for version in SQLite.facts_before:
        assert f"efore {'.'.join(map(str, version))}" in TEXT
    for pin in PINS["sqlite"].values():
        assert pin["version"] in TEXT


def test_the_version_and_the_patience_are_told() -> None:
    assert f"{OLDEST[0]}.{OLDEST[1]} or later" in TEXT
    assert f"{LOCK_TIMEOUT:.0f} seconds" in TEXT
