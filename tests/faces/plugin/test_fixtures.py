"""What a test gets that asks for a database by the name of a fixture."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from mm_pytest.databases.postgresql import PREFIX
from suites import Suite

BOTH = ("--mm-databases", "sqlite,postgresql")
OWN = """
@pytest.mark.parametrize("number", [1, 2])
def test_it_is_my_own(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
    with mm_sqlalchemy.begin() as connection:
        assert connection.execute(sa.text("SELECT id FROM users")).all() == [(7,)]
"""


def databases(url: str) -> list[object]:
    """The databases of ours that a server has now."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    return [name for (name,) in names if str(name).startswith(PREFIX)]


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_each_test_has_a_migrated_database_of_its_own(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(OWN)
    said = suite.passed(*BOTH, "-v")
    assert "4 passed" in said
    assert "test_it_is_my_own[1-sqlite]" in said or "[sqlite-1]" in said
    assert "makemigrations: sqlite 3." in said
    assert "makemigrations: postgresql" in said
    assert databases(postgresql_url) == []


@pytest.mark.database("postgresql")
def test_what_a_test_leaves_open_is_no_obstacle(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        "kept = []\n"
        "def test_it(mm_database):\n"
        "    import psycopg\n"
        "    plain = mm_database.replace('+psycopg', '')\n"
        "    kept.append(psycopg.connect(plain))\n"
        "    kept[0].execute('SELECT * FROM users')\n"
    )
    suite.passed("--mm-databases", "postgresql")
    assert databases(postgresql_url) == []


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_a_connection_is_rolled_back(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        """
@pytest.mark.parametrize("number", [1, 2])
def test_it_begins_empty(mm_connection, number):
    assert mm_connection.execute(sa.text("SELECT id FROM users")).all() == []
    mm_connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
    with mm_connection.begin_nested() as savepoint:
        mm_connection.execute(sa.text("INSERT INTO users VALUES (8, 'x')"))
        savepoint.rollback()
    assert mm_connection.execute(sa.text("SELECT id FROM users")).all() == [(7,)]
"""
    )
    assert "4 passed" in suite.passed(*BOTH)


@pytest.mark.database("sqlite")
def test_a_commit_on_it_is_told_and_spoils_no_other_test(suite: Suite) -> None:
    suite.tests(
        """
def test_one(mm_connection):
    mm_connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
    mm_connection.commit()
def test_other(mm_connection):
    assert mm_connection.execute(sa.text("SELECT id FROM users")).all() == []
"""
    )
    said = suite.failed()
    assert "2 passed, 1 error" in said
    assert (
        "the test ended the transaction of mm_connection; mm_sqlalchemy gives" in said
    )


@pytest.mark.database("sqlite")
def test_foreign_keys_are_kept_on_sqlite(suite: Suite) -> None:
    suite.tests(
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        assert connection.scalar(sa.text('PRAGMA foreign_keys')) == 1\n"
    )
    suite.passed()


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_a_test_migrates_an_empty_database_itself(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.migration(
        "0002_upper", 'mm.RunSQL("UPDATE users SET email = upper(email)", "")'
    )
    suite.tests(
        """
def test_it(mm_migrator):
    assert mm_migrator.schema().tables == {}
    assert mm_migrator.up("0001_users") == ("0001_users",)
    with mm_migrator.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
    assert mm_migrator.up() == ("0002_upper",)
    with mm_migrator.engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT email FROM users")) == "X"
    assert mm_migrator.down() == ("0002_upper",)
    assert list(mm_migrator.schema().tables) == ["users"]
"""
    )
    assert "2 passed" in suite.passed(*BOTH)


@pytest.mark.database("sqlite")
def test_migrations_that_fail_are_one_failure_and_not_one_a_test(suite: Suite) -> None:
    suite.migration("0002_bad", 'mm.RunSQL("SELECT nonsense", "")')
    suite.tests(
        "@pytest.mark.parametrize('number', range(5))\n"
        "def test_it(mm_database, number): pass\n"
        "def test_other(mm_connection): pass\n"
    )
    said = suite.failed()
    assert "5 skipped, 1 error" in said
    assert "0002_bad: statement 1 of 1" in said
    assert "cannot be applied to sqlite; an earlier test says why" in said


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "a worker"])
def test_a_run_whose_migrations_fail_is_red_whoever_expected_it(
    suite: Suite, workers: tuple[str, ...]
) -> None:
    suite.migration("0002_bad", 'mm.RunSQL("SELECT nonsense", "")')
    suite.tests(
        "@pytest.mark.xfail\n"
        "def test_it(mm_database): pass\n"
        "def test_other(mm_database): pass\n"
    )
    said = suite.failed(*workers)
    assert "1 skipped, 1 xfailed" in said
    assert "the migrations cannot be applied to an empty sqlite:\n" in said
    assert "0002_bad: statement 1 of 1" in said


@pytest.mark.database("sqlite")
def test_a_check_on_a_failed_migration_is_one_failure_too(suite: Suite) -> None:
    suite.migration("0002_bad", 'mm.RunSQL("SELECT nonsense", "")')
    suite.tests("def test_it(mm_database): pass\n")
    said = suite.failed("--mm-checks", "-k", "test_it or no_drift")
    assert "1 skipped" in said
    assert "1 error" in said
    said = suite.failed("--mm-checks", "-k", "no_drift")
    assert "1 failed" in said
    assert said.count("0002_bad: statement 1 of 1") == 1
    assert "Traceback" not in said
    assert "mm_pytest" not in said


@pytest.mark.database("sqlite")
def test_a_fixture_of_the_users_own_takes_the_place_of_ours(suite: Suite) -> None:
    suite.tests(
        "@pytest.fixture(scope='session')\n"
        "def mm_project():\n"
        "    return 'mine'\n"
        "def test_it(mm_migrator):\n"
        "    assert mm_migrator.project == 'mine'\n"
    )
    suite.passed()


@pytest.mark.database("postgresql")
def test_two_runs_at_once_are_none_of_each_others_business(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(OWN)
    running = [
        subprocess.Popen(
            suite.command("--mm-databases", "postgresql"),
            cwd=suite.folder,
            env=suite.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    for process in running:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    assert databases(postgresql_url) == []


@pytest.mark.database("postgresql")
def test_what_a_killed_run_left_is_dropped_by_the_next(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        "def test_it(mm_database):\n    import os, signal\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    suite("--mm-databases", "postgresql")
    assert databases(postgresql_url) != []
    suite.tests(OWN)
    suite.passed("--mm-databases", "postgresql")
    assert databases(postgresql_url) == []


def test_only_pytest_is_imported_until_a_test_asks(suite: Suite) -> None:
    suite.tests(
        "def test_it():\n    import sys\n"
        "    print('LOADED', *{name.split('.')[0] for name in sys.modules})\n"
    )
    with_it, without = (
        set(
            suite.passed("-s", *words)
            .partition("LOADED ")[2]
            .partition(".\n")[0]
            .split()
        )
        for words in ((), ("-p", "no:mm"))
    )
    assert with_it - without <= {"mm_pytest"}


@pytest.mark.database("sqlite")
@pytest.mark.database("postgresql")
def test_a_server_makes_databases_and_drops_them(
    suite: Suite, postgresql_url: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        """
def test_it(mm_server):
    assert mm_server.title.startswith(mm_server.kind)
    url = mm_server.empty()
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    mm_server.drop(url)
"""
    )
    assert "2 passed" in suite.passed("-W", "error", *BOTH)
    assert databases(postgresql_url) == []
