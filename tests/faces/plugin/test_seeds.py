"""Rows that tests begin with, made once by a function that a mark names."""

from __future__ import annotations

import pytest

from suites import Suite

STRICT = ("-W", "error", "--strict-markers")
SOWN = """
from pathlib import Path

NOTED = Path(__file__).with_name("noted")


def two_users(connection):
    with NOTED.open("a") as file:
        file.write("sown\\n")
    for number in (1, 2):
        connection.execute(
            sa.text("INSERT INTO users VALUES (:n, 'x')"), {"n": number}
        )


def count(connection):
    return connection.scalar(sa.text("SELECT count(*) FROM users"))


@pytest.mark.mm(seed=two_users)
@pytest.mark.parametrize("number", range(4))
def test_there_are_two(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        assert count(connection) == 2
        connection.execute(sa.text("DELETE FROM users"))


def test_there_are_none(mm_sqlalchemy):
    with mm_sqlalchemy.connect() as connection:
        assert count(connection) == 0
"""


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.database(name))
        for name in ("sqlite", "postgresql", "mariadb")
    ]
)
def on(request: pytest.FixtureRequest, suite: Suite) -> tuple[str, ...]:
    """The words that choose a database, whose server is the run's."""
    name: str = request.param
    servers = {"postgresql": "postgresql_url", "mariadb": "mariadb_server"}
    if name in servers:
        url: str = request.getfixturevalue(servers[name])
        suite.environment["MAKEMIGRATIONS_TEST_URL"] = url
    return (*STRICT, "--mm-databases", name)


def sown(suite: Suite) -> int:
    """How often the seed was sown."""
    return (suite.folder / "noted").read_text("utf-8").count("sown")


def test_a_seed_is_sown_once_and_copied(suite: Suite, on: tuple[str, ...]) -> None:
    suite.tests(SOWN)
    assert "5 passed" in suite.passed(*on)
    assert sown(suite) == 1
    assert "5 passed" in suite.passed(*on, "-n", "2")
    assert sown(suite) == 2


@pytest.mark.parametrize("isolation", ["rollback", "truncate"])
def test_its_rows_are_there_however_tests_are_kept_apart(
    suite: Suite, on: tuple[str, ...], isolation: str
) -> None:
    suite.tests(SOWN)
    assert "5 passed" in suite.passed(*on, "--mm-isolation", isolation)
    assert sown(suite) == 1


@pytest.mark.database("sqlite")
def test_it_is_kept_until_it_changes(suite: Suite) -> None:
    suite.environment["MAKEMIGRATIONS_CACHE"] = str(suite.folder / "cache")
    suite.tests(SOWN)
    for _ in range(2):
        suite.passed(*STRICT, "--mm-keep")
    assert sown(suite) == 1
    suite.tests(SOWN.replace("'x'", "'y'"))
    suite.passed(*STRICT, "--mm-keep")
    assert sown(suite) == 2


@pytest.mark.database("sqlite")
def test_rows_of_before_are_there_for_a_migration(suite: Suite) -> None:
    suite.migration("0002_gone", 'mm.RunSQL("DELETE FROM users WHERE id = 1", "")')
    suite.tests(
        "def sow(connection):\n"
        "    connection.execute(sa.text(\"INSERT INTO users VALUES (1, 'x')\"))\n"
        "    connection.execute(sa.text(\"INSERT INTO users VALUES (2, 'x')\"))\n"
        "@pytest.mark.mm(seed=sow, to='0001')\n"
        "def test_it(mm_migrator):\n"
        "    mm_migrator.up()\n"
        "    with mm_migrator.engine.connect() as connection:\n"
        "        found = connection.scalars(sa.text('SELECT id FROM users')).all()\n"
        "    assert found == [2]\n"
        "@pytest.mark.mm(seed=sow)\n"
        "def test_without_tables(mm_migrator): pass\n"
    )
    said = suite.failed(*STRICT)
    assert "1 passed, 1 error" in said
    assert "test_without_tables: the seed sow (test_it.py)" in said
    assert "wants tables, and mm_migrator has none; to=" in said


@pytest.mark.database("sqlite")
def test_one_that_fails_is_told_once_with_its_line(suite: Suite) -> None:
    suite.tests(
        "def broken(connection):\n"
        "    connection.execute(sa.text('INSERT INTO nowhere VALUES (1)'))\n"
        "@pytest.mark.mm(seed=broken)\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_connection, number): pass\n"
        "def test_without(mm_connection): pass\n"
    )
    said = suite.failed(*STRICT)
    assert "1 passed, 1 skipped, 1 error" in said
    assert "the seed broken (test_it.py) fails on a migrated sqlite:" in said
    assert "line 4, in broken" in said
    assert "no such table: nowhere" in said
    assert "there is no sqlite with the seed broken (test_it.py); an earlier" in said
