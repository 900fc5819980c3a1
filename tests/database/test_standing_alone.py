"""Steps outside of a transaction, on live databases: locked, cut off, run again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import psycopg
import pytest
import sqlalchemy as sa

import mm_engine as mm
from mm_engine.dialects import dialect
from mm_engine.errors import LockError, RunError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.operations import Operation
from mm_engine.runner.folderlock import locked
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from postgresql_runs import migrator, names, rows, wait_until
from programs import program, told
from runs import chain, create, history_of, migration, opened

POSTGRESQL = pytest.mark.database("postgresql")
SQLITE = pytest.mark.database("sqlite")

NAME = "idx_users_name"
BUILD = mm.AddIndex("users", mm.Index(["name"], name=NAME, concurrently=True))
UNIQUE = mm.AddIndex(
    "users", mm.Index(["name"], name=NAME, unique=True, concurrently=True)
)
INDEXES = """
SELECT c.relname, i.indisvalid, i.indisunique
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'users'::regclass AND NOT i.indisprimary
"""
BOTH = ("0001_users", "0002_x")


def graph_of(*operations: Operation, table: str = "users") -> MigrationGraph:
    """A table, and each operation in a migration of its own."""
    later = [migration(f"{n:04}_x", one) for n, one in enumerate(operations, 2)]
    return chain(migration("0001_users", create(table, "name")), *later)


@POSTGRESQL
def test_an_index_is_built_and_dropped_beside_one_who_writes(url: str) -> None:
    with migrator(url, graph_of(BUILD)) as ready:
        ready.up()
        assert rows(url, INDEXES) == [(NAME, True, False)]
        ready.down()
        assert rows(url, INDEXES) == []
    assert names(url) == ("0001_users",)


@POSTGRESQL
def test_an_index_that_was_left_invalid_is_built_anew(url: str) -> None:
    with migrator(url, graph_of(UNIQUE)) as ready:
        ready.up("0001")
        ready.session.run("INSERT INTO users VALUES (1, 'ada'), (2, 'ada')")
        with pytest.raises(RunError, match="could not create unique index") as caught:
            ready.up()
        assert "no transaction holds it: this one may be in part" in str(caught.value)
        assert rows(url, INDEXES) == [(NAME, False, True)]
        ready.session.run("DELETE FROM users WHERE id = 2")
        ready.up()
    assert rows(url, INDEXES) == [(NAME, True, True)]
    assert names(url) == BOTH


@POSTGRESQL
def test_an_index_that_is_there_and_the_same_counts_as_done(url: str) -> None:
    index = mm.Index(
        [mm.Desc("name"), mm.Expression("lower(name)")],
        name=NAME,
        where="name <> ''",
        concurrently=True,
    )
    with migrator(url, graph_of(mm.AddIndex("users", index))) as ready:
        ready.up()
        number = rows(url, f"SELECT '{NAME}'::regclass::oid")
        ready.session.run("DELETE FROM makemigrations_history WHERE name = '0002_x'")
        ready.up()
        assert rows(url, f"SELECT '{NAME}'::regclass::oid") == number
    assert names(url) == BOTH


@POSTGRESQL
@pytest.mark.parametrize(
    "other", ["(id)", "(name) WHERE id > 0", "(name DESC)", "(lower(name))"]
)
def test_another_index_of_its_name_is_told(url: str, other: str) -> None:
    with migrator(url, graph_of(BUILD)) as ready:
        ready.up("0001")
        ready.session.run(f"CREATE INDEX {NAME} ON users {other}")
        with pytest.raises(RunError, match=f"users has another index {NAME}"):
            ready.up()
    assert names(url) == ("0001_users",)


STRICTER = mm.AlterIndex("users", UNIQUE.index)


@POSTGRESQL
def test_an_altered_index_is_built_beside_the_old_one_and_takes_its_place(
    url: str,
) -> None:
    with migrator(url, graph_of(BUILD, STRICTER)) as ready:
        ready.up()
        assert rows(url, INDEXES) == [(NAME, True, True)]
        ready.down()
        assert rows(url, INDEXES) == [(NAME, True, False)]
    assert names(url) == BOTH


@POSTGRESQL
def test_the_old_index_stays_until_the_altered_one_could_be_built(url: str) -> None:
    with migrator(url, graph_of(BUILD, STRICTER)) as ready:
        ready.up("0002")
        ready.session.run("INSERT INTO users VALUES (1, 'ada'), (2, 'ada')")
        with pytest.raises(RunError, match="could not create unique index"):
            ready.up()
        assert (NAME, True, False) in rows(url, INDEXES)
        ready.session.run("DELETE FROM users WHERE id = 2")
        ready.up()
        assert rows(url, INDEXES) == [(NAME, True, True)]
        ready.session.run("DELETE FROM makemigrations_history WHERE name = '0003_x'")
        ready.up()
    assert rows(url, INDEXES) == [(NAME, True, True)]


@POSTGRESQL
def test_an_index_lies_in_the_namespace_of_its_table(url: str) -> None:
    index = attrs.evolve(UNIQUE.index, unique=False)
    build = mm.AddIndex("sales.users", index)
    alter = mm.AlterIndex("sales.users", UNIQUE.index)
    with migrator(url, graph_of(build, alter, table="sales.users")) as ready:
        ready.up()
        ready.session.run("DELETE FROM makemigrations_history WHERE name = '0003_x'")
        ready.up()
        there = INDEXES.replace("'users'", "'sales.users'")
        assert rows(url, there) == [(NAME, True, True)]
        ready.down()
        ready.down()
        assert rows(url, there) == []


@POSTGRESQL
def test_it_is_refused_in_the_callers_transaction(url: str) -> None:
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.begin() as connection, session(connection) as opened_one:
        ready = Migrator(
            session=opened_one, graph=graph_of(BUILD), dialect=dialect("postgresql")
        )
        with pytest.raises(RunError, match="your transaction has begun") as caught:
            ready.up()
    assert "stand alone" in str(caught.value)
    assert names(url) == ("0001_users",)


BUILDER = """
import sys
sys.path.insert(0, sys.argv[1])
import mm_engine as mm
from postgresql_runs import migrator
from test_standing_alone import BUILD, graph_of
with migrator(sys.argv[2], graph_of(BUILD), patience=float(sys.argv[3])) as ready:
    print("begins", flush=True)
    print(sum(not one.is_skipped for one in ready.up()), flush=True)
