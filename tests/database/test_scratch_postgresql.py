"""A schema built in PostgreSQL's scratch: in few questions, with few locks, exactly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import attrs
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from live_postgresql import LivePostgreSQL
from looking import looking_at
from mm_engine.dialects import dialect
from mm_engine.errors import DriftError
from mm_engine.introspect import drift, expected
from mm_engine.introspect.asides import aside, run
from mm_engine.introspect.postgresql_batches import read_in_one_call, read_one_by_one
from mm_engine.introspect.postgresql_disguise import Disguise
from mm_engine.introspect.postgresql_scratch import (
    READING,
    SHARE,
    batches_of,
)
from mm_engine.introspect.postgresql_spoken import Spoken
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Expression, Literal
from mm_engine.operations import CreateTable

pytestmark = pytest.mark.database("postgresql")

DIALECT = dialect("postgresql")
FEW, MANY = 10, 600
"""Numbers of tables: those that fit into one batch, and those that need several."""

ODD = """it's "100%" %s :odd \\n {} $$ $body$ ä 字"""
"""What a text may hold that is read by drivers, by JSON and by the server."""


def small(count: int) -> Schema:
    """So many tables of a few columns each."""
    return Schema.of(
        *(
            Table(
                f"table_{number}",
                [Field("id", t.BigInt(), nullable=False), Field("note", t.Text())],
                primary_key=PrimaryKey(["id"], name=f"table_{number}_pkey"),
                indexes=[Index([Desc("note")], name=f"idx_{number}")],
            )
            for number in range(count)
        )
    )


RICH = Table(
    "rich",
    [
        Field("id", t.BigSerial(), nullable=False),
        Field("note", t.Varchar(200), default=Literal(ODD), comment=ODD),
        Field("mood", t.EnumOf("odd moods"), default=Literal(ODD)),
        Field("moods", t.Array(t.EnumOf("odd moods"))),
        Field("gone", t.Boolean(), nullable=False, default=Literal("false")),
        Field("seen", t.TimestampTZ(), auto_update=True),
        Field("city", t.Text(), options={"postgresql": {"collate": "C"}}),
    ],
    primary_key=PrimaryKey(["id"], name="rich_pkey"),
    uniques=[Unique(["note", "id"], name="uq_rich", deferrable="deferred")],
    checks=[Check(f"note <> '{ODD.replace(chr(39), chr(39) * 2)}'", name="ck_rich")],
    indexes=[
        Index(
            ["city", Desc("id"), Expression("lower(note)")],
            name="idx_rich",
            where="gone IS NOT TRUE",
            include=["mood"],
            options={"postgresql": {"with": ["fillfactor=70"]}},
        )
    ],
    comment=ODD,
    options={"postgresql": {"with": ["fillfactor=80"]}},
)


def rich(number: int) -> Table:
    """The same under other names, beside others of its kind."""
    key, [unique], [index] = RICH.primary_key, RICH.uniques, RICH.indexes
    return attrs.evolve(
        RICH,
        name=f"rich_{number}",
        primary_key=key and attrs.evolve(key, name=f"pkey_{number}"),
        uniques=[attrs.evolve(unique, name=f"uq_{number}")],
        indexes=[attrs.evolve(index, name=f"idx_{number}")],
    )


MOODS = Enum("odd moods", [ODD, "sad"], comment=ODD)
TWO_BATCHES = attrs.evolve(
    small(3).with_table(RICH), enums={MOODS.name: MOODS, "none": Enum("none", ["x"])}
)


@pytest.fixture
def connection(live_postgresql: LivePostgreSQL) -> Iterator[sa.Connection]:
    """Another connection that looks at the live schema."""
    with looking_at(live_postgresql) as opened:
        yield opened


