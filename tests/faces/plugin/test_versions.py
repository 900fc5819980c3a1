"""Versions of databases: ``postgresql:16``, wherever a database is named."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import psycopg
import pytest

from mariadb import rows
from mm_pytest.databases.postgresql import PREFIX
from mm_pytest.servers.binaries import installed_versions, version_of
from postgresql import binaries
from suites import Suite

STRICT = ("-W", "error", "--strict-markers")
USES = "def test_it(mm_database): pass\n"
HERE = sqlite3.sqlite_version
LINE = ".".join(HERE.split(".")[:2])


def version(url: str) -> str:
    """The major version of a server of PostgreSQL."""
    with psycopg.connect(url) as connection:
        return str(connection.info.server_version // 10_000)


def test_the_version_of_python_is_one_of_sqlite(suite: Suite) -> None:
    suite.tests(
        f'@pytest.mark.mm(database=["sqlite:{LINE}", "sqlite:{HERE}"])\n'
        "def test_one(mm_sqlalchemy, mm_server):\n"
        "    assert mm_server.kind == 'sqlite'\n"
        f"    assert mm_server.version == '{HERE}'\n"
        "def test_other(mm_migrator): assert mm_migrator.up() == ('0001_users',)\n"
    )
    said = suite.passed(*STRICT, "--mm-databases", f"sqlite:{LINE}", "-v")
    assert f"test_one[sqlite:{LINE}] PASSED" in said
    assert f"test_one[sqlite:{HERE}] PASSED" in said
    assert "test_other PASSED" in said
    assert said.count(f"makemigrations: sqlite {HERE}\n") == 2


def test_another_version_of_sqlite_is_not_to_be_had(suite: Suite) -> None:
    suite.tests(USES)
    said = suite.passed("--mm-databases", "sqlite:2.8,sqlite")
    assert "1 passed, 1 skipped" in said
    assert (
        "makemigrations: no sqlite:2.8"
        f" (python: its sqlite3 is {HERE}, not 2.8)\n" in said
    )
    assert "there is no way to a server of sqlite:2.8: the line" in said
    assert "1 error" in suite.failed("--mm-databases", "sqlite:2.8", "--mm-require")


@pytest.mark.parametrize("word", ["postgresql:", "postgresql:16-alpine", "sqlite:x"])
def test_an_odd_version_is_a_wrong_use(suite: Suite, word: str) -> None:
    suite.tests(USES)
    code, said = suite("--mm-databases", word)
    assert code == 4
    assert f"{word} names no version: one is a number, as in postgresql:16" in said
    suite.tests(f"@pytest.mark.mm(database='{word}')\n{USES}")
    code, said = suite(*STRICT)
    assert code in (1, 2), said
    assert f"test_it: {word} names no version" in said
    assert "INTERNALERROR" not in said


@pytest.mark.database("postgresql")
def test_a_server_of_a_url_has_the_version_that_is_asked_for(
    suite: Suite, postgresql_url: str
) -> None:
    major = version(postgresql_url)
    suite.environment["MAKEMIGRATIONS_TEST_URL_POSTGRESQL_9_6"] = postgresql_url
    suite.environment["MAKEMIGRATIONS_TEST_URL_POSTGRESQL"] = "sqlite:///x.db"
    suite.environment[f"MAKEMIGRATIONS_TEST_URL_POSTGRESQL_{major}"] = postgresql_url
    suite.tests(USES)
    names = f"postgresql:{major},postgresql:9.6,postgresql:10"
    said = suite.passed("--mm-databases", names, "--mm-server", "url", "-v")
    assert f"test_it[postgresql:{major}] PASSED" in said
    assert "test_it[postgresql:9.6] SKIPPED" in said
    assert f"makemigrations: postgresql {major}." in said
    assert f"no postgresql:9.6 (url: the server is {major}." in said
    assert ", not 9.6)" in said
    assert "(url: MAKEMIGRATIONS_TEST_URL_POSTGRESQL names no postgresql)" in said


@pytest.mark.database("postgresql")
def test_databases_of_two_names_are_kept_apart(
    suite: Suite, postgresql_url: str
) -> None:
    major = version(postgresql_url)
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_connection, number):\n"
        "    insert = sa.text(\"INSERT INTO users VALUES (7, 'x')\")\n"
        "    mm_connection.execute(insert)\n"
    )
    on = ("--mm-databases", f"postgresql,postgresql:{major}", "--mm-checks")
    said = suite.passed("-W", "error", *on, "-v")
    for name in ("postgresql", f"postgresql:{major}"):
        assert f"migrations::0001_users::stairway[{name}] PASSED" in said
        assert f"migrations::0001_users::rows[{name}] PASSED" in said
        assert f"migrations::no_drift[{name}] PASSED" in said
    suite.passed("-W", "error", *on, "-n", "2")
    with psycopg.connect(postgresql_url) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert [name for (name,) in names if str(name).startswith(PREFIX)] == []


@pytest.mark.database("mariadb")
def test_a_server_of_mariadb_has_two_numbers_to_a_version(
    suite: Suite, mariadb_server: str
) -> None:
    [(told,)] = rows(mariadb_server, "SELECT VERSION()")
    line = ".".join(str(told).split(".")[:2])
    name = f"MAKEMIGRATIONS_TEST_URL_MARIADB_{line.replace('.', '_')}"
    suite.environment |= {name: mariadb_server}
    suite.environment["MAKEMIGRATIONS_TEST_URL_MARIADB"] = mariadb_server
    suite.tests("def test_it(mm_session): pass\n")
    words = ("--mm-databases", f"mariadb:{line},mariadb:5.5", "--mm-server", "url")
    said = suite.passed("-W", "error", *words, "-v")
    assert f"test_it[mariadb:{line}] PASSED" in said
    assert f"makemigrations: mariadb {line}." in said
    assert f"makemigrations: no mariadb:5.5 (url: the server is {line}." in said


@pytest.mark.database("postgresql")
def test_each_version_has_a_server_of_its_own(suite: Suite) -> None:
    folder = binaries()
    if folder is None:
        pytest.skip("there are no binaries of PostgreSQL here")
    suite.environment["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])
    here = [version_of(folder), *installed_versions()]
    majors = dict.fromkeys(each.partition(".")[0] for each in here)
    names = [f"postgresql:{major}" for major in majors]
    suite.tests(
        "def test_it(mm_sqlalchemy, mm_server):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        asked = 'SHOW server_version'\n"
        "        said = connection.scalar(sa.text(asked)).split()[0]\n"
        "        assert said == mm_server.version\n"
    )
    on = ("--mm-databases", ",".join(names), "--mm-server", "binaries")
    said = suite.passed("-W", "error", *on, "-v")
    for name, major in zip(names, majors, strict=True):
        assert f"test_it[{name}] PASSED" in said
        assert f"makemigrations: postgresql {major}." in said
    assert f"{len(names)} passed" in suite.passed("-W", "error", *on, "-n", "2")


@pytest.fixture
def programs(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs that say the version 16.2 and do nothing else."""
    folder = tmp_path_factory.mktemp("programs")
    for name in ("initdb", "postgres", "mariadbd", "mariadb-install-db"):
        program = folder / name
        program.write_text("#!/bin/sh\necho 'It is Ver 16.2-odd 7'\n")
        program.chmod(0o755)
    suite.environment["PATH"] = str(folder)
    return folder


