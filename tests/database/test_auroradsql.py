"""What Aurora DSQL asks of a session, with PostgreSQL in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from mm_engine.dialects.features import Transactions
from mm_engine.errors import LockError
from mm_engine.runner import auroradsql, lease
from mm_engine.runner.auroradsql import AuroraDSQL
from mm_engine.runner.backend import Trouble
from mm_engine.runner.connect import connected
from mm_engine.runner.events import Event, StatementRun
from mm_engine.runner.execute import execute
from mm_engine.runner.history import History
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url
from postgresql_runs import database
from programs import ask, program, told
from runs import up

pytestmark = pytest.mark.database("postgresql")

CONFLICTS = """
CREATE SEQUENCE tries;
CREATE FUNCTION conflicting() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') < 3 THEN
        RAISE EXCEPTION 'change conflicts (OC000)' USING ERRCODE = '40001';
    END IF;
    RETURN 1;
END $$;
"""

WAITING = """
CREATE OR REPLACE PROCEDURE sys.wait_for_job(job text) LANGUAGE sql
AS $$ INSERT INTO waited VALUES (job) $$
"""


@pytest.fixture
def url(postgresql_url: str) -> Url:
    return Url.of(postgresql_url).refined("auroradsql")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auroradsql, "PAUSES", (0.0, 0.0))


def test_the_job_of_a_statement_is_waited_for(url: Url) -> None:
    with connected(url, root=Path()) as connection, session(connection) as opened:
        for sql in (
            "CREATE SCHEMA IF NOT EXISTS sys",
            "CREATE TABLE waited (job text)",
            WAITING,
            "SELECT 'abc' AS job_id",
            "SELECT 'other' AS name",
        ):
            opened.run(sql)
        assert opened.rows("SELECT job FROM waited") == (("abc",),)
        opened.run("DROP TABLE waited")
        opened.run("DROP SCHEMA sys CASCADE")


def test_what_stands_for_itself_is_tried_again_after_a_conflict(url: Url) -> None:
    with connected(url, root=Path()) as connection, session(connection) as opened:
        opened.run(CONFLICTS)
        try:
            opened.run("SELECT conflicting()")
            assert opened.rows("SELECT last_value FROM tries") == ((3,),)
        finally:
            opened.run("DROP FUNCTION conflicting; DROP SEQUENCE tries")


def test_a_conflict_within_a_transaction_is_told(url: Url) -> None:
    from sqlalchemy.exc import DBAPIError

    with connected(url, root=Path()) as connection, session(connection) as opened:
        opened.run(CONFLICTS)
        try:
            opened.run("BEGIN")
            with pytest.raises(DBAPIError) as caught:
                opened.run("SELECT conflicting()")
            assert AuroraDSQL().trouble(caught.value.orig) is Trouble.IN_USE
        finally:
            opened.run("ROLLBACK")
            opened.run("DROP FUNCTION conflicting; DROP SEQUENCE tries")


def test_the_statements_of_others_on_the_same_engine_are_left_alone(url: Url) -> None:
    from sqlalchemy.exc import DBAPIError

    with connected(url, root=Path()) as connection, session(connection) as opened:
        opened.run(CONFLICTS)
        try:
            with (
                connection.engine.connect() as other,
                pytest.raises(DBAPIError, match="OC000"),
            ):
                other.exec_driver_sql("SELECT conflicting()")
        finally:
            opened.run("DROP FUNCTION conflicting; DROP SEQUENCE tries")


def test_nobody_listens_to_an_engine_afterwards(url: Url) -> None:
    with connected(url, root=Path()) as connection:
        with session(connection):
            assert connection.dialect.dispatch.do_execute
        assert not connection.dialect.dispatch.do_execute


MIGRATOR = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(0, sys.argv[3])
from test_auroradsql import SCRIPTS, opened
from mm_engine.runner.execute import execute
print("ready", flush=True)
for line in sys.stdin:
    with opened(sys.argv[2], patience=30) as ready:
        results = execute(ready, SCRIPTS, applied=())
    print(sum(not result.is_skipped for result in results), flush=True)
"""

SCRIPTS = tuple(
    attrs.evolve(
        up(f"000{n}_x", f"CREATE TABLE t{n} (x INT)"),
        begin="BEGIN",
        policy=Transactions.SINGLE,
        is_atomic=False,
    )
    for n in (1, 2)
)


@contextmanager
def opened(server: str, patience: float = 0) -> Iterator[Session]:
    named = Url.of(server).refined("auroradsql")
    with (
        connected(named, root=Path()) as connection,
        session(connection, lock_timeout=patience) as ready,
    ):
        yield ready


def test_two_processes_run_each_migration_once(postgresql_url: str) -> None:
    here = str(Path(__file__).parent)
    with (
        database(postgresql_url) as own,
        program(MIGRATOR, own, here) as one,
        program(MIGRATOR, own, here) as two,
    ):
        assert (told(one), told(two)) == ("ready", "ready")
        ask(one, "go")
        ask(two, "go")
        # Which of them runs which is for the lock to say; a table made twice fails.
        assert int(told(one)) + int(told(two)) == len(SCRIPTS)


def test_who_waits_too_long_is_told_who_is_there(postgresql_url: str) -> None:
    with database(postgresql_url) as own, opened(own) as first, opened(own) as second:
        with (
            first.backend.locked(first.connection),
            pytest.raises(LockError, match=r"process \d+ on .*, for \d+ s more"),
        ):
            execute(second, SCRIPTS, applied=())
        execute(second, SCRIPTS, applied=())


def test_a_holder_who_slept_past_his_end_is_refused(postgresql_url: str) -> None:
    other = lease.Lease("other", "elsewhere", 1, lease.POSTGRESQL_CLOCK)

    def report(event: Event) -> None:
        if isinstance(event, StatementRun):
            ready.run(f"UPDATE {lease.TABLE} SET ends_at = 0")
            assert other.take(ready.connection)

    with database(postgresql_url) as own, opened(own) as ready:
        with pytest.raises(LockError, match="held by process 1 on elsewhere") as caught:
            execute(ready, SCRIPTS, applied=(), report=report)
        assert "all its 1 statements are done, but it is not recorded" in str(
            caught.value
        )
        assert History.read(ready.connection).names == ()
