"""Migrations in a transaction, or on a connection, that belongs to the caller."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from mm_engine.errors import RunError
from mm_engine.runner.execute import execute
from mm_engine.runner.plan import Direction
from mm_engine.runner.script import Script
from mm_engine.runner.session import session
from runs import history_of, up, values

pytestmark = pytest.mark.database("sqlite")

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1"
REBUILD = "PRAGMA foreign_keys=OFF"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file that is not there yet."""
    return tmp_path / "app.db"


WAYS = ["as it comes", "with the recipe for transactions"]
if sys.version_info >= (3, 12):
    WAYS.append("with Python's own autocommit off")


@pytest.fixture(params=WAYS)
def engine(path: Path, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An engine as applications make it, with each way there is to begin."""
    arguments = {"autocommit": False} if "Python's own" in request.param else {}
    made = sa.create_engine(f"sqlite:///{path}", connect_args=arguments)
    if "recipe" in request.param:

        @event.listens_for(made, "connect")
        def _(connection: object, record: object) -> None:
            del record
            setattr(connection, "isolation_level", None)  # noqa: B010 - of any driver

        @event.listens_for(made, "begin")
        def _(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN")

    yield made
    made.dispose()


def enforce(connection: sa.Connection) -> None:
    """Have foreign keys enforced, which SQLite hears only outside of transactions."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    off = getattr(driver, "autocommit", None) is False
    if off:
        set_autocommit(driver, on=True)
    driver.execute("PRAGMA foreign_keys = ON")
    if off:
        set_autocommit(driver, on=False)


def set_autocommit(driver: sqlite3.Connection, *, on: bool) -> None:
    """Set what Python 3.11 does not know."""
    name = "autocommit"
    setattr(driver, name, on)


def migrate(connection: sa.Connection, *scripts: Script) -> None:
    with session(connection, lock_timeout=1) as ready:
        execute(ready, scripts, applied=())


def test_the_caller_commits(engine: sa.Engine, path: Path) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE mine (x)"))
        migrate(connection, up("0001_a", "CREATE TABLE a (x)"))
        assert connection.in_transaction()
        connection.commit()
    assert values(path, TABLES) == ["a", "makemigrations_history", "mine"]
    assert history_of(path) == ("0001_a",)


def test_the_caller_rolls_back(engine: sa.Engine, path: Path) -> None:
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        assert connection.in_transaction()
        migrate(
            connection,
            up("0001_a", "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"),
            up("0002_b", "CREATE TABLE b (x)"),
        )
        connection.rollback()
    assert values(path, TABLES) == []


def test_a_failure_undoes_its_migration_and_nothing_of_the_callers(
    engine: sa.Engine, path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE mine (x)"))
        connection.execute(sa.text("INSERT INTO mine VALUES (1)"))
        with pytest.raises(RunError, match="stays applied in your transaction"):
            migrate(
                connection,
                up("0001_a", "CREATE TABLE a (x)"),
                up("0002_b", "CREATE TABLE b (x)", "nonsense"),
            )
    assert values(path, TABLES) == ["a", "makemigrations_history", "mine"]
    assert values(path, "SELECT x FROM mine") == [1]


def test_a_rebuild_is_refused_while_foreign_keys_are_enforced(
    engine: sa.Engine, path: Path
) -> None:
    with engine.connect() as connection:
        enforce(connection)
        connection.execute(sa.text("SELECT 1"))
        with pytest.raises(RunError) as caught:
            migrate(connection, up("0001_a", "CREATE TABLE a (x)", prologue=[REBUILD]))
    assert "it rebuilds a table" in caught.value.message
    assert "your transaction has begun" in caught.value.message
    assert "pass an engine" in str(caught.value.hint)
    assert values(path, TABLES) == []


def test_a_rebuild_runs_while_they_are_not(engine: sa.Engine, path: Path) -> None:
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        migrate(connection, up("0001_a", "CREATE TABLE a (x)", prologue=[REBUILD]))
    assert history_of(path) == ("0001_a",)


def test_what_must_stand_alone_is_refused(engine: sa.Engine) -> None:
    made = up("0001_a", "VACUUM")
    script = Script(
        migration=made.migration,
        direction=Direction.UP,
        begin=made.begin,
        is_atomic=False,
        body=made.body,
    )
    with engine.begin() as connection, pytest.raises(RunError, match="stand alone"):
        migrate(connection, script)


def test_a_connection_that_began_nothing_is_committed_and_put_back(
    engine: sa.Engine, path: Path
) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        before = driver.isolation_level, driver.in_transaction
        migrate(connection, up("0001_a", "CREATE TABLE a (x)", prologue=[REBUILD]))
        assert not connection.in_transaction()
        assert (driver.isolation_level, driver.in_transaction) == before
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    assert history_of(path) == ("0001_a",)


def test_foreign_keys_stay_enforced_for_one_who_enforces_them(
    engine: sa.Engine,
) -> None:
    with engine.connect() as connection:
        enforce(connection)
        migrate(connection, up("0001_a", "CREATE TABLE a (x)", prologue=[REBUILD]))
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_engine_is_migrated_on_a_connection_of_its_own(
    engine: sa.Engine, path: Path
) -> None:
    with session(engine) as ready:
        execute(ready, [up("0001_a", "CREATE TABLE a (x)")], applied=())
    assert history_of(path) == ("0001_a",)


def test_memory_of_an_applications_engine_is_migrated() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection, up("0001_a", "CREATE TABLE a (x)"))
        assert connection.execute(sa.text("SELECT count(*) FROM a")).scalar() == 0
    engine.dispose()
