"""What an extension brings is its own: neither drift nor anything left unread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from live_postgresql import LivePostgreSQL
from looking import looking_at
from mm_engine.dialects import dialect
from mm_engine.introspect import drift, reflect
from mm_engine.introspect.native import Unread
from mm_engine.model.schema import Schema

pytestmark = pytest.mark.database("postgresql")

DIALECT = dialect("postgresql")
EXTENSIONS = ("citext", "hstore", "tablefunc", "seg", "pg_stat_statements")
"""Types, operators, functions, composite types, views: all in the namespace we read."""

OWN = (
    "CREATE TYPE mood AS ENUM ('glad', 'sad')",
    "CREATE TYPE pair AS (one integer, other text)",
    "CREATE TYPE span AS RANGE (subtype = float8)",
    "CREATE DOMAIN age AS integer CHECK (value > 0)",
    "CREATE SEQUENCE numbers",
    "CREATE TABLE kept (id serial PRIMARY KEY, mood mood, note text, age age)",
    "CREATE VIEW seen AS SELECT note FROM kept",
    "CREATE MATERIALIZED VIEW stored AS SELECT note FROM kept",
    "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE PROCEDURE nothing() LANGUAGE sql AS ''",
    "CREATE INDEX idx_kept ON kept (note)",
    "CREATE TABLE cut (id integer) PARTITION BY RANGE (id)",
    "CREATE TABLE cut_one PARTITION OF cut FOR VALUES FROM (1) TO (9)",
    "CREATE RULE nowhere AS ON DELETE TO kept DO INSTEAD NOTHING",
    "CREATE RULE unseen AS ON DELETE TO seen DO INSTEAD NOTHING",
    "CREATE STATISTICS counts ON id, note FROM kept",
    "CREATE POLICY own ON kept USING (true)",
    (
        "CREATE TRIGGER touched BEFORE UPDATE ON kept FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
)
MEMBERS = (
    *("TYPE mood", "TYPE pair", "TYPE span", "DOMAIN age", "SEQUENCE numbers"),
    *("TABLE kept", "VIEW seen", "MATERIALIZED VIEW stored", "FUNCTION one()"),
    *("PROCEDURE nothing()", "TABLE cut", "TABLE cut_one"),
)


@pytest.fixture
def connection(live_postgresql: LivePostgreSQL) -> Iterator[sa.Connection]:
    """Another connection that looks at the live schema."""
    with looking_at(live_postgresql) as opened:
        yield opened


def test_what_an_extension_makes_is_passed_over(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    for name in EXTENSIONS:
        live_postgresql.sql(f"CREATE EXTENSION {name} SCHEMA {live_postgresql.name}")
    found = drift(connection, Schema(), DIALECT)
    assert found.is_empty
    assert found.unread == ()


def test_everything_that_became_part_of_an_extension_is_passed_over(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    for sql in OWN:
        live_postgresql.sql(sql)
    before = drift(connection, Schema(), DIALECT)
    assert {op.subject().table for op in before.operations} >= {"kept", "cut"}
    assert len({thing.kind for thing in before.unread}) > len(MEMBERS)
    live_postgresql.sql(f"CREATE EXTENSION seg SCHEMA {live_postgresql.name}")
    for member in MEMBERS:
        live_postgresql.sql(f"ALTER EXTENSION seg ADD {member}")
    after = drift(connection, Schema(), DIALECT)
    assert after.is_empty
    assert after.unread == ()


def test_what_stands_on_a_table_of_ours_is_told_beside_an_extension(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    live_postgresql.sql(f"CREATE EXTENSION citext SCHEMA {live_postgresql.name}")
    live_postgresql.sql("CREATE TABLE ours (mail citext)")
    live_postgresql.sql("CREATE VIEW seen AS SELECT mail FROM ours")
    found = reflect(connection, DIALECT)
    assert found.tables["ours"].columns[0].type == "citext"
    assert found.unread == (Unread(kind="view", name="seen"),)
