"""A PostgreSQL server migrated: history, locks, processes that die, what is said."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import cast

import attrs
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.event import listens_for

import mm_engine as mm
from mm_engine.dialects import dialect
from mm_engine.errors import (
    ConfigError,
    HistoryError,
    LockError,
    RunError,
    UnsupportedError,
)
from mm_engine.runner.connect import connected
from mm_engine.runner.events import Event, StepStarted
from mm_engine.runner.history import History
from mm_engine.runner.plan import Direction
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from postgresql_runs import database, migrator, names, rows, wait_until
from programs import ask, program, told
from runs import add, chain, create, migration

pytestmark = pytest.mark.database("postgresql")

HERE = Path(__file__).parent
COUNT = 6
ROUNDS = 50

GRAPH = chain(
    migration("0001_users", create("users", "name")),
    migration("0002_age", add("users", "age")),
)

HOLDER = """
import sys
sys.path.insert(0, sys.argv[1])
import psycopg
from mm_engine.runner.postgresql import KEYS
connection = psycopg.connect(sys.argv[2], application_name="the holder")
connection.execute(f"SELECT pg_advisory_xact_lock({KEYS[0]}, {KEYS[1]})")
print("held", flush=True)
sys.stdin.read()
"""

MIGRATOR = f"""
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from mm_engine.dialects import dialect
from mm_engine.runner.connect import connected
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from runs import chain, create, migration
graph = chain(*(migration(f"{{n:04}}_x", create(f"t{{n}}")) for n in range({COUNT})))
print("ready", flush=True)
for line in sys.stdin:
    url = Url.of(line.strip())
    with connected(url, root=Path()) as connection:
        with session(connection, lock_timeout=30) as opened:
            done = Migrator(
                session=opened, graph=graph, dialect=dialect("postgresql")
            ).up()
    print(sum(not result.is_skipped for result in done), flush=True)
