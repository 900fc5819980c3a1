"""What Aurora DSQL asks of a session, with PostgreSQL in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mm_engine.runner import auroradsql
from mm_engine.runner.auroradsql import AuroraDSQL
from mm_engine.runner.backend import Trouble
from mm_engine.runner.connect import connected
from mm_engine.runner.session import session
from mm_engine.runner.url import Url

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
