"""Checks of migrations: as items of pytest, and as assertions in tests."""

from __future__ import annotations

import pytest

from suites import Suite

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.database("postgresql")]

BOTH = ("--mm-checks", "--mm-databases", "sqlite,postgresql", "-v")
AGE = 'mm.AddField("users", mm.Field("age", mm.Integer()))'
NICK = 'mm.AddField("users", mm.Field("nick", mm.Text()))'
IDS = [
    "migrations::schema_matches",
    "migrations::one_leaf",
    "migrations::0001_users::stairway[sqlite]",
    "migrations::0001_users::rows[sqlite]",
    "migrations::no_drift[sqlite]",
    "migrations::0001_users::stairway[postgresql]",
    "migrations::0001_users::rows[postgresql]",
    "migrations::no_drift[postgresql]",
    "migrations::no_trace[sqlite]",
    "migrations::no_trace[postgresql]",
]


@pytest.fixture(autouse=True)
def server(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url


def described(suite: Suite, *fields: str) -> None:
    """Have the schema file say some more fields of users."""
    path = suite.folder / "schema" / "schema.yaml"
    more = "".join(f"      - {{{field}}}\n" for field in fields)
    path.write_text(path.read_text("utf-8") + more, encoding="utf-8")


def test_a_sound_project_passes_under_honest_names(suite: Suite) -> None:
    said = suite.passed(*BOTH)
    assert "10 passed" in said
    for name in IDS:
        assert f"{name} PASSED" in said


def test_checks_are_chosen_as_other_tests_are(suite: Suite) -> None:
    suite.tests("def test_it(): pass\n")
    assert "2 passed, 9 deselected" in suite.passed(*BOTH, "-k", "stairway")
    assert "11 passed" in suite.passed(*BOTH, "-n", "2")


def test_without_the_option_there_are_none(suite: Suite) -> None:
    suite.tests("def test_it(): pass\n")
    assert "1 passed" in suite.passed("--mm-databases", "sqlite")


def test_a_forgotten_migration_is_found(suite: Suite) -> None:
    described(suite, "name: age, type: integer")
    said = suite.failed(*BOTH)
    assert "migrations::schema_matches FAILED" in said
    assert "1 failed, 9 passed" in said
    assert "add users.age (schema/schema.yaml:7:16)" in said
    assert '"makemigrations makemigrations" writes the migration' in said


def test_a_second_leaf_is_found(suite: Suite) -> None:
    described(suite, "name: age, type: integer", "name: nick, type: text")
    suite.migration("0002_age", AGE)
    suite.migration("0002_nick", NICK)
    said = suite.failed(*BOTH)
    assert "migrations::one_leaf FAILED" in said
    assert "the migrations end in 2 branches:" in said
    assert "0002_age: add users.age (migrations/0002_age.py:" in said
    assert "0002_nick: add users.nick (migrations/0002_nick.py:" in said
    assert '"makemigrations makemigrations --merge"' in said
    assert "migrations::0002_nick::stairway[sqlite] PASSED" in said


def test_a_wrong_reverse_is_found(suite: Suite) -> None:
    described(suite, "name: age, type: integer")
    suite.migration(
        "0002_age",
        'mm.RunSQL("ALTER TABLE users ADD COLUMN age integer", "SELECT 1",'
        f" state_operations=[{AGE}])",
    )
    suite.migration("0003_empty", 'mm.RunSQL("SELECT 1", "")', parent="0002_age")
    said = suite.failed(*BOTH)
    for kind in ("sqlite", "postgresql"):
        assert f"migrations::0002_age::stairway[{kind}] FAILED" in said
        assert f"migrations::0003_empty::stairway[{kind}] PASSED" in said
    assert "4 failed" in said
    assert "0002_age (migrations/0002_age.py:4:1): down leaves what up had" in said
    assert "add users.age" in said
    assert '"makemigrations migrate showsql 0002_age --down"' in said


def test_a_migration_that_cannot_be_undone_says_so(suite: Suite) -> None:
    suite.migration("0002_once", 'mm.RunSQL("SELECT 1")')
    said = suite.passed(*BOTH)
    assert "4 skipped" in said
    assert "cannot be undone" in said


def test_migrations_that_make_something_else_are_found(suite: Suite) -> None:
    described(suite, "name: age, type: integer")
    suite.migration(
        "0002_age",
        'mm.RunSQL("ALTER TABLE users ADD COLUMN age text",'
        f' "ALTER TABLE users DROP COLUMN age", state_operations=[{AGE}])',
    )
    said = suite.failed(*BOTH)
    assert "migrations::no_drift[sqlite] FAILED" in said
    assert "migrations::no_drift[postgresql] FAILED" in said
    assert "users.age" in said
    assert "made by 0002_age at migrations/0002_age.py:7:" in said
    assert '"makemigrations db-diff"' in said


def test_a_project_that_cannot_be_loaded_is_one_failure(suite: Suite) -> None:
    suite.write("migrations/0002_broken.py", "import nonsense\n")
    said = suite.failed(*BOTH)
    assert "1 failed" in said
    assert "0002_broken.py" in said
    assert "Traceback" not in said


def test_a_column_made_by_hand_is_found_with_the_migration_that_makes_it(
    suite: Suite,
) -> None:
    hand = 'mm.RunSQL("ALTER TABLE users ADD nick text", "ALTER TABLE users DROP nick")'
    suite.migration("0002_age", AGE)
    suite.migration("0003_hand", hand, parent="0002_age")
    suite.migration("0004_more", 'mm.RunSQL("SELECT 1", "")', parent="0003_hand")
    described(suite, "name: age, type: integer")
    said = suite.failed(*BOTH)
    assert "2 failed" in said
    for kind in ("sqlite", "postgresql"):
        assert f"migrations::no_drift[{kind}] FAILED" in said
    assert said.count("the database is not what its migrations make of it") == 2
    assert said.count("  add users.nick") == 2
    first = "0003_hand (migrations/0003_hand.py:4:1) is the first migration after which"
    assert said.count(first) == 2
    assert '"makemigrations migrate showsql 0003_hand" shows what it runs' in said


def test_the_same_can_be_asserted_in_tests(suite: Suite) -> None:
    suite.tests(
        """
import mm_pytest

def test_files(mm_project):
    mm_pytest.assert_migrations_match_schema(mm_project)
    mm_pytest.assert_one_leaf(mm_project)

def test_live(mm_project, mm_sqlalchemy):
    mm_pytest.assert_no_drift(mm_sqlalchemy, mm_project)
    mm_pytest.assert_no_drift(mm_sqlalchemy, mm_project, mm_project.schema())
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("ALTER TABLE users ADD COLUMN nick text"))
    with pytest.raises(AssertionError, match="users.nick"):
        mm_pytest.assert_no_drift(mm_sqlalchemy, mm_project)

def test_both_ways(mm_project, mm_migrator):
    mm_pytest.assert_reversible(mm_project, mm_migrator.engine)
"""
    )
    assert "5 passed" in suite.passed("--mm-databases", "sqlite,postgresql")
