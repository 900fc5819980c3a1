"""A live MariaDB database against the schema that its migrations add up to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from hand_changes import HandChange, missing
from live_mysql import LiveMySQL
from mariadb import rows
from mm_engine import operations as ops
from mm_engine.errors import ConfigError, DriftError
from mm_engine.introspect import Drift, Native, drift, lift, reflect
from mm_engine.introspect.mysql_scratch import LEFT, SCRATCH
from mm_engine.model import types as t
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mysql_by_hand import BASE, CHANGES, UNTOLD

pytestmark = pytest.mark.database("mariadb")


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """A connection as applications have it."""
    plain = {"ssl_disabled": True}  # it would read all certificates of the machine
    engine = sa.create_engine(
        url.replace("mysql:", "mysql+pymysql:"), connect_args=plain
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def found_in(live: LiveMySQL, url: str, *ignore: str) -> Drift:
    """The drift of what is there from what we believe to be there."""
    with connected(url) as connection:
        return drift(connection, live.schema, live.dialect, ignore=ignore)


def read(url: str, live: LiveMySQL) -> Native:
    """What the database says of itself."""
    with connected(url) as connection:
        return reflect(connection, live.dialect)


def scratches(url: str) -> list[str]:
    """The databases on the server that were made to compare with."""
    return [
        str(name) for (name,) in rows(url, "SHOW DATABASES") if SCRATCH in str(name)
    ]


def test_every_attribute_has_a_change_by_hand() -> None:
    assert missing(CHANGES, UNTOLD) == []


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_by_hand_is_one_operation_and_can_be_repaired(
    change: HandChange, mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    live = live_mariadb
    live.built(BASE)
    assert found_in(live, mariadb_url).operations == ()
    for statement in change.sql:
        assert isinstance(statement, str)
        live.sql(statement)
    found = found_in(live, mariadb_url)
    assert found.operations == (change.told,)
    live.schema = found.live
    live.up(found.repair)
    live.schema = BASE
    assert found_in(live, mariadb_url).operations == ()


def test_what_was_read_makes_the_same_database_again(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    live = live_mariadb
    live.built(BASE)
    shape = live.shape()
    lifted = lift(read(mariadb_url, live), live.dialect)
    live.emptied()
    live.built(with_names(lifted, Schema()))
    assert live.shape() == shape


def test_an_enum_whose_columns_disagree_is_told_by_the_column(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    moods = Table("moods", [Field("a", t.EnumOf("mood")), Field("b", t.EnumOf("mood"))])
    live_mariadb.built(attrs.evolve(BASE, tables={"moods": moods}))
    live_mariadb.sql("ALTER TABLE moods MODIFY b ENUM('glad', 'mad')")
    told = t.Native({"mysql": "enum('glad','mad')"})
    assert found_in(live_mariadb, mariadb_url).operations == (
        ops.AlterField("moods", Field("b", told)),
    )


def test_what_no_schema_says_is_told_apart(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    live = live_mariadb
    live.built(BASE)
    for statement in (
        "CREATE VIEW seen AS SELECT * FROM people",
        "CREATE TRIGGER loud BEFORE INSERT ON people FOR EACH ROW SET NEW.age = 1",
        "CREATE PROCEDURE run_it() SELECT 1",
        "CREATE SEQUENCE numbers",
        "ALTER TABLE pairs STATS_PERSISTENT=1",
        "ALTER TABLE visits ALTER INDEX fk_person IGNORED",
        "ALTER TABLE people ADD COLUMN hidden INT INVISIBLE",
        "ALTER TABLE visits ADD COLUMN at TIMESTAMP NULL ON UPDATE NOW()",
    ):
        live.sql(statement)
    found = found_in(live, mariadb_url)
    assert {type(operation) for operation in found.operations} == {ops.AddField}
    assert [(one.kind, one.table, one.name) for one in found.unread] == [
        ("INVISIBLE", "people", "hidden"),
        ("ON UPDATE CURRENT_TIMESTAMP()", "visits", "at"),
        ("ignored index", "visits", "fk_person"),
        ("procedure", None, "run_it"),
        ("sequence", None, "numbers"),
        ("stats_persistent=1", "pairs", "pairs"),
        ("trigger", "people", "loud"),
        ("view", None, "seen"),
    ]


def test_tables_of_others_are_ignored(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    live_mariadb.built(BASE)
    live_mariadb.sql("CREATE TABLE audit_log (kind ENUM('a', 'b'))")
    assert found_in(live_mariadb, mariadb_url, "audit_*").operations == ()


def test_comparing_commits_nothing_and_leaves_nothing(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    live_mariadb.built(BASE)
    made: list[str] = []
    with connected(mariadb_url) as connection:

        @event.listens_for(connection.engine, "before_cursor_execute")
        def hear(*words: object) -> None:
            _, is_made, name = str(words[2]).partition("CREATE DATABASE ")
            made.extend([name.strip("`")] if is_made else [])

        connection.exec_driver_sql("INSERT INTO pairs VALUES (1, '2020-01-01')")
        drift(connection, BASE, live_mariadb.dialect)
        assert connection.exec_driver_sql("SELECT DATABASE()").scalar_one()
        connection.rollback()
    assert live_mariadb.sql("SELECT count(*) FROM pairs") == [(0,)]
    assert len(made) == 1
    assert made[0] not in scratches(mariadb_url)


def test_what_was_left_behind_long_ago_is_swept(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    ((now,),) = rows(mariadb_url, "SELECT UNIX_TIMESTAMP()")
    old, new = (f"{SCRATCH}{int(str(now)) - ago}_7" for ago in (LEFT + 60, 0))
    for name in (old, new):
        rows(mariadb_url, f"CREATE DATABASE {name}")
    assert found_in(live_mariadb, mariadb_url).operations == ()
    assert {old, new} & {*scratches(mariadb_url)} == {new}
    rows(mariadb_url, f"DROP DATABASE {new}")


def test_who_may_make_no_database_is_told_which_right_it_takes(
    mariadb_url: str, live_mariadb: LiveMySQL
) -> None:
    name = mariadb_url.rpartition("/")[2]
    theirs = mariadb_url.replace("root@", "lowly:@")
    rows(
        mariadb_url,
        "CREATE OR REPLACE USER lowly@'%'",
        f"GRANT ALL ON {name}.* TO lowly@'%'",
    )
    with pytest.raises(DriftError, match="may not make a database") as caught:
        found_in(live_mariadb, theirs)
    granted = str(caught.value.hint).replace("the user", "lowly@'%'")
    rows(mariadb_url, granted)
    assert found_in(live_mariadb, theirs).operations == ()
    rows(mariadb_url, "DROP USER lowly@'%'")


def test_a_connection_to_no_database_is_refused(
    mariadb_server: str, live_mariadb: LiveMySQL
) -> None:
    with pytest.raises(ConfigError, match="no database on it"):
        read(mariadb_server, live_mariadb)