@pytest.mark.usefixtures("programs")
def test_binaries_of_another_version_are_no_way(suite: Suite) -> None:
    suite.tests(USES)
    by = ("--mm-server", "binaries")
    said = suite.passed("--mm-databases", "postgresql:2,mariadb:16.1", *by)
    assert "2 skipped" in said
    assert "makemigrations: no postgresql:2 (binaries: the binaries here are " in said
    assert "16.2" in said
    assert ", not 2)" in said
    assert "no mariadb:16.1 (binaries: the binaries here are 16.2, not 16.1)" in said
    said = suite.passed("--mm-databases", "mariadb:16.2", *by)
    assert "the binaries here are" not in said


def test_binaries_that_do_not_say_their_version_are_no_way(
    suite: Suite, programs: Path
) -> None:
    (programs / "mariadbd").write_text("#!/bin/sh\nexit 3\n")
    suite.tests(USES)
    said = suite.passed("--mm-databases", "mariadb:16", "--mm-server", "binaries")
    assert "mariadbd does not say its version: " in said
    assert "exit status 3" in said


OWN = """
import pytest

@pytest.fixture(scope="session")
def mm_databases({asked}):
    return {given}
"""


def test_a_fixture_says_on_which_databases_the_tests_beneath_it_run(
    suite: Suite,
) -> None:
    given = f"(*mm_databases, 'sqlite:{LINE}') if pytestconfig else ()"
    own = OWN.format(asked="pytestconfig, mm_databases", given=given)
    suite.write("deep/conftest.py", own)
    suite.write("deep/test_deep.py", USES.replace("test_it", "test_deep"))
    suite.write("only/conftest.py", OWN.format(asked="", given=f"['sqlite:{HERE}']"))
    suite.write(
        "only/test_only.py",
        "import pytest\n"
        "def test_only(mm_server, mm_databases):\n"
        f"    assert mm_databases == ['sqlite:{HERE}']\n"
        "@pytest.mark.mm(database='sqlite')\n"
        "def test_marked(mm_server): pass\n",
    )
    suite.tests(
        "def test_it(mm_server, mm_databases): assert mm_databases == ('sqlite',)\n"
    )
    said = suite.passed(*STRICT, "-v")
    assert "test_deep[sqlite] PASSED" in said
    assert f"test_deep[sqlite:{LINE}] PASSED" in said
    assert f"test_only[sqlite:{HERE}] PASSED" in said
    assert "test_marked[sqlite] PASSED" in said
    assert "test_it.py::test_it PASSED" in said
    assert "5 passed" in suite.passed(*STRICT, "-n", "2")


