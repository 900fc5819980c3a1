"""Databases of MariaDB for tests: fresh ones, with all that migrations made in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mariadb import rows
from mm_pytest.databases.mysql import PREFIX, REGISTER
from suites import Suite

pytestmark = pytest.mark.database("mariadb")

ON = ("-W", "error", "--mm-databases", "mariadb")
EVERYTHING = '''
    mm.RunSQL("""
        CREATE TABLE `odd ``name%` (
            id INT AUTO_INCREMENT PRIMARY KEY,
            boss INT REFERENCES `odd ``name%` (id),
            price INT, twice INT AS (price * 2) STORED, at DATE DEFAULT '0000-00-00'
        );
        CREATE FUNCTION one() RETURNS INT DETERMINISTIC
            BEGIN DECLARE x INT; RETURN 1; END;
        INSERT INTO `odd ``name%` (boss, price) VALUES (1, 7);
        CREATE TRIGGER more BEFORE INSERT ON `odd ``name%` FOR EACH ROW
            BEGIN SET NEW.price = NEW.price + one(); END;
        CREATE VIEW dear AS
            SELECT id, twice, one() AS x FROM `odd ``name%` WHERE price > 1;
    """, ""),
'''
SEES = """
import threading

@pytest.mark.parametrize("number", [1, 2])
def test_all_of_it_is_there(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        connection.exec_driver_sql("INSERT INTO `odd ``name%%` (price) VALUES (9)")
    with mm_sqlalchemy.begin() as connection:
        found = connection.exec_driver_sql("SELECT id, twice, x FROM dear").all()
        assert found == [(1, 14, 1), (2, 20, 1)]
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("INSERT INTO `odd ``name%%` (boss) VALUES (99)")
"""


@pytest.fixture
def suite(suite: Suite, mariadb_server: str) -> Suite:
    """One whose databases are on the server of the run."""
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = mariadb_server
    return suite


def left(server: str) -> list[object]:
    """Our databases that are still there, and the marks of them."""
    found = rows(
        server,
        "SELECT schema_name FROM information_schema.schemata"
        f" WHERE schema_name LIKE '{PREFIX}%' AND schema_name <> '{REGISTER}'"
        f" UNION ALL SELECT name FROM {REGISTER}.owners",
    )
    return [name for (name,) in found]


def test_a_copy_has_all_that_migrations_made(suite: Suite) -> None:
    suite.migration("0002_all", EVERYTHING)
    suite.tests(SEES)
    said = suite.passed(*ON)
    assert "2 passed" in said
    assert "makemigrations: mariadb " in said


def test_a_connection_is_rolled_back_and_checks_pass_with_rows(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_connection, number):\n"
        "    insert = sa.text(\"INSERT INTO users VALUES (7, 'x')\")\n"
        "    mm_connection.execute(insert)\n"
    )
    said = suite.passed(*ON, "--mm-checks", "-v")
    assert "migrations::0001_users::rows[mariadb] PASSED" in said
    assert "migrations::0001_users::stairway[mariadb] PASSED" in said


def test_workers_share_a_template(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.parametrize('number', range(6))\n"
        "def test_it(mm_sqlalchemy, number):\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
    )
    assert "6 passed" in suite.passed(*ON, "-n", "2")


def test_what_a_killed_run_left_is_dropped_by_the_next(
    suite: Suite, mariadb_server: str
) -> None:
    suite.tests(
        "import os, signal\n"
        "def test_it(mm_database): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    suite(*ON)
    own = left(mariadb_server)
    assert own
    suite.tests("def test_it(mm_database): pass\n")
    suite.passed(*ON)
    assert [name for name in left(mariadb_server) if name in own] == []


def test_a_server_of_one_kind_is_none_of_another(
    suite: Suite, mariadb_server: str
) -> None:
    del suite.environment["MAKEMIGRATIONS_TEST_URL"]
    suite.environment["MAKEMIGRATIONS_TEST_URL_MYSQL"] = mariadb_server
    suite.environment["MAKEMIGRATIONS_TEST_URL_MARIADB"] = mariadb_server
    suite.tests("def test_it(mm_database): pass\n")
    words = ("-W", "error", "--mm-databases", "mysql,mariadb", "--mm-server", "url")
    said = suite.passed(*words)
    assert "1 passed, 1 skipped" in said
    assert " is a server of MariaDB, not of mysql" in said


def test_no_binaries_are_a_reason(suite: Suite) -> None:
    suite.environment["PATH"] = ""
    suite.tests("def test_it(mm_database): pass\n")
    words = ("--mm-databases", "mysql,mariadb", "--mm-server", "binaries")
    said = suite.passed(*words)
    assert "binaries: there are no binaries of mysql" in said
    is_here = Path("/usr/sbin/mariadbd").exists()
    missing = "there is no mariadbd here, or no mariadb-install-db"
    assert (missing in said) != is_here
