"""A live MariaDB: reached, understood, locked, and left as it was."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from mariadb import rows
from mm_engine.errors import ConfigError, LockError, RunError
from mm_engine.runner.connect import connected, server_version
from mm_engine.runner.execute import execute
from mm_engine.runner.history import History, read_history
from mm_engine.runner.mysql import lock_name
from mm_engine.runner.session import session
from mm_engine.runner.url import Url
from mysql_runs import HERE, names, opened, up
from programs import program, told

pytestmark = pytest.mark.database("mariadb")

A = ("CREATE TABLE a (x INT)", "INSERT INTO a VALUES (1)")


def as_user(url: str, user: str, password: str = "") -> str:
    """The URL of the same database for somebody else."""
    return url.replace("root@", f"{user}:{password}@")


def refused(url: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught, connected(Url.of(url), root=HERE):
        pass
    return caught.value


def test_a_migration_is_run_and_recorded(mariadb_url: str) -> None:
    with opened(mariadb_url) as ready:
        execute(ready, [up("0001_a", *A), up("0002_b")], applied=())
        history = History.read(ready.connection)
    assert history.names == names(mariadb_url) == ("0001_a", "0002_b")
    assert all(record.applied_at for record in history.records)
    assert rows(mariadb_url, "SELECT x FROM a") == [(1,)]


def test_the_original_s_table_is_read_and_written_to(mariadb_url: str) -> None:
    rows(
        mariadb_url,
        "CREATE TABLE makemigrations_history (id INTEGER AUTO_INCREMENT PRIMARY KEY,"
        " name VARCHAR(255) NOT NULL UNIQUE,"
        " applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
        "INSERT INTO makemigrations_history (name) VALUES ('0001_old')",
    )
    assert names(mariadb_url) == ("0001_old",)
    with opened(mariadb_url) as ready:
        execute(ready, [up("0002_b")], applied=("0001_old",))
    history = read_history(Url.of(mariadb_url), root=HERE)
    assert history.names == ("0001_old", "0002_b")
    assert [bool(record.digest) for record in history.records] == [False, True]
    rows(mariadb_url, "INSERT INTO makemigrations_history (name) VALUES ('0003_old')")
    assert names(mariadb_url) == ("0001_old", "0002_b", "0003_old")


def test_names_that_differ_in_case_alone_are_two(mariadb_url: str) -> None:
    with opened(mariadb_url) as ready:
        execute(ready, [up("0001_a"), up("0001_A")], applied=())
    assert names(mariadb_url) == ("0001_a", "0001_A")


def test_the_version_of_the_server_is_known(mariadb_url: str) -> None:
    with connected(Url.of(mariadb_url), root=HERE) as connection:
        said = str(connection.exec_driver_sql("SELECT VERSION()").scalar_one())
        assert said.startswith(server_version(connection))


def test_settings_are_put_back_on_a_connection_of_the_caller_s(
    mariadb_url: str,
) -> None:
    asked = "SELECT @@sql_mode, @@foreign_key_checks, @@time_zone, @@lock_wait_timeout"
    engine = sa.create_engine(Url.of(mariadb_url).sqlalchemy())
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SET SESSION sql_mode = 'ANSI_QUOTES', foreign_key_checks = 0,"
            " time_zone = '+05:00'"
        )
        connection.commit()
        before = connection.exec_driver_sql(asked).one()
        connection.commit()
        with session(connection) as ready:
            [within] = ready.rows(asked)
            assert "ANSI" not in str(within[0])
            assert "STRICT_ALL_TABLES" in str(within[0])
            assert within[1:3] == (1, "+00:00")
            execute(ready, [up("0001_a", *A)], applied=())
            assert not ready.is_in_transaction()
        assert connection.exec_driver_sql(asked).one() == before
    engine.dispose()


def test_what_does_not_fit_is_an_error_whatever_the_server_thinks(
    mariadb_url: str,
) -> None:
    script = up("0001_a", "CREATE TABLE a (x TINYINT)", "INSERT INTO a VALUES (999)")
    rows(mariadb_url, "SET GLOBAL sql_mode = ''")
    try:
        with opened(mariadb_url) as ready, pytest.raises(RunError) as caught:
            execute(ready, [script], applied=())
    finally:
        rows(mariadb_url, "SET GLOBAL sql_mode = DEFAULT")
    assert "Out of range value for column 'x' at row 1 (1264)" in caught.value.message
    assert "rows that are there do not fit" in str(caught.value.hint)


def test_a_caller_s_transaction_cannot_hold_a_migration(mariadb_url: str) -> None:
    engine = sa.create_engine(Url.of(mariadb_url).sqlalchemy())
    with (
        engine.begin() as connection,
        session(connection) as ready,
        pytest.raises(RunError, match="your transaction has begun"),
    ):
        execute(ready, [up("0001_a", *A)], applied=())
    assert rows(mariadb_url, "SHOW TABLES") == []
    engine.dispose()


def test_a_wrong_password_is_told_without_it(mariadb_url: str) -> None:
    rows(mariadb_url, "CREATE USER wrong@'127.0.0.1' IDENTIFIED BY 'right'")
    try:
        error = refused(as_user(mariadb_url, "wrong", "zQ7x9W"))
    finally:
        rows(mariadb_url, "DROP USER wrong@'127.0.0.1'")
    assert "Access denied for user 'wrong'@'127.0.0.1'" in error.message
    assert "(1045)" in error.message
    assert "zQ7x9W" not in str(error)


def test_a_database_that_is_not_there_is_named(mariadb_url: str) -> None:
    error = refused(f"{mariadb_url}_gone")
    assert "Unknown database" in error.message
    assert error.hint == "look at the URL: it names something else"


def test_a_url_without_a_database_is_refused(mariadb_server: str) -> None:
    assert "no database on it" in refused(mariadb_server).message


def test_a_server_that_is_not_there_is_named() -> None:
    error = refused("mysql://root@127.0.0.1:1/d")
    assert "cannot connect to mysql://root@127.0.0.1:1/d" in error.message


def test_one_who_may_not_make_tables_is_told(mariadb_url: str) -> None:
    name = Url.of(mariadb_url).database
    rows(
        mariadb_url,
        "CREATE USER poor@'127.0.0.1' IDENTIFIED BY 'x'",
        f"GRANT SELECT ON {name}.* TO poor@'127.0.0.1'",
    )
    try:
        with (
            opened(as_user(mariadb_url, "poor", "x")) as ready,
            pytest.raises(RunError, match="CREATE command denied") as caught,
        ):
            execute(ready, [up("0001_a", *A)], applied=())
    finally:
        rows(mariadb_url, "DROP USER poor@'127.0.0.1'")
    assert caught.value.hint == (
        "grant the user of the URL what is missing, or use another user"
    )
    assert rows(mariadb_url, "SHOW TABLES") == []


HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from mm_engine.runner import lock
from mysql_runs import opened
with opened(sys.argv[2]) as ready, lock.outside(ready.connection, ready.backend):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_that_is_held_is_an_error_that_names_the_holder(
    mariadb_url: str,
) -> None:
    with program(HOLDER, mariadb_url) as holder:
        assert told(holder) == "held"
        began = time.monotonic()
        with (
            opened(mariadb_url, lock_timeout=0.3) as ready,
            pytest.raises(LockError, match=r"connection \d+ of root from 127") as lost,
        ):
            execute(ready, [up("0001_a", *A)], applied=())
        assert 0.25 < time.monotonic() - began < 3
        assert "--lock-timeout" in str(lost.value.hint)
    assert rows(mariadb_url, "SHOW TABLES") == []


def test_a_killed_holder_frees_the_lock_at_once(mariadb_url: str) -> None:
    with program(HOLDER, mariadb_url) as holder:
        assert told(holder) == "held"
        os.kill(holder.pid, signal.SIGKILL)
        began = time.monotonic()
        with opened(mariadb_url, lock_timeout=10) as ready:
            execute(ready, [up("0001_a", *A)], applied=())
        assert time.monotonic() - began < 2


def test_another_database_of_the_server_has_a_lock_of_its_own(
    mariadb_server: str, mariadb_url: str
) -> None:
    from mariadb import database

    with database(mariadb_server) as other, program(HOLDER, other) as holder:
        assert told(holder) == "held"
        with opened(mariadb_url, lock_timeout=0) as ready:
            execute(ready, [up("0001_a", *A)], applied=())


def test_the_lock_is_given_back(mariadb_url: str) -> None:
    name = lock_name(Url.of(mariadb_url).database)
    with opened(mariadb_url) as ready:
        execute(ready, [up("0001_a", *A)], applied=())
        assert ready.rows(f"SELECT IS_USED_LOCK('{name}')") == ((None,),)


def test_a_server_that_only_reads_is_known_by_its_error(
    mariadb_server: str, mariadb_url: str, tmp_path: Path
) -> None:
    del tmp_path
    name = Url.of(mariadb_url).database
    rows(
        mariadb_url,
        "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'x'",
        f"GRANT ALL ON {name}.* TO reader@'127.0.0.1'",
        "SET GLOBAL read_only = 1",
    )
    try:
        with (
            opened(as_user(mariadb_url, "reader", "x")) as ready,
            pytest.raises(RunError, match="read-only") as caught,
        ):
            execute(ready, [up("0001_a", *A)], applied=())
    finally:
        rows(
            mariadb_server,
            "SET GLOBAL read_only = 0",
            "DROP USER reader@'127.0.0.1'",
        )
    assert "give the URL of the one that is written to" in str(caught.value.hint)


def test_a_connection_that_is_killed_is_told_as_lost(mariadb_url: str) -> None:
    with opened(mariadb_url) as ready:
        [[number]] = ready.rows("SELECT CONNECTION_ID()")
        rows(mariadb_url, f"KILL {number}")
        with pytest.raises(RunError) as caught:
            execute(ready, [up("0001_a", *A)], applied=())
    assert "look whether the server still runs" in str(caught.value.hint)