def test_a_fixture_that_names_no_database_has_no_tests_run(suite: Suite) -> None:
    suite.write("conftest.py", OWN.format(asked="", given="()"))
    suite.tests(
        "def test_it(mm_database): pass\n"
        "def test_late(request): request.getfixturevalue('mm_database')\n"
    )
    said = suite.passed(*STRICT)
    assert "2 skipped" in said
    assert "mm_databases names no database" in said


def test_a_fixture_that_is_asked_for_late_is_not_another_database(
    suite: Suite,
) -> None:
    suite.write("a/test_first.py", USES)
    suite.write("b/conftest.py", OWN.format(asked="", given=f"['sqlite:{LINE}']"))
    late = "def test_late(request): request.getfixturevalue('mm_database')\n"
    suite.write("b/test_late.py", late)
    said = suite.failed(*STRICT)
    assert (
        f"mm_databases wants sqlite:{LINE}, but the test has been given sqlite;" in said
    )
    suite.passed(*STRICT, "b")


@pytest.mark.parametrize(
    ("asked", "given", "told"),
    [
        ("", "'sqlite'", "mm_databases gives 'sqlite', not a tuple of names"),
        ("", "['oracle']", "mm_databases: there are no test databases of oracle"),
        ("tmp_path_factory", "()", "mm_databases asks for tmp_path_factory; it is cal"),
    ],
)
def test_a_fixture_that_means_nothing_fails_its_tests(
    suite: Suite, asked: str, given: str, told: str
) -> None:
    suite.write("conftest.py", OWN.format(asked=asked, given=given))
    suite.tests(USES)
    code, said = suite(*STRICT)
    assert code in (1, 2), said
    assert f"test_it.py::test_it: {told}" in said
    assert "INTERNALERROR" not in said
    assert "pytest_generate_tests" not in said