"""


def test_migrations_go_up_down_and_up(url: str) -> None:
    with migrator(url, GRAPH) as ready:
        assert [done.name for done in ready.up()] == ["0001_users", "0002_age"]
        ready.down(steps=2)
        assert History.read(ready.session.connection).names == ()
        ready.up()
    assert names(url) == ("0001_users", "0002_age")


def test_the_rows_of_the_history_are_not_read_for_each_migration(url: str) -> None:
    migrations = (migration(f"{n:04}_x", create(f"t{n}")) for n in range(20))
    read: list[str] = []
    with migrator(url, chain(*migrations)) as ready:

        @listens_for(ready.session.connection, "before_cursor_execute")
        def listen(_: object, __: object, sql: str, *___: object) -> None:
            read.extend([sql] if sql.startswith("SELECT *") else [])

        ready.up("0002")
        ready.up()
        ready.down(steps=18)
    # Each run on a history that is there: once to plan, once under the lock.
    assert len(read) == 4


def test_what_another_does_between_two_migrations_is_seen(url: str) -> None:
    def meddle(event: Event) -> None:
        if event == StepStarted("0002_age", Direction.UP):
            with migrator(url, GRAPH) as other:
                other.up()

    with migrator(url, GRAPH) as ready:
        done = attrs.evolve(ready, report=meddle).up()
    assert [result.is_skipped for result in done] == [False, True]


def test_an_engine_that_begins_transactions_is_taken_as_it_is(url: str) -> None:
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with session(engine) as opened:
        Migrator(session=opened, graph=GRAPH, dialect=dialect("postgresql")).up()
    assert names(url) == ("0001_users", "0002_age")


def test_a_callers_transaction_is_the_callers_to_end(url: str) -> None:
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        with session(connection) as opened:
            Migrator(session=opened, graph=GRAPH, dialect=dialect("postgresql")).up()
        connection.rollback()
    assert names(url) == ()


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    bad = mm.RunSQL("CREATE TABLE left_over (x int); SELECT 1 / 0", "")
    graph = chain(migration("0001_users", create("users")), migration("0002_bad", bad))
    with (
        migrator(url, graph) as ready,
        pytest.raises(RunError, match=r"0002_bad: statement 2 of 2 .* by zero"),
    ):
        ready.up()
    assert names(url) == ("0001_users",)
    with migrator(url, GRAPH) as ready:
        found = ready.session.rows("SELECT to_regclass('left_over')")
        assert found == ((None,),)


def test_tables_that_no_history_speaks_of_stop_the_run(url: str) -> None:
    with migrator(url, GRAPH) as ready:
        ready.session.run("CREATE TABLE users (id int)")
        with pytest.raises(HistoryError, match="already the tables users"):
            ready.up()


def test_a_connection_that_is_lost_says_so(url: str) -> None:
    end = mm.RunSQL("SELECT pg_terminate_backend(pg_backend_pid())", "")
    graph = chain(migration("0001_end", end))
    with (
        pytest.raises(RunError, match="nothing of this migration was done"),
        migrator(url, graph) as ready,
    ):
        ready.up()
    assert names(url) == ()


def test_no_server_is_one_clear_message_without_the_password() -> None:
    away = Url.of("postgresql://ann:se%40cret@127.0.0.1:1/shop")
    with (
        pytest.raises(ConfigError) as caught,
        connected(away, root=HERE),
    ):
        pass
    assert "cannot connect to postgresql://ann:***@127.0.0.1:1/shop" in str(
        caught.value
    )
    assert "cret" not in f"{caught.value!r}{caught.value}"


def test_the_holder_of_the_lock_is_named_and_status_does_not_wait(url: str) -> None:
    with program(HOLDER, url) as holder:
        assert told(holder) == "held"
        began = time.monotonic()
        assert names(url) == ()
        assert time.monotonic() - began < 1
        with (
            migrator(url, GRAPH, patience=0.2) as ready,
            pytest.raises(LockError, match=r"server process \d+ \(the holder\)"),
        ):
            ready.up()
    assert names(url) == ()


def test_a_holder_that_is_killed_frees_the_lock(url: str) -> None:
    with program(HOLDER, url) as holder:
        assert told(holder) == "held"
        os.kill(holder.pid, signal.SIGKILL)
        began = time.monotonic()
        with migrator(url, GRAPH, patience=5) as ready:
            ready.up()
        assert time.monotonic() - began < 2
    assert names(url) == ("0001_users", "0002_age")


def test_two_processes_run_each_migration_once_in_fifty_rounds(
    postgresql_url: str,
) -> None:
    with program(MIGRATOR) as one, program(MIGRATOR) as other:
        assert told(one) == told(other) == "ready"
        for _ in range(ROUNDS):
            with database(postgresql_url) as url:
                ask(one, url)
                ask(other, url)
                assert int(told(one)) + int(told(other)) == COUNT
                assert len(names(url)) == COUNT


def test_what_the_server_cannot_do_is_known_once_it_is_there(url: str) -> None:
    unique = mm.AddUnique(
        "users", mm.Unique(["name"], name="uq_users_name", nulls_not_distinct=True)
    )
    graph = chain(GRAPH.by_name["0001_users"], migration("0002_unique", unique))
    with migrator(url, graph) as ready:
        version = ready.session.connection.dialect.server_version_info or ()
        if version >= (15,):
            ready.up()
            assert names(url) == ("0001_users", "0002_unique")
            return
        with pytest.raises(UnsupportedError, match=r"0002_unique: .* PostgreSQL 14\."):
            ready.up()
    assert names(url) == ()


IN_AUTH = migration("0001_users", create("auth.users", "name"), create("users", "name"))
NAMESPACE = chain(IN_AUTH)
TWO_NAMESPACES = chain(IN_AUTH, migration("0002_sales", create("sales.orders")))


def test_a_namespace_has_tables_of_its_own(url: str) -> None:
    query = "SELECT to_regclass('auth.users'), to_regclass('public.users')"
    with migrator(url, NAMESPACE) as ready:
        ready.up()
        assert None not in ready.session.rows(query)[0]
        ready.down(steps=1)
        assert ready.session.rows(query) == ((None, None),)


def test_a_namespace_that_the_search_path_leads_to_is_refused(url: str) -> None:
    with migrator(url, GRAPH) as ready:
        ready.session.run("CREATE SCHEMA auth")
    with migrator(f"{url}?options=-csearch_path%3Dauth", NAMESPACE) as ready:
        with pytest.raises(RunError, match=r'"auth\.users" and "users" would be'):
            ready.up()
        assert ready.session.rows("SELECT to_regclass('users')") == ((None,),)


def test_a_namespace_that_is_there_asks_for_no_right_to_make_one(url: str) -> None:
    keeper = f"keeper_{url.rpartition('/')[2]}"
    with migrator(url, GRAPH) as owner:
        owner.session.run(f"CREATE ROLE {keeper} LOGIN")
        owner.session.run(f"CREATE SCHEMA auth AUTHORIZATION {keeper}")
        owner.session.run(f"GRANT CREATE ON SCHEMA public TO {keeper}")
    try:
        with (
            migrator(url.replace("postgres@", f"{keeper}@"), TWO_NAMESPACES) as ready,
            pytest.raises(RunError, match="permission denied for database"),
        ):
            ready.up()
        assert names(url) == ("0001_users",)
    finally:
        with migrator(url, GRAPH) as owner:
            owner.session.run(f"DROP OWNED BY {keeper} CASCADE")
            owner.session.run(f"DROP ROLE {keeper}")


def test_tables_in_a_namespace_without_a_history_stop_the_run(url: str) -> None:
    with migrator(url, NAMESPACE) as ready:
        ready.session.run("CREATE SCHEMA auth")
        ready.session.run("CREATE TABLE auth.users (id int)")
        with pytest.raises(HistoryError, match=r"already the tables auth\.users that"):
            ready.up()


SLOW = """
import sys
sys.path.insert(0, sys.argv[1])
import mm_engine as mm
from postgresql_runs import migrator
from runs import chain, create, migration
slow = mm.RunSQL("SELECT pg_sleep(60)", "", transactional=sys.argv[3] == "within")
graph = chain(migration("0001_users", create("users")), migration("0002_slow", slow))
with migrator(sys.argv[2], graph) as ready:
    print("begins", flush=True)
    ready.up()
