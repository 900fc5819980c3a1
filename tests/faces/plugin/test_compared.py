"""Schemas in a plain ``assert``: what pytest says where they are not equal."""

from __future__ import annotations

import pytest

from suites import Suite

KINDS = ("sqlite", "postgresql")
BOTH = ("--mm-databases", ",".join(KINDS))
AGE = 'mm.AddField("users", mm.Field("age", mm.Integer()))'


@pytest.fixture
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
@pytest.mark.usefixtures("server")
def test_a_live_database_is_compared_with_a_schema(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    suite.tests(
        """
from mm_pytest import live_schema

def test_same(mm_project, mm_sqlalchemy):
    live = live_schema(mm_sqlalchemy, mm_project)
    assert live == mm_project.current_state()
    assert mm_project.current_state() == live
    assert live != mm_project.schema()
    assert live != 7
    assert repr(live) == f"<the schema of a live {mm_sqlalchemy.dialect.name}>"

def test_other(mm_project, mm_sqlalchemy):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("ALTER TABLE users ADD COLUMN nick text"))
    assert live_schema(mm_sqlalchemy, mm_project) == mm_project.current_state()

def test_behind(mm_project, mm_migrator):
    mm_migrator.up(to="0001_users")
    assert mm_project.current_state() == live_schema(mm_migrator.engine, mm_project)
"""
    )
    said = suite.failed(*BOTH)
    assert "4 failed, 2 passed" in said
    assert said.count("the database is not that schema, but was changed by") == 4
    assert said.count('"makemigrations db-diff" compares, too') == 4
    assert said.count("  add users.nick (schema/schema.yaml:3:11)") == len(KINDS)
    made = "made by 0002_age at migrations/0002_age.py:7:17"
    assert said.count(f"  drop users.age (schema/schema.yaml:3:11, {made})") == 2
    assert "postgresql://" not in said


@pytest.mark.database("sqlite")
def test_schemas_are_compared_as_operations(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    suite.tests(
        """
def test_other(mm_project, mm_migrator):
    mm_migrator.up(to="0001_users")
    assert mm_migrator.schema() == mm_project.current_state()

def test_written_otherwise(mm_project, mm_migrator):
    mm_migrator.up(to="0001_users")
    assert mm_migrator.schema() == mm_project.schema()
"""
    )
    said = suite.failed("--mm-databases", "sqlite")
    assert "the schema on the left is the one on the right, and then:" in said
    assert "  drop users.age (schema/schema.yaml:3:11, made by 0002_age at" in said
    assert "no migration is between them: one leaves names open" in said


@pytest.mark.database("sqlite")
def test_many_differences_are_shown_with_vv(suite: Suite) -> None:
    fields = [f'mm.AddField("users", mm.Field("f{n}", mm.Text()))' for n in range(12)]
    suite.migration("0002_many", ",".join(fields))
    suite.tests(
        "def test_it(mm_project, mm_migrator):\n"
        "    mm_migrator.up(to='0001_users')\n"
        "    assert mm_migrator.schema() == mm_project.current_state()\n"
    )
    said = suite.failed("--mm-databases", "sqlite")
    assert "the schema on the left is the one on the right, and then:" in said
    assert "drop users.f9" not in said
    assert "use '-vv' to show" in said
    said = suite.failed("--mm-databases", "sqlite", "-vv")
    assert all(f"  drop users.f{number} " in said for number in range(12))


@pytest.mark.database("sqlite")
def test_what_cannot_be_told_is_no_error_of_its_own(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    suite.tests(
        """
from pathlib import Path

def test_it(mm_project, mm_migrator):
    mm_migrator.up(to="0001_users")
    one, other = mm_migrator.schema(), mm_project.current_state()
    Path("schema/schema.yaml").write_text("tables: 7")
    assert one == other
"""
    )
    said = suite.failed("--mm-databases", "sqlite")
    assert "assert the schemas differ, and how cannot be told:" in said
    assert "  schema/schema.yaml:1:9: " in said


def test_what_is_no_schema_is_compared_as_ever(suite: Suite) -> None:
    suite.tests("def test_it():\n    import mm_engine\n    assert [1] == [2]\n")
    assert "At index 0 diff: 1 != 2" in suite.failed()
