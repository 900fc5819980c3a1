"""Databases of ClickHouse for tests: each migrated anew, since nothing copies one.

Its engine is in the process of the tests, as one that a URL names.
"""

from __future__ import annotations

import pytest

from clickhouse import URL, why_not
from suites import Suite

pytestmark = pytest.mark.database("clickhouse")

ON = ("--mm-databases", "clickhouse", "--mm-server", "url", "-v")


@pytest.fixture
def suite(suite: Suite) -> Suite:
    """One whose databases are of the engine in its own process."""
    if reason := why_not():
        pytest.skip(reason)
    suite.environment["MAKEMIGRATIONS_TEST_URL_CLICKHOUSE"] = URL
    return suite


def test_each_test_has_a_database_of_its_own(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_sqlalchemy, number):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.exec_driver_sql(\"INSERT INTO users VALUES (7, 'x')\")\n"
        "        found = connection.exec_driver_sql('SELECT count() FROM users')\n"
        "        assert found.scalar_one() == 1\n"
        "def test_all_are_gone(mm_server):\n"
        "    url = mm_server.empty()\n"
        "    mm_server.drop(url)\n"
        "    found = mm_server._server.exec_driver_sql('SHOW DATABASES')\n"
        "    assert [n for (n,) in found if n.startswith('mm_test_')] == []\n"
    )
    said = suite.passed(*ON)
    assert "3 passed" in said
    assert "makemigrations: clickhouse 2" in said


def test_migrations_are_taken_up_and_down_and_the_checks_pass(suite: Suite) -> None:
    suite.migration(
        "0002_age", 'mm.AddField("users", mm.Field("age", mm.Integer(), nullable=True))'
    )
    suite.write(
        "schema/schema.yaml",
        "tables:\n"
        "  - name: users\n"
        "    fields:\n"
        "      - {name: id, type: integer, primary_key: true}\n"
        "      - {name: email, type: varchar, length: 99, nullable: false}\n"
        "      - {name: age, type: integer}\n",
    )
    suite.tests(
        "def test_it(mm_migrator):\n"
        "    assert mm_migrator.up() == ('0001_users', '0002_age')\n"
        "    assert mm_migrator.down() == ('0002_age',)\n"
        "    assert list(mm_migrator.schema().table('users').fields)[-1].name"
        " == 'email'\n"
    )
    said = suite.passed(*ON, "--mm-checks")
    assert "migrations::0002_age::stairway[clickhouse] PASSED" in said
    assert "migrations::no_trace[clickhouse] PASSED" in said
    assert "no_drift" not in said  # what is not read cannot drift


def test_a_way_back_that_leaves_something_is_caught(suite: Suite) -> None:
    suite.migration("0002_more", 'mm.RunSQL("ALTER TABLE users ADD COLUMN x Int8", "")')
    said = suite.failed(*ON, "--mm-checks", "-k", "stairway")
    assert "0002_more (migrations/0002_more.py:4:1): down leaves what up had" in said
    assert "  table users\n" in said
    assert '"makemigrations migrate showsql 0002_more --down" shows what runs' in said


def test_migrations_that_fail_are_told_once(suite: Suite) -> None:
    suite.migration("0002_bad", 'mm.RunSQL("SELECT x FROM not_there", "")')
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_database, number): pass\n"
    )
    said = suite.failed(*ON)
    assert "1 skipped, 1 error" in said
    assert "the migrations cannot be applied to an empty clickhouse" in said
    assert "0002_bad" in said


def test_a_connection_that_cannot_be_rolled_back_is_refused(suite: Suite) -> None:
    suite.tests("def test_it(mm_connection): pass\n")
    said = suite.failed(*ON)
    assert "clickhouse takes nothing back, which mm_connection lives on" in said
    assert "mm_sqlalchemy gives the test a database of its own" in said


def test_an_engine_that_cannot_be_rolled_back_is_refused(suite: Suite) -> None:
    suite.tests("def test_it(mm_sqlalchemy): pass\n")
    said = suite.failed(*ON, "--mm-isolation", "rollback")
    assert "isolation rollback wants savepoints, which clickhouse is not known" in said


def test_what_is_not_copied_is_new_where_others_would_be_emptied(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.mm(isolation='truncate')\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_sqlalchemy, number):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
        "        count = connection.scalar(sa.text('SELECT count(*) FROM users'))\n"
        "    assert count == 1\n"
    )
    assert "2 passed" in suite.passed(*ON)


def test_a_seed_is_sown_for_each_test(suite: Suite) -> None:
    suite.tests(
        "def sow(connection):\n"
        "    connection.execute(sa.text(\"INSERT INTO users VALUES (1, 'x')\"))\n"
        "@pytest.mark.mm(seed=sow)\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_sqlalchemy, number):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (2, 'x')\"))\n"
        "        count = connection.scalar(sa.text('SELECT count(*) FROM users'))\n"
        "    assert count == 2\n"
    )
    assert "2 passed" in suite.passed(*ON)


def test_an_asynchronous_driver_that_nobody_has_is_named(suite: Suite) -> None:
    suite.tests("def test_it(mm_async_engine): pass\n")
    said = suite.failed(*ON)
    assert "SQLAlchemy has no asynchronous driver for clickhouse" in said


def test_what_killed_runs_left_is_dropped_and_nothing_else(suite: Suite) -> None:
    suite.tests(
        "from mm_pytest.owner import Owner\n"
        "import attrs\n"
        "def test_it(mm_server):\n"
        "    here = Owner.here()\n"
        "    gone = attrs.evolve(here, started='1')\n"
        "    elsewhere = attrs.evolve(gone, machine='x')\n"
        "    for owner in (here, gone, elsewhere):\n"
        "        mm_server._run(f'CREATE DATABASE mm_test_{owner.tag}_0_x')\n"
        "    mm_server._run('CREATE DATABASE mm_test_of_somebody')\n"
        "    mm_server._sweep()\n"
        "    names = mm_server._firsts('SHOW DATABASES')\n"
        "    left = {name for name in names if name.startswith('mm_test_')}\n"
        "    tags = {f'mm_test_{one.tag}_0_x' for one in (here, elsewhere)}\n"
        "    assert left == {*tags, 'mm_test_of_somebody'}\n"
    )
    suite.passed(*ON)