"""
SLEEPING = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"


@pytest.mark.parametrize("where", ["within", "outside"])
def test_a_holder_killed_in_a_long_statement_frees_the_lock(
    url: str, where: str
) -> None:
    quick = mm.RunSQL("SELECT 1", "", transactional=where == "within")
    graph = chain(
        migration("0001_users", create("users")), migration("0002_slow", quick)
    )
    with program(SLOW, url, where) as holder:
        assert told(holder) == "begins"
        wait_until(lambda: rows(url, SLEEPING))
        with (
            migrator(url, graph, patience=0.2) as ready,
            pytest.raises(LockError, match="holds the lock"),
        ):
            ready.up()
        os.kill(holder.pid, signal.SIGKILL)
        began = time.monotonic()
        with migrator(url, graph, patience=5) as ready:
            ready.up()
        assert time.monotonic() - began < 2
    assert names(url) == ("0001_users", "0002_slow")


def test_looking_never_waits_for_one_who_alters_the_history(url: str) -> None:
    with migrator(url, GRAPH) as ready:
        ready.up()
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.begin() as other:
        other.exec_driver_sql("LOCK TABLE makemigrations_history")
        began = time.monotonic()
        with pytest.raises(LockError, match="reading the history failed"):
            names(url)
        assert time.monotonic() - began < 1
        with (
            migrator(url, GRAPH, patience=0.5) as ready,
            pytest.raises(LockError, match="reading the history failed"),
        ):
            ready.up()
        assert time.monotonic() - began < 2
    assert names(url) == ("0001_users", "0002_age")


def test_settings_of_the_callers_connection_are_as_they_were(url: str) -> None:
    asked = "SELECT current_setting('lock_timeout'),"
    asked += " current_setting('client_connection_check_interval')"
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '7s'")
        driver = cast("psycopg.Connection", connection.connection.driver_connection)
        driver.prepare_threshold = 3
        before = connection.exec_driver_sql(asked).one()
        connection.commit()
        with session(connection) as opened:
            Migrator(session=opened, graph=GRAPH, dialect=dialect("postgresql")).up()
        assert connection.exec_driver_sql(asked).one() == before
        assert before[0] == "7s"
        assert driver.prepare_threshold == 3
