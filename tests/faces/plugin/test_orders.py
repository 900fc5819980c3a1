"""Checks of several ways to one end, and of the SQL that somebody has looked at."""

from __future__ import annotations

import pytest

from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

KINDS = ("sqlite", "postgresql")
CHECKS = ("--mm-checks", "--mm-databases", "sqlite,postgresql", "-v", "-k")
AGE = 'mm.AddField("users", mm.Field("age", mm.Integer()))'
MERGE = """
import mm_engine as mm

migration = mm.Migration(
    name="0003_merge",
    dependencies=["0002_a", "0002_b"],
    operations=[],
)
"""
SQUASH = """
import mm_engine as mm

migration = mm.Migration(
    name="0001_squashed_0002_age",
    dependencies=[],
    replaces=["0001_users", "0002_age"],
    operations=[
        mm.CreateTable(
            "users",
            fields=[
                mm.Field("id", mm.Integer(), nullable=False),
                mm.Field("email", mm.Varchar(99), nullable=False),
                mm.Field("age", mm.TYPE()),
            ],
            primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
        ),
    ],
)
"""


@pytest.fixture(autouse=True)
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


def email(length: int) -> str:
    """The operation that has the field of that length."""
    field = f'mm.Field("email", mm.Varchar({length}), nullable=False)'
    return f'mm.AlterField("users", {field})'


def assert_outcome(said: str, name: str, outcome: str) -> None:
    """The check ended so on each database."""
    for kind in KINDS:
        assert f"migrations::{name}[{kind}] {outcome}" in said


def test_what_is_left_at_the_bottom_is_found(suite: Suite) -> None:
    assert_outcome(suite.passed(*CHECKS, "no_trace"), "no_trace", "PASSED")
    suite.migration("0002_x", 'mm.RunSQL("CREATE TABLE traces (a integer)", "")')
    said = suite.failed(*CHECKS, "no_trace")
    assert_outcome(said, "no_trace", "FAILED")
    assert (
        "with every migration undone the database is not empty; there still is" in said
    )
    assert said.count("  create table traces") == len(KINDS)
    assert '"makemigrations migrate showsql --all --down" shows what runs' in said


def test_a_view_that_is_left_is_found(suite: Suite) -> None:
    suite.migration("0002_x", 'mm.RunSQL("CREATE VIEW seen AS SELECT 1 AS a", "")')
    said = suite.failed(*CHECKS, "no_trace")
    assert said.count("  view seen") == len(KINDS)


def test_what_cannot_be_undone_is_skipped(suite: Suite) -> None:
    suite.migration("0002_once", 'mm.RunSQL("SELECT 1")')
    said = suite.passed(*CHECKS, "no_trace", "-rs")
    assert_outcome(said, "no_trace", "SKIPPED")


def test_branches_that_only_fit_in_one_order_are_found(suite: Suite) -> None:
    suite.migration("0002_a", email(50))
    suite.migration("0002_b", AGE)
    suite.write("migrations/0003_merge.py", MERGE)
    said = suite.passed(*CHECKS, "commutes")
    assert_outcome(said, "0003_merge::commutes", "PASSED")
    suite.migration("0002_b", email(60))
    said = suite.failed(*CHECKS, "commutes")
    assert_outcome(said, "0003_merge::commutes", "FAILED")
    assert (
        "0003_merge (migrations/0003_merge.py:4:1): the branches that it merges make"
        " something else in the order"
        " 0002_b, 0002_a; the database differs by:"
    ) in said
    assert said.count("  alter users.email") == len(KINDS)


def test_a_squash_that_makes_something_else_is_found(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    squash = "migrations/0001_squashed_0002_age.py"
    suite.write(squash, SQUASH.replace("TYPE", "Integer"))
    said = suite.passed(*CHECKS, "squash_equals")
    assert_outcome(said, "0001_squashed_0002_age::squash_equals", "PASSED")
    suite.write(squash, SQUASH.replace("TYPE", "Text"))
    said = suite.failed(*CHECKS, "squash_equals")
    assert_outcome(said, "0001_squashed_0002_age::squash_equals", "FAILED")
    assert (
        f"0001_squashed_0002_age ({squash}:4:1) makes something else than the"
        " migrations that it replaces; the database differs by:"
    ) in said
    assert said.count("  alter users.age") == len(KINDS)


def test_sql_is_held_against_what_somebody_looked_at(suite: Suite) -> None:
    assert "snapshot[" not in suite.passed(*CHECKS, "one_leaf or snapshot")
    suite.write("pytest.ini", "[pytest]\nmm_snapshots = looked_at\n")
    said = suite.failed(*CHECKS, "snapshot")
    assert "0001_users: nobody has looked at its SQL yet, there is no" in said
    assert '"pytest --mm-checks --mm-update-snapshots" writes it' in said
    suite.passed(*CHECKS, "snapshot", "--mm-update-snapshots")
    said = suite.passed(*CHECKS, "snapshot")
    assert_outcome(said, "0001_users::snapshot", "PASSED")
    path = suite.folder / "looked_at" / "postgresql" / "0001_users.sql"
    told = path.read_text(encoding="utf-8")
    assert 'CREATE TABLE "users" (' in told
    assert 'DROP TABLE "users";' in told
    path.write_text(told.replace("DROP TABLE", "drop table"), encoding="utf-8")
    said = suite.failed(*CHECKS, "snapshot")
    assert "1 failed, 1 passed" in said
    assert "0001_users: it runs other SQL than 0001_users.sql says:" in said
    assert '+DROP TABLE "users";' in said


def test_the_same_can_be_asserted_in_tests(suite: Suite) -> None:
    suite.migration("0002_a", email(50))
    suite.migration("0002_b", email(60))
    suite.write("migrations/0003_merge.py", MERGE)
    suite.migration("0004_age", AGE, "0003_merge")
    squash = SQUASH.replace("0001_squashed_0002_age", "0004_squashed")
    squash = squash.replace('"0001_users", "0002_age"', '"0004_age"')
    start, end = squash.index("mm.CreateTable("), squash.index("    ],\n)")
    squash = f"{squash[:start]}{AGE},\n{squash[end:]}"
    squash = squash.replace("dependencies=[]", 'dependencies=["0003_merge"]')
    suite.write("migrations/0004_squashed.py", squash)
    suite.tests(
        """
import mm_pytest

def test_no_trace(mm_project, mm_migrator):
    mm_pytest.assert_no_trace(mm_project, mm_migrator.engine)

def test_orders(mm_project, mm_server):
    one, other = (sa.create_engine(mm_server.empty()) for _ in range(2))
    with pytest.raises(AssertionError, match="in the order 0002_b, 0002_a"):
        mm_pytest.assert_commutes(mm_project, "0003_merge", one, other)
    one.dispose()
    other.dispose()

def test_squash(mm_project, mm_server):
    one, other = (sa.create_engine(mm_server.empty()) for _ in range(2))
    mm_pytest.assert_squash_equals(mm_project, "0004_squashed", one, other)
    one.dispose()
    other.dispose()
"""
    )
    assert "3 passed" in suite.passed("--mm-databases", "sqlite")
