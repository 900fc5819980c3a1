"""PostgreSQL's catalog read, and a schema described without being made."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import psycopg
import pytest
import sqlalchemy as sa

import product
from live_postgresql import LivePostgreSQL
from looking import looking_at
from mm_engine.dialects import dialect
from mm_engine.errors import DriftError
from mm_engine.introspect.native import Native
from mm_engine.introspect.postgresql import reflect_postgresql
from mm_engine.introspect.postgresql_scratch import expected_postgresql
from mm_engine.model import types
from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import Array, EnumOf, Integer, Timestamp
from mm_engine.model.values import Literal
from mm_engine.testing.samples import SAMPLES
from product import Cell

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture
def connection(live_postgresql: LivePostgreSQL) -> Iterator[sa.Connection]:
    """Another connection that looks at the live schema."""
    with looking_at(live_postgresql) as opened:
        yield opened


def parts(native: Native) -> dict[str, object]:
    """What is compared, parts in any order."""
    return {
        **{f"enum {name}": enum for name, enum in native.enums.items()},
        **{
            f"{table.name} {kind} {getattr(part, 'name', '')}": part
            for table in native.tables.values()
            for kind in ("columns", "uniques", "checks", "foreign_keys", "indexes")
            for part in getattr(table, kind)
        },
        **{
            f"table {table.name}": (table.primary_key, table.comment, table.options)
            for table in native.tables.values()
        },
    }


# Every scenario and every sample, each pair of neighbours once in so many.
STEP = 4
DIALECT = dialect("postgresql")
CELLS = tuple(
    cell
    for number, cell in enumerate(product.cells("postgresql"))
    if (number // len(SAMPLES) + number) % STEP == 0 and "error" not in cell.said()
)


SCHEMA = CELLS[0].schema
UNBUILDABLE = Schema.of(
    Table("places", [Field("place", types.Native({"postgresql": "geometry"}))])
)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_what_grew_is_described_as_what_would_be_built(
    cell: Cell, live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    cell.fill(live_postgresql)
    live_postgresql.up(cell.scenario.made(cell.sample))
    found = parts(reflect_postgresql(connection))
    assert (
        parts(expected_postgresql(connection, live_postgresql.schema, DIALECT)) == found
    )


def test_tables_and_enums_in_namespaces_are_described_too(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    live, place = live_postgresql, f"{live_postgresql.name} Sales"
    mood = EnumOf(f"{place}.mood")
    table = Table(
        f"{place}.orders",
        [
            Field("id", Integer(), nullable=False),
            Field("mood", mood, default=Literal("glad")),
            Field("moods", Array(mood)),
            Field("seen", Timestamp(), auto_update=True),
        ],
        primary_key=PrimaryKey(["id"], name="orders_pkey"),
        uniques=[Unique(["seen"], name="uq_orders")],
        indexes=[Index(["mood"], name="idx_orders", where="mood <> 'sad'")],
    )
    key = ForeignKey(["id"], table.name, references=["id"], name="fk_orders")
    alike = attrs.evolve(
        table,
        name="orders",
        fields=[*table.fields, Field("own", EnumOf("mood"), default=Literal("sad"))],
        foreign_keys=[key],
    )
    enums = {name: Enum(name, ["glad", "sad"]) for name in (mood.name, "mood")}
    schema = attrs.evolve(Schema.of(table, alike), enums=enums)
    try:
        live.built(schema)
        found = reflect_postgresql(connection, namespaces=[place])
        assert [*found.tables] == ["orders", table.name]
        assert parts(expected_postgresql(connection, schema, DIALECT)) == parts(found)
        assert parts(lone := reflect_postgresql(connection)) != parts(found)
        assert lone.tables["orders"].foreign_keys[0].table == table.name
    finally:
        live.sql(f'DROP SCHEMA "{place}" CASCADE')


def test_a_user_without_the_right_to_temporary_tables_is_told_so(
    live_postgresql: LivePostgreSQL,
) -> None:
    run = live_postgresql.sql
    run("CREATE ROLE nobody_temporary LOGIN")
    try:
        run("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
        with (
            looking_at(live_postgresql, user="nobody_temporary") as other,
            pytest.raises(DriftError, match="may not make temporary tables") as error,
        ):
            expected_postgresql(other, SCHEMA, DIALECT)
        assert "GRANT TEMPORARY" in str(error.value)
    finally:
        run("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")
        run("DROP ROLE nobody_temporary")


def test_rights_to_read_the_catalog_and_to_make_temporary_tables_are_enough(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    live_postgresql.built(SCHEMA)
    live_postgresql.sql("CREATE ROLE reader LOGIN")
    try:
        live_postgresql.sql(f"GRANT USAGE ON SCHEMA {live_postgresql.name} TO reader")
        with looking_at(live_postgresql, user="reader") as other:
            found = reflect_postgresql(other)
            assert parts(found) == parts(reflect_postgresql(connection))
            assert parts(expected_postgresql(other, SCHEMA, DIALECT)) == parts(found)
    finally:
        live_postgresql.sql(f"REVOKE ALL ON SCHEMA {live_postgresql.name} FROM reader")
        live_postgresql.sql("DROP ROLE reader")


def test_a_transaction_that_only_reads_is_told_so(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    with pytest.raises(DriftError, match="only reads"):
        expected_postgresql(connection, SCHEMA, DIALECT)
    assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    assert reflect_postgresql(connection).tables == {}


@pytest.mark.parametrize("how", ["fresh", "begun", "autocommit"])
def test_the_connection_is_given_back_as_it_was(
    how: str, connection: sa.Connection
) -> None:
    if how == "begun":
        connection.exec_driver_sql("CREATE TABLE mine (id integer)")
    if how == "autocommit":
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    before = _state(connection)
    reflect_postgresql(connection)
    expected_postgresql(connection, SCHEMA, DIALECT)
    with pytest.raises(DriftError, match="geometry"):
        expected_postgresql(connection, UNBUILDABLE, DIALECT)
    assert _state(connection) == before
    if how == "begun":
        assert [*reflect_postgresql(connection).tables] == ["mine"]


def _state(connection: sa.Connection) -> tuple[object, ...]:
    was_begun = connection.in_transaction()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    status = driver.info.transaction_status
    names = ("search_path", "datestyle", "lock_timeout", "client_min_messages")
    settings = [
        connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names
    ]
    locks = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE pid = pg_backend_pid() AND c.relname = 'things'"
    ).scalar_one()
    if not was_begun:
        connection.rollback()
    return was_begun, status, settings, locks
