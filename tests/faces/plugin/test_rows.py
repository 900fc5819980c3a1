"""The check of rows: what migrations do to them, told by the field."""

from __future__ import annotations

import pytest

from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

ROWS = ("--mm-checks", "--mm-databases", "sqlite,postgresql", "-v", "-k", "rows")
KINDS = ("sqlite", "postgresql")
EMAIL = 'mm.Field("email", mm.Varchar(10), nullable=False)'
SCORE = 'mm.AddField("users", mm.Field("score", mm.SmallInt()))'
SHOWN = '"makemigrations migrate showsql 0002_x" shows what runs'


@pytest.fixture(autouse=True)
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


def found(suite: Suite, *kinds: str, name: str = "0002_x") -> str:
    """What is said where the migration fails on these databases, and on no other."""
    said = suite.failed(*ROWS)
    for kind in KINDS:
        outcome = "FAILED" if kind in kinds else "PASSED"
        assert f"migrations::{name}::rows[{kind}] {outcome}" in said
    assert f"{len(kinds)} failed" in said
    assert "Traceback" not in said
    return said


def test_rows_that_a_migration_deletes_are_found(suite: Suite) -> None:
    suite.migration("0002_x", 'mm.RunSQL("DELETE FROM users WHERE id > 1", "")')
    said = found(suite, *KINDS)
    assert "0002_x, going up: rows are not kept:" in said
    assert (
        "users.id: 4 of 8 rows lost: id = 2147483647; id = 7; id = 2; and 1 more"
        in said
    )
    assert SHOWN in said


def test_a_missing_backfill_is_found(suite: Suite) -> None:
    age = 'mm.Field("age", mm.Integer(), nullable=False)'
    suite.migration("0002_x", f'mm.AddField("users", {age})')
    said = found(suite, *KINDS)
    assert "0002_x, going up: fails with rows in the tables:" in said
    assert (
        "users.age is required, and rows that are there get no value for it (8 of 8"
        ' rows): give the operation a one_off, as in one_off=mm.Literal("…")'
    ) in said
    assert SHOWN in said


def test_a_field_that_becomes_required_needs_a_value_for_rows(suite: Suite) -> None:
    suite.migration("0002_score", SCORE)
    required = 'mm.Field("score", mm.SmallInt(), nullable=False)'
    suite.migration("0003_y", f'mm.AlterField("users", {required})', "0002_score")
    said = found(suite, *KINDS, name="0003_y")
    assert "users.score becomes required, and rows in which it is null get no" in said


def test_a_narrower_type_that_rows_do_not_fit_is_found(suite: Suite) -> None:
    suite.migration("0002_x", f'mm.AlterField("users", {EMAIL})')
    said = found(suite, "postgresql")
    assert "0002_x, going up: fails with rows in the tables:" in said
    assert "values of users.email that do not fit varchar: give the operation" in said
    assert "say so in the ini file: mm_rows_fit = 0002_x:users.email" in said


def test_a_narrower_type_that_cuts_is_found(suite: Suite) -> None:
    sql = {
        "postgresql": "ALTER TABLE users ALTER email TYPE varchar(10) USING"
        " substr(email, 1, 10)",
        "sqlite": "UPDATE users SET id = id",
    }
    told = f"state_operations=[mm.AlterField('users', {EMAIL})]"
    suite.migration("0002_x", f'mm.RunSQL({sql}, "", {told})')
    said = found(suite, "postgresql")
    assert "0002_x, going up: rows are not kept:" in said
    assert "users.email: 2 of 8 rows changed: 'xxx" in said
    assert "(101 characters) became 'xxxxxxxxxx' where id = 0" in said


def test_what_a_project_says_that_fits_is_not_tried_further(suite: Suite) -> None:
    suite.migration("0002_x", f'mm.AlterField("users", {EMAIL})')
    suite.write("pytest.ini", "[pytest]\nmm_rows_fit = 0002:users.email\n")
    assert "4 passed" in suite.passed(*ROWS)
    suite.write("pytest.ini", "[pytest]\nmm_rows_fit = 0002:users.mail\n")
    said = suite.failed(*ROWS)
    assert 'mm_rows_fit: 0002:users.mail: table "users" has no field "mail"' in said


def test_rows_that_going_back_deletes_are_found(suite: Suite) -> None:
    suite.migration(
        "0002_x",
        'mm.RunSQL("CREATE TABLE x (a int)", "DROP TABLE x; DELETE FROM users")',
    )
    said = found(suite, *KINDS)
    assert "0002_x, going down: rows are not kept:" in said
    assert "users.id: 8 of 8 rows lost: id = 1; id = 0; id = 2147483647" in said
    assert '"makemigrations migrate showsql 0002_x --down" shows what runs' in said


