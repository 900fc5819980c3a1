"""Migrations that are wrong on purpose: which check finds each, and all that it says.

Every message holds the migration, where that is written, the table and the field, how
many rows are lost where rows are, and what to type next.
"""

from __future__ import annotations

import re

import attrs
import pytest

from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

KINDS = ("sqlite", "postgresql")
AGE = 'mm.Field("age", mm.Integer())'
SCORE = 'mm.AddField("users", mm.Field("score", mm.SmallInt()))'
POINTS = 'mm.RenameField("users", "score", new="points")'
MOOD = (
    'mm.CreateEnum(mm.Enum("mood", ["sad", "glad"])),'
    ' mm.AddField("users", mm.Field("mood", mm.EnumOf("mood")))'
)
POSTS = (
    'mm.CreateTable("posts", fields=[mm.Field("id", mm.Integer(), nullable=False),'
    ' mm.Field("author_id", mm.Integer())],'
    ' primary_key=mm.PrimaryKey(["id"], name="posts_pkey"))'
)
AUTHOR = 'mm.ForeignKey(["author_id"], "users", references=["id"], name="fk_author")'


def required(name: str, type_: str) -> str:
    """A field that has to hold something."""
    return f'mm.Field("{name}", mm.{type_}(), nullable=False)'


@attrs.frozen
class Wrong:
    """What is wrong, the check that finds it, and what that says, as patterns.

    ``earlier`` is right, and goes before it.
    """

    operation: str
    check: str
    words: tuple[str, ...]
    earlier: str = 'mm.RunSQL("SELECT 1", "")'
    command: str = r'"makemigrations migrate showsql 0003_x" shows what runs'
    is_placed: bool = True


WRONG = {
    "rows that are deleted": Wrong(
        'mm.RunSQL("DELETE FROM users WHERE id > 1", "")',
        "rows",
        (
            r"0003_x, going up: rows are not kept",
            r"users\.id: \d of 8 rows lost: id = ",
        ),
    ),
    "a table that is emptied": Wrong(
        'mm.RunSQL({"postgresql": "TRUNCATE posts",'
        ' "sqlite": "DELETE FROM posts"}, "")',
        "rows",
        (r"posts\.id: 8 of 8 rows lost: id = ", r"by operation 1: run SQL: TRUNCATE"),
        earlier=POSTS,
    ),
    "rows that the way back deletes": Wrong(
        'mm.RunSQL("SELECT 1", "DELETE FROM users")',
        "rows",
        (
            r"0003_x, going down: rows are not kept",
            r"users\.id: 8 of 8 rows lost: id = ",
            r"by operation 1: run SQL: DELETE FROM users \(",
        ),
        command=r'"makemigrations migrate showsql 0003_x --down" shows what runs',
    ),
    "values that are not taken along": Wrong(
        'mm.RunSQL("ALTER TABLE users DROP COLUMN score;'
        ' ALTER TABLE users ADD COLUMN points smallint",'
        ' "ALTER TABLE users DROP COLUMN points;'
        f' ALTER TABLE users ADD COLUMN score smallint", state_operations=[{POINTS}])',
        "rows",
        (r"users\.score: 7 of 8 rows changed: 1 became None where id = ",),
        earlier=SCORE,
    ),
    "a required field without a value": Wrong(
        f'mm.AddField("users", {required("age", "Integer")})',
        "rows",
        (
            r"0003_x, going up: fails with rows in the tables",
            r"users\.age is required, and rows that are there get no value for it \(8",
            r" \(8 of 8 rows\): give the operation a one_off, as in one_off=mm\.Lit",
        ),
    ),
    "a field that becomes required without one": Wrong(
        f'mm.AlterField("users", {required("score", "SmallInt")})',
        "rows",
        (
            r"users\.score becomes required, and rows in which it is null get no value",
            r" for it \(1 of 8 rows\): give the operation a one_off",
        ),
        earlier=SCORE,
    ),
    "a field of lists that becomes required without one": Wrong(
        'mm.AlterField("users", mm.Field("tags", mm.Array(mm.Integer()),'
        " nullable=False))",
        "rows",
        (r"users\.tags becomes required, .* \(\d of 8 rows\): give the operation a",),
        earlier='mm.AddField("users",'
        ' mm.Field("tags", mm.Array(mm.Integer()), nullable=True))',
    ),
    "a default that comes too late": Wrong(
        'mm.AlterField("users", mm.Field("score", mm.SmallInt(), nullable=False,'
        ' default=mm.Literal("1")))',
        "rows",
        (r"users\.score becomes required, .* \(1 of 8 rows\): give the operation a",),
        earlier=SCORE,
    ),
    "a default that fills nothing": Wrong(
        'mm.AddField("users",'
        """ mm.Field("age", mm.Integer(), nullable=False,"""
        """ default=mm.Expression("NULL")))""",
        "rows",
        (r"users\.age is required; if its default gives rows that are there nothing",),
    ),
    "a value of an enum that rows hold": Wrong(
        'mm.AlterEnum(mm.Enum("mood", ["glad"]))',
        "rows",
        (r"users\.mood may hold sad \(3 of 8 rows\): say in replaced what its rows",),
        earlier=MOOD,
    ),
    "a unique field that all rows get alike": Wrong(
        f'mm.AddField("users", {required("code", "Text")}, one_off=mm.Literal("a")),'
        ' mm.AddUnique("users", mm.Unique(["code"], name="uq_code"))',
        "rows",
        (r"rows that hold the same in users\.code: mend those rows in a RunSQL",),
    ),
    "a unique index on what was made alike": Wrong(
        'mm.RunSQL("UPDATE users SET score = 1", ""),'
        ' mm.AddIndex("users", mm.Index(["score"], name="ix_score", unique=True))',
        "rows",
        (r"rows that hold the same in users\.score: mend those rows in a RunSQL",),
        earlier=SCORE,
    ),
    "a foreign key that refers to nobody": Wrong(
        'mm.RunSQL("UPDATE posts SET author_id = 999", ""),'
        f' mm.AddForeignKey("posts", {AUTHOR})',
        "rows",
        (r"values of posts\.author_id that no row of users has: mend those rows in a",),
        earlier=POSTS,
    ),
    "a check that its own rows do not meet": Wrong(
        'mm.RunSQL("UPDATE users SET score = -1", ""),'
        ' mm.AddCheck("users", mm.Check("score > 0", name="ck_score"))',
        "rows",
        (r"rows of users that do not meet score > 0: mend those rows in a RunSQL",),
        earlier=SCORE,
    ),
    "a way back that takes nothing back": Wrong(
        'mm.RunSQL("ALTER TABLE users ADD COLUMN age integer", "SELECT 1",'
        f' state_operations=[mm.AddField("users", {AGE})])',
        "stairway",
        (
            r"0003_x \(migrations/0003_x\.py:4:1\): down leaves what up had changed",
            r"add users\.age \(schema/schema\.yaml:3:11, made by 0003_x at",
        ),
        command=r'"makemigrations migrate showsql 0003_x --down" shows what runs',
    ),
    "a table made again otherwise": Wrong(
        'mm.RunSQL("DROP TABLE posts", "CREATE TABLE posts (id integer PRIMARY KEY,'
        ' author_id text)", state_operations=[mm.DropTable("posts")])',
        "stairway",
        (r"0003_x \(migrations/0003_x\.py:4:1\): down leaves", r"posts\.author_id"),
        earlier=POSTS,
        command=r'"makemigrations migrate showsql 0003_x --down" shows what runs',
        is_placed=False,
    ),
}