@contextmanager
def counted(connection: sa.Connection) -> Iterator[list[str]]:
    """Every statement that is sent within the block."""
    sent: list[str] = []

    def listen(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(connection, "before_cursor_execute", listen)
    yield sent
    event.remove(connection, "before_cursor_execute", listen)


def test_comparing_asks_as_much_of_few_tables_as_of_many(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    asked: list[list[str]] = []
    for count in (FEW, MANY):
        made = small(count)
        added = {
            n: each
            for n, each in made.tables.items()
            if n not in live_postgresql.schema.tables
        }
        live_postgresql.up(map(CreateTable.of, added.values()))
        with counted(connection) as sent:
            assert drift(connection, made, DIALECT).is_empty
        asked.append([*sent])
    few, many = asked
    assert len(few) == len(many)
    assert [text.split()[:2] for text in few] == [text.split()[:2] for text in many]


def test_one_call_reads_the_values_that_the_driver_reads(
    connection: sa.Connection,
) -> None:
    batches = batches_of(Disguise.of(TWO_BATCHES, DIALECT), Spoken(), budget=8)
    assert len(batches) > 1
    both = []
    for read in (read_in_one_call, read_one_by_one):
        with aside(connection):
            run(connection, "SET LOCAL search_path = pg_temp")
            both.append([*read(connection, batches)])
    # Their texts, too: 1 is equal to True.
    assert both[0] == both[1]
    assert repr(both[0]) == repr(both[1])
    assert both[0][-1].tables["rich"].comment == ODD


def test_who_may_not_make_functions_compares_too(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    run_by_hand, schema = live_postgresql.sql, small(FEW)
    wanted = expected(connection, schema, DIALECT)
    run_by_hand("CREATE ROLE no_functions LOGIN")
    run_by_hand("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
    try:
        with looking_at(live_postgresql, user="no_functions") as other:
            assert expected(other, schema, DIALECT) == wanted
    finally:
        run_by_hand("GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC")
        run_by_hand("DROP ROLE no_functions")


def test_many_tables_take_no_more_locks_than_our_share(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    counts = [0]
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(expected, connection, small(MANY), DIALECT)
        while not work.done():
            counts.append(locks(live_postgresql, connection))
    assert len(work.result().tables) == MANY
    [(size,)] = live_postgresql.sql(
        "SELECT current_setting('max_locks_per_transaction')::int"
        " * current_setting('max_connections')::int"
    )
    assert MANY < max(counts) < int(str(size)) // SHARE


def locks(live: LivePostgreSQL, connection: sa.Connection) -> int:
    """How many places for locks a connection takes: one a thing, however locked."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    thing = "locktype, relation, classid, objid, virtualxid, transactionid::text"
    [(count,)] = live.sql(
        f"SELECT count(DISTINCT ({thing})) FROM pg_locks"
        f" WHERE pid = {driver.info.backend_pid}"
    )
    return int(str(count))


def test_no_batch_takes_more_locks_than_its_budget(
    live_postgresql: LivePostgreSQL, connection: sa.Connection
) -> None:
    tables = [rich(number) for number in range(20)]
    schema = attrs.evolve(TWO_BATCHES, tables={table.name: table for table in tables})
    batches = batches_of(Disguise.of(schema, DIALECT), Spoken(), budget=READING + 100)
    held: list[int] = []
    for batch in batches:
        with aside(connection):
            run(connection, "SET LOCAL check_function_bodies = off")
            for built in batch:
                for sql in built.statements:
                    run(connection, sql)
            held.append(locks(live_postgresql, connection))
    assert 1 < len(held) < len(tables)
    # Beside what is built: the transaction, its namespace, the triggers' language.
    assert 50 < max(held) <= 100 + 4


def test_what_cannot_be_built_is_named(connection: sa.Connection) -> None:
    place = Field("place", t.Native({"postgresql": "geometry"}))
    schema = small(FEW).with_table(Table("places", [place]))
    with pytest.raises(DriftError, match=r'\(places: type "geometry" does not exist\)'):
        expected(connection, schema, DIALECT)


def test_a_timeout_for_statements_counts_for_each_of_them(
    connection: sa.Connection,
) -> None:
    schema = small(MANY)
    begun = time.perf_counter()
    expected(connection, schema, DIALECT)
    taken = time.perf_counter() - begun
    connection.exec_driver_sql(f"SET statement_timeout = {int(taken * 1000 / 4)}")
    assert len(expected(connection, schema, DIALECT).tables) == MANY


@pytest.mark.parametrize("path", ["", ", {place}"])
def test_expressions_may_name_enums_of_any_namespace(
    path: str, live_postgresql: LivePostgreSQL
) -> None:
    live, place = live_postgresql, f"{live_postgresql.name} Sales"
    own, far = f"{live.name}.mood", f'"{place}".mood'
    table = Table(
        "orders",
        [
            Field("mood", t.EnumOf("mood"), default=Expression(f"'sad'::{own}")),
            Field("far", t.EnumOf(f"{place}.mood"), default=Expression(f"{far} 'sad'")),
        ],
        checks=[
            Check(f"mood <> CAST('glad' AS {own})", name="ck_own"),
            Check(f"far = ANY (ARRAY['sad'::{far}, 'glad'])", name="ck_far"),
        ],
        indexes=[
            Index(
                [Expression(f"(far <> 'sad'::{far})")],
                name="idx_far",
                where=f"mood <> 'sad'::{own}",
            )
        ],
    )
    enums = {name: Enum(name, ["glad", "sad"]) for name in ("mood", f"{place}.mood")}
    schema = attrs.evolve(Schema.of(table), enums=enums)
    try:
        live.built(schema)
        with looking_at(live) as connection:
            run(
                connection,
                f"SET search_path = {live.name}{path.format(place=far[:-5])}",
            )
            assert drift(connection, schema, DIALECT).is_empty
    finally:
        live.sql(f'DROP SCHEMA "{place}" CASCADE')