def test_a_way_back_that_undoes_something_else_is_found(suite: Suite) -> None:
    suite.migration("0002_score", SCORE)
    suite.migration(
        "0003_y",
        'mm.RunSQL("UPDATE users SET score = score / 2 + 1",'
        ' "UPDATE users SET score = score / 2")',
        "0002_score",
    )
    said = found(suite, *KINDS, name="0003_y")
    assert "0003_y, going up once more: rows are not kept:" in said
    assert "users.score: " in said
    assert " rows changed: 16384 became 4097 where id = " in said


def test_rows_that_going_back_forgets_are_found(suite: Suite) -> None:
    more = "INSERT INTO users (id, email) VALUES (77, 'x')"
    suite.migration("0002_x", f'mm.RunSQL("{more}", "SELECT 1")')
    said = found(suite, *KINDS)
    assert "0002_x, going down: rows are not kept:" in said
    assert "users: 1 row too many, 8 rows before and 9 after: id = 77" in said


def test_what_operations_say_is_kept_as_they_say(suite: Suite) -> None:
    suite.migration(
        "0002_all",
        """
        mm.CreateEnum(mm.Enum("mood", ["sad", "glad"])),
        mm.CreateTable(
            "posts",
            fields=[
                mm.Field("id", mm.Serial(), nullable=False),
                mm.Field("author_id", mm.Integer(), nullable=False),
                mm.Field("reply_to", mm.Integer()),
                mm.Field("mood", mm.EnumOf("mood"), default=mm.Literal("sad")),
                mm.Field("stars", mm.SmallInt()),
                mm.Field("price", mm.Decimal(8, 2)),
                mm.Field("gone", mm.Text()),
            ],
            primary_key=mm.PrimaryKey(["id"], name="posts_pkey"),
            checks=[mm.Check("stars BETWEEN 3 AND 5", name="ck_stars")],
            foreign_keys=[
                mm.ForeignKey(["author_id"], "users", references=["id"], name="fk_a"),
                mm.ForeignKey(["reply_to"], "posts", references=["id"], name="fk_r"),
            ],
        ),
        """,
    )
    suite.migration(
        "0003_more",
        """
        mm.RenameTable("posts", "notes"),
        mm.RenameField("notes", "reply_to", new="answers"),
        mm.AlterField("notes", mm.Field("stars", mm.BigInt(), nullable=False),
                      one_off=mm.Literal("4")),
        mm.AlterField("notes", mm.Field("price", mm.Decimal(12, 4))),
        mm.AlterEnum(mm.Enum("mood", ["blue", "glad"]), renamed={"sad": "blue"}),
        mm.DropField("notes", "gone"),
        mm.AddUnique("notes", mm.Unique(["author_id", "mood"], name="uq_mood")),
        mm.AddCheck("notes", mm.Check("price > 0 OR price < 0", name="ck_price")),
        mm.AddField("users", mm.Field("age", mm.Integer(), nullable=False),
                    one_off=mm.Literal("1")),
        mm.UpsertData("users", keys=["id"],
                      rows=[{"id": 1, "email": "a@b.example", "age": 7}]),
        """,
        "0002_all",
    )
    said = suite.passed(*ROWS)
    assert "6 passed" in said
    assert "no rows could be made for" not in said


def test_a_table_that_no_row_can_be_made_for_is_told(suite: Suite) -> None:
    odd = 'mm.Check("odd > 4711 AND odd < 4700", name="ck_odd")'
    suite.migration(
        "0002_odd",
        'mm.CreateTable("odds", fields=[mm.Field("odd", mm.Integer(),'
        f" nullable=False)], checks=[{odd}])",
    )
    suite.migration("0003_empty", 'mm.RunSQL("SELECT 1", "")', parent="0002_odd")
    for words in ((), ("-n", "2")):
        said = suite.passed(*ROWS, *words)
        assert said.count("tables that no rows could be made for") == 1
        assert said.count("  odds on sqlite: CHECK constraint failed: ck_odd") == 1
        assert said.count("  odds on postgresql: ") == 1


def test_what_failed_last_is_run_alone(suite: Suite) -> None:
    suite.migration("0002_x", 'mm.RunSQL("DELETE FROM users WHERE id > 1", "")')
    words = ("--mm-checks", "--mm-databases", "sqlite", "-p", "cacheprovider")
    suite.failed(*words, "-k", "rows")
    assert "migrations::0002_x::rows[sqlite] FAILED" in suite.failed(
        *words, "-v", "--lf"
    )
    assert "1 failed, " in suite.failed(*words, "--lf")
    assert " passed" not in suite.failed(*words, "--lf")