@pytest.fixture(autouse=True)
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_is_found_and_all_is_said(suite: Suite, name: str) -> None:
    wrong = WRONG[name]
    suite.migration("0002_earlier", wrong.earlier)
    suite.migration("0003_x", wrong.operation, "0002_earlier")
    words = ("--mm-checks", "--mm-databases", ",".join(KINDS), "-v")
    said = suite.failed(*words, "-k", wrong.check)
    assert "Traceback" not in said
    for kind in KINDS:
        assert f"migrations::0003_x::{wrong.check}[{kind}] FAILED" in said
    places = (r"migrations/0003_x\.py:7:\d+",) if wrong.is_placed else ()
    for pattern in (*wrong.words, *places, wrong.command):
        found = re.findall(pattern, said)
        assert len(found) >= len(KINDS), f"{pattern}\n{said}"


MERGE = """
import mm_engine as mm

migration = mm.Migration(
    name="0004_merge", dependencies=["0003_a", "0003_b"], operations=[]
)
"""


def test_rows_that_only_one_branch_would_take_are_found(suite: Suite) -> None:
    suite.migration("0002_posts", POSTS)
    suite.migration("0003_a", f'mm.AddForeignKey("posts", {AUTHOR})', "0002_posts")
    orphans = 'mm.RunSQL("UPDATE posts SET author_id = 999", "")'
    suite.migration("0003_b", orphans, "0002_posts")
    suite.write("migrations/0004_merge.py", MERGE)
    said = suite.failed(
        *("--mm-checks", "--mm-databases", ",".join(KINDS), "-v"),
        *("-k", "rows or commutes"),
    )
    for kind in KINDS:
        assert f"migrations::0003_a::rows[{kind}] PASSED" in said
        assert f"migrations::0003_b::rows[{kind}] PASSED" in said
        assert f"migrations::0004_merge::rows[{kind}] FAILED" in said
    merge = r"0004_merge \(migrations/0004_merge\.py:4:1\): the branches that it merges"
    for pattern in (
        merge + " fail with rows in the tables in the order 0003_a, 0003_b:",
        r"migrations/0003_b\.py:7:17: 0003_b: .*UPDATE posts SET author_id = 999",
        r'"makemigrations migrate showsql 0003_b" shows what runs',
    ):
        assert len(re.findall(pattern, said)) == len(KINDS), f"{pattern}\n{said}"


def test_a_migration_without_its_schema_file_is_found(suite: Suite) -> None:
    suite.migration("0002_age", f'mm.AddField("users", {AGE})')
    said = suite.failed("--mm-checks", "-k", "schema_matches")
    assert (
        "  drop users.age (schema/schema.yaml:3:11,"
        " made by 0002_age at migrations/0002_age.py:7:17)\n"
        '"makemigrations makemigrations" writes the migration; it would drop'
        " users.age:\nif the schema files were forgotten when 0002_age was written,"
        " say there what it makes"
    ) in said