"""
BUILDING = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND"
BUILDING += " state = 'active'"
HERE = str(Path(__file__).parent)
CODE = BUILDER.replace("import mm", f"sys.path.insert(0, {HERE!r})\nimport mm")


@POSTGRESQL
def test_one_who_waits_does_not_stop_an_index_from_being_built(url: str) -> None:
    with migrator(url, graph_of(BUILD)) as ready:
        ready.up("0001")
    with psycopg.connect(url) as writer, program(CODE, url, "20") as one:
        writer.execute("INSERT INTO users VALUES (1, 'ada')")
        assert told(one) == "begins"
        wait_until(lambda: rows(url, BUILDING))
        with program(CODE, url, "20") as other:
            assert told(other) == "begins"
            asking = "SELECT 1 FROM pg_stat_activity WHERE query LIKE"
            asking += " '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
            wait_until(lambda: rows(url, asking))
            writer.commit()
            assert int(told(one)) + int(told(other)) == 1
    assert rows(url, INDEXES) == [(NAME, True, False)]


@POSTGRESQL
def test_a_builder_that_is_killed_leaves_the_next_one_to_finish(url: str) -> None:
    with migrator(url, graph_of(BUILD)) as ready:
        ready.up("0001")
    with psycopg.connect(url) as writer:
        writer.execute("INSERT INTO users VALUES (1, 'ada')")
        with program(CODE, url, "5") as one:
            assert told(one) == "begins"
            wait_until(lambda: rows(url, BUILDING))
            one.kill()
            assert wait_until(lambda: not rows(url, BUILDING)) < 2
    assert rows(url, INDEXES) == [(NAME, False, False)]
    with migrator(url, graph_of(BUILD)) as ready:
        ready.up()
    assert rows(url, INDEXES) == [(NAME, True, False)]
    assert names(url) == BOTH


@POSTGRESQL
def test_what_ran_before_a_failure_stays_and_is_told(url: str) -> None:
    several = mm.RunSQL(
        "INSERT INTO users VALUES (1, 'ada'); VACUUM users; SELECT 1 / 0",
        "",
        transactional=False,
    )
    with (
        migrator(url, graph_of(several)) as ready,
        pytest.raises(RunError, match="division by zero") as caught,
    ):
        ready.up()
    assert "0002_x: statement 3 of 3" in str(caught.value)
    assert "2 statements are done for good" in str(caught.value)
    assert "1 migration before it stays applied" in str(caught.value)
    assert rows(url, "SELECT count(*) FROM users") == [(1,)]
    assert names(url) == ("0001_users",)


@POSTGRESQL
def test_the_database_itself_can_be_altered(url: str) -> None:
    alter = mm.RunSQL(
        "ALTER SYSTEM SET log_min_messages = 'warning'",
        "ALTER SYSTEM RESET log_min_messages",
        transactional=False,
    )
    with migrator(url, graph_of(alter)) as ready:
        ready.up()
        ready.down()
    assert names(url) == ("0001_users",)


VACUUM = mm.RunSQL("VACUUM", "", transactional=False)
SHRINK = mm.RunSQL(
    "CREATE TABLE once (x INTEGER); VACUUM", "DROP TABLE once", transactional=False
)


def up_on_file(path: Path, graph: MigrationGraph, patience: float = 5) -> int:
    """Migrate a file; how many migrations were run here."""
    with opened(path, lock_timeout=patience) as ready:
        made = Migrator(session=ready, graph=graph, dialect=dialect("sqlite"))
        return sum(not one.is_skipped for one in made.up())


@SQLITE
def test_a_file_is_vacuumed(tmp_path: Path) -> None:
    assert up_on_file(tmp_path / "app.db", graph_of(VACUUM)) == 2
    assert history_of(tmp_path / "app.db") == BOTH
    assert [one.name for one in tmp_path.iterdir()] == ["app.db"]


@SQLITE
def test_a_file_is_locked_meanwhile_and_the_holder_named(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with (
        locked(tmp_path, 0),
        pytest.raises(LockError, match=r"process \d+"),
    ):
        up_on_file(path, graph_of(VACUUM), 0.1)
    assert history_of(path) == ("0001_users",)
    assert up_on_file(path, graph_of(VACUUM)) == 1


@SQLITE
def test_a_transaction_that_was_left_open_is_rolled_back(tmp_path: Path) -> None:
    left = mm.RunSQL("SAVEPOINT a; CREATE TABLE b (x)", "", transactional=False)
    with pytest.raises(RunError, match="left a transaction open"):
        up_on_file(tmp_path / "app.db", graph_of(left))
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'b'")
        assert found.fetchone() is None


FILE_MIGRATOR = f"""
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(0, {HERE!r})
from pathlib import Path
from test_standing_alone import SHRINK, graph_of, up_on_file
print(up_on_file(Path(sys.argv[2]), graph_of(SHRINK), 20), flush=True)
"""


@SQLITE
def test_two_processes_run_it_once_on_a_file(tmp_path: Path) -> None:
    for number in range(5):
        path = str(tmp_path / f"{number}.db")
        with program(FILE_MIGRATOR, path) as one, program(FILE_MIGRATOR, path) as other:
            assert int(told(one)) + int(told(other)) == 2
