"""What a run says at its end: who left connections open, and all where asked to."""

from __future__ import annotations

import re

import pytest

from suites import Suite

EXPLAIN = "--mm-explain"
LEFT = "makemigrations: tests that left connections to their database open:"
LEAVING = """
kept = []

@pytest.mark.parametrize("number", [1, 2])
def test_engine(mm_sqlalchemy, number):
    kept.append(mm_sqlalchemy.connect())
    kept[-1].execute(sa.text("SELECT * FROM users"))

def test_own(mm_database):
    kept.append(sa.create_engine(mm_database).connect())
    kept[-1].execute(sa.text("SELECT * FROM users"))

def test_migrator(mm_migrator):
    kept.append(mm_migrator.engine.connect())

def test_tidy(mm_sqlalchemy, mm_migrator):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
    mm_sqlalchemy.connect().close()
"""
EACH = """
@pytest.mark.parametrize("number", range(4))
def test_it(mm_database, number): pass
"""


def named(said: str) -> list[str]:
    """The tests that are told of."""
    lines = said.partition(f"{LEFT}\n")[2].splitlines()
    return [line.strip() for line in lines if line.startswith("  test_it.py::")]


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_tests_that_leave_connections_open_are_named_once(
    suite: Suite, postgresql_url: str, workers: tuple[str, ...]
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(LEAVING)
    said = suite.passed("--mm-databases", "postgresql", *workers)
    assert said.count(LEFT) == 1
    assert sorted(named(said)) == [
        "test_it.py::test_engine[1]",
        "test_it.py::test_engine[2]",
        "test_it.py::test_migrator",
        "test_it.py::test_own",
    ]


@pytest.mark.database("mariadb")
def test_a_server_of_mariadb_ends_what_a_test_left_open(
    suite: Suite, mariadb_server: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = mariadb_server
    suite.tests(LEAVING)
    said = suite.passed("--mm-databases", "mariadb", "-k", "not migrator")
    assert named(said) == [
        "test_it.py::test_engine[1]",
        "test_it.py::test_engine[2]",
        "test_it.py::test_own",
    ]


@pytest.mark.database("sqlite")
def test_engines_are_looked_at_where_no_server_knows(suite: Suite) -> None:
    suite.tests(LEAVING)
    said = suite.passed("--mm-databases", "sqlite", "-k", "engine or tidy")
    assert named(said) == ["test_it.py::test_engine[1]", "test_it.py::test_engine[2]"]


@pytest.mark.database("sqlite")
def test_nothing_is_said_where_there_is_nothing_to_say(suite: Suite) -> None:
    suite.tests(EACH)
    said = suite.passed("--mm-databases", "sqlite")
    assert said.count("makemigrations") == 1 + said.count("plugins: makemigrations")
    suite.tests("def test_it(): pass\n")
    assert "makemigrations " not in suite.passed(EXPLAIN)


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_everything_is_explained_on_demand(suite: Suite, postgresql_url: str) -> None:
    url = postgresql_url
    suite.environment["MAKEMIGRATIONS_TEST_URL_POSTGRESQL"] = url
    suite.migration("0002_x", 'mm.RunSQL("SELECT 1", "")')
    suite.tests(EACH + "@pytest.mark.mm(to='0001')\ndef test_to(mm_database): pass\n")
    said = suite.passed("--mm-databases", "sqlite,postgresql,clickhouse", EXPLAIN)
    for kind in ("sqlite", "postgresql"):
        [told] = re.findall(
            rf"^makemigrations explains {kind} .*:\n((?:  .*\n)*)", said, re.MULTILINE
        )
        made = r"made in \d+\.\d\d s\n"
        assert re.search(rf"  template of 2 migrations, up to 0002_x: {made}", told)
        assert re.search(rf"  template of 1 migration, up to 0001_users: {made}", told)
        assert re.search(
            r"  databases for tests: 5 in \d+\.\d ms, median \d+\.\d ms,"
            r" slowest \d+\.\d ms\n",
            told,
        )
        slowest = told.partition("  slowest:\n")[2]
        assert slowest.count("test_it.py::test_it[") == 4
        assert slowest.count("test_it.py::test_to[") == 1
    assert "makemigrations explains clickhouse:\n  not by url: " in said
    assert re.search(r"  server in reach after \d+\.\d\d s\n", said)
    assert said.count("  server in reach after ") == 1
    assert "postgresql://" not in said


@pytest.mark.database("sqlite")
def test_workers_are_summed_up(suite: Suite) -> None:
    suite.tests(EACH)
    said = suite.passed("--mm-databases", "sqlite", "-n", "2", EXPLAIN)
    head = r"^makemigrations: sqlite \S+, template made in \d"
    assert re.search(head, said, re.MULTILINE)
    assert said.count("  template of 1 migration, up to 0001_users: made in ") == 1
    assert "  databases for tests: 4 in " in said
    each = re.findall(r"^    gw\d: (\d) in \d", said, re.MULTILINE)
    assert sum(map(int, each)) == 4
