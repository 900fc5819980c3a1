"""Migrated templates that outlive a run, and are found by what they were made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mariadb import rows
from mm_pytest.databases.mysql import REGISTER, MySQL
from mm_pytest.databases.place import KEPT, CopyingPlace
from mm_pytest.databases.postgresql import KEPT_PREFIX, PostgreSQL
from mm_pytest.databases.sqlite import SQLite
from mm_pytest.owner import Owner
from suites import Suite

STRICT = ("-W", "error", "--strict-markers", "--mm-keep")
CACHE = "MAKEMIGRATIONS_CACHE"
SQLITE = pytest.param("sqlite", marks=pytest.mark.database("sqlite"))
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.database("postgresql"))
MARIADB = pytest.param("mariadb", marks=pytest.mark.database("mariadb"))
EVERY = pytest.mark.parametrize("kind", [SQLITE, POSTGRESQL, MARIADB])

NOTES = """
from pathlib import Path

import mm_engine as mm
from notes import note

def seed(connection, schema):
    note()
    connection.exec_driver_sql("INSERT INTO users VALUES (1, 'seed')")

migration = mm.Migration(
    name="0002_seed",
    dependencies=["0001_users"],
    operations=[mm.RunPython(seed, seed)],
)
"""
NOTE = """
from pathlib import Path

def note():
    with Path(__file__).with_name("noted").open("a") as file:
        file.write("ran\\n")
"""
TEST = """
@pytest.mark.parametrize("number", [1, 2])
def test_it(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM users")) == 1
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
"""


@pytest.fixture
def noting(suite: Suite, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """A project whose migrations tell how often they ran, and a cache of its own."""
    suite.environment[CACHE] = str(tmp_path_factory.mktemp("cache"))
    suite.write("pytest.ini", "[pytest]\npythonpath = .\n")
    suite.write("migrations/0002_seed.py", NOTES)
    suite.write("notes.py", NOTE)
    suite.tests(TEST)
    return suite


@pytest.fixture
def server(request: pytest.FixtureRequest, kind: str, noting: Suite) -> Iterator[str]:
    """The server of a kind, on which nothing is left in the end."""
    names = {"postgresql": "postgresql_url", "mariadb": "mariadb_server"}
    url = str(request.getfixturevalue(names[kind])) if kind in names else ""
    if url:
        noting.environment["MAKEMIGRATIONS_TEST_URL"] = url
    yield url
    noting.passed("--mm-stop")


def ran(suite: Suite) -> int:
    """How often the migrations ran."""
    return (suite.folder / "noted").read_text("utf-8").count("ran")


@EVERY
@pytest.mark.usefixtures("server")
def test_a_template_is_made_once_for_all_runs(noting: Suite, kind: str) -> None:
    for workers in ((), (), ("-n", "2")):
        said = noting.passed(*STRICT, "--mm-databases", kind, *workers)
        assert "2 passed" in said
    assert ran(noting) == 1


@EVERY
@pytest.mark.usefixtures("server")
def test_what_it_is_made_of_tells_it_from_others(noting: Suite, kind: str) -> None:
    words = (*STRICT, "--mm-databases", kind)
    noting.passed(*words)
    (noting.folder / "migrations" / ".#an_editors.py").symlink_to("nothing")
    noting.write("test_other.py", "def test_it(mm_database): pass\n")
    noting.passed(*words)
    assert ran(noting) == 1
    noting.migration("0003_one", 'mm.RunSQL("DELETE FROM users", "")', "0002_seed")
    assert "AssertionError" in noting.failed(*words)
    assert ran(noting) == 2
    (noting.folder / "migrations" / "0003_one.py").unlink()
    noting.passed(*words)
    assert ran(noting) == 2
    noting.write("notes.py", NOTE + "\n# what a migration runs has changed\n")
    noting.passed(*words)
    assert ran(noting) == 3


@EVERY
@pytest.mark.usefixtures("server")
def test_what_is_kept_goes_when_that_is_asked_for(noting: Suite, kind: str) -> None:
    noting.passed(*STRICT, "--mm-databases", kind)
    said = noting.passed("--mm-stop")
    assert f"makemigrations: dropped 1 template of {kind}" in said
    assert "makemigrations: nothing was kept" in noting.passed("--mm-stop")
    noting.passed(*STRICT, "--mm-databases", kind)
    assert ran(noting) == 2


@EVERY
def test_one_that_was_changed_meanwhile_is_made_anew(
    noting: Suite, server: str, kind: str
) -> None:
    words = (*STRICT, "--mm-databases", kind)
    noting.passed(*words)
    change(kind, server, Path(noting.environment[CACHE]))
    noting.passed(*words)
    assert ran(noting) == 2


def change(kind: str, server: str, cache: Path) -> None:
    """Do to what is kept what nobody should do."""
    if kind == "sqlite":
        [file] = cache.rglob("*.db")
        file.write_bytes(file.read_bytes()[:-1])
    elif kind == "postgresql":
        import psycopg
        from psycopg.sql import SQL, Identifier

        with psycopg.connect(server, autocommit=True) as connection:
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (name,) in connection.execute(query, (KEPT_PREFIX,)).fetchall():
                allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true")
                connection.execute(allow.format(Identifier(name)))
    else:
        query = f"SELECT name FROM {REGISTER}.owners WHERE owner LIKE 'kept %%'"
        [(name,)] = rows(server, query)
        rows(server, f"DELETE FROM {name}.users")


@EVERY
def test_the_oldest_go_where_there_are_many(
    noting: Suite,
    server: str,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CACHE, noting.environment[CACHE])
    with closing(place(kind, server, tmp_path)) as where:
        for number in range(KEPT + 2):
            where.keep(where.sealed(where.empty()), f"{number:024}")
        found = [where.kept(f"{number:024}") for number in range(KEPT + 2)]
        assert found[:2] == [None, None]
        assert all(found[2:])
        assert where.forget() == KEPT


def place(kind: str, server: str, folder: Path) -> CopyingPlace:
    """Where databases of a kind are made."""
    here = Owner.here()
    if kind == "sqlite":
        return SQLite(folder)
    if kind == "postgresql":
        return PostgreSQL(server, "url", here)
    return MySQL(kind, server, "url", here)


@pytest.mark.database("sqlite")
def test_what_cannot_be_kept_is_said_and_no_matter(noting: Suite) -> None:
    noting.write("cache", "a file where a folder should be")
    noting.environment[CACHE] = str(noting.folder / "cache")
    said = noting.passed(*STRICT, "--mm-explain")
    assert "makemigrations: no template is kept of sqlite: [Errno" in said
    assert "made in" in said


@pytest.mark.database("sqlite")
def test_it_is_explained(noting: Suite) -> None:
    noting.passed(*STRICT)
    assert "template kept by an earlier run" in noting.passed(*STRICT, "--mm-explain")
    noting.passed("--mm-stop")
