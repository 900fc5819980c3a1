from __future__ import annotations

import datetime as dt
import decimal
import sqlite3
import uuid

import attrs
import pytest

from live_sqlite import Live, UnexpectedRowsError, moves
from mm_engine import operations as ops
from mm_engine.dialects import available, dialect
from mm_engine.dialects.features import Features
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.upserts import kept_name
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Expression, Symbol
from mm_engine.operations.data import Row

pytestmark = pytest.mark.database("sqlite")

MONEY = Table(
    "money",
    [
        Field("code", t.Varchar(3), nullable=False),
        Field("name", t.Text(), nullable=False),
        Field("rate", t.Decimal(10, 4)),
        Field("changed", t.Timestamp(), auto_update=True),
    ],
    primary_key=PrimaryKey(["code"], name="money_pkey"),
)
PRICES = Table(
    "prices",
    [Field("code", t.Varchar(3))],
    foreign_keys=[
        ForeignKey(
            ["code"], "money", references=["code"], name="fk", on_delete="CASCADE"
        )
    ],
)


@pytest.fixture
def live() -> Live:
    live = Live.of(Schema.of(MONEY, PRICES))
    live.script(
        "INSERT INTO money VALUES ('EUR', 'Euro', 1, '2001-01-01 00:00:00');"
        "INSERT INTO prices VALUES ('EUR')"
    )
    return live


def upsert(*rows: Row, keys: tuple[str, ...] = ("code",)) -> ops.UpsertData:
    return ops.UpsertData("money", keys=keys, rows=rows)


def test_rows_are_inserted_or_updated(live: Live) -> None:
    live.up([upsert({"code": "EUR", "name": "€"}, {"code": "USD", "name": "it's $"})])
    found = live.sql("SELECT code, name, rate FROM money ORDER BY code")
    assert found == [("EUR", "€", 1), ("USD", "it's $", None)]


def test_undoing_brings_back_what_rows_held_and_takes_new_ones_out(live: Live) -> None:
    change = upsert(
        {"code": "EUR", "name": "€", "rate": decimal.Decimal("1.5")},
        {"code": "USD", "name": "$"},
    )
    before, schema = live.rows(), live.schema
    live.up([change])
    assert live.rows() != before
    live.down([change], schema)
    assert live.rows() == before


def test_fields_that_were_not_given_are_left_alone_by_undoing(live: Live) -> None:
    change, schema = upsert({"code": "EUR", "name": "€"}), live.schema
    live.up([change])
    live.sql("UPDATE money SET rate = 9")
    live.down([change], schema)
    assert live.sql("SELECT name, rate FROM money") == [("Euro", 9)]


def test_a_row_without_a_field_does_not_empty_it(live: Live) -> None:
    live.up(
        [
            upsert(
                {"code": "EUR", "name": "€", "rate": 2},
                {"code": "EUR", "name": "Euro"},
                {"code": "USD", "name": "$", "rate": None},
            )
        ]
    )
    found = live.sql("SELECT code, name, rate FROM money ORDER BY code")
    assert found == [("EUR", "Euro", 2), ("USD", "$", None)]


def test_many_rows_are_told_in_several_statements() -> None:
    class Small(SQLite):
        features = Features.like(SQLite.features, rows_a_statement=2)

    live = Live.of(Schema.of(attrs.evolve(MONEY)))
    live.dialect = Small()
    rows: list[Row] = [{"code": str(number), "name": "x"} for number in range(5)]
    schema = live.schema
    live.up([upsert(*rows)])
    assert live.sql("SELECT count(*) FROM money") == [(5,)]
    live.down([upsert(*rows)], schema)
    assert live.sql("SELECT count(*) FROM money") == [(0,)]


def test_the_table_of_old_rows_is_named_by_the_mark(live: Live) -> None:
    [move] = moves([upsert({"code": "EUR", "name": "€"})], live.schema)
    [kept, *_] = SQLite().items([attrs.evolve(move, mark="0003_1")])
    assert 'CREATE TABLE "makemigrations_kept_0003_1" AS' in str(kept)


@pytest.mark.parametrize("database", available())
def test_its_name_is_one_that_the_database_takes_whole(database: str) -> None:
    """A migration of a long name upserts twice, and is undone."""
    one = dialect(database)
    schema = Schema.of(MONEY)
    name = "0012_add_supplier_products_currency_code_and_3_more_then_a_word"
    names = set()
    for number in (1, 2):
        [move] = moves([upsert({"code": "EUR", "name": "€"})], schema)
        kept = kept_name(one, attrs.evolve(move, mark=f"{name}_{number}"))
        assert one.new_name(kept)
        assert kept.startswith("makemigrations_kept_0012_add_")
        names.add(kept)
    assert len(names) == 2


def test_undoing_what_was_never_done_here_is_refused(live: Live) -> None:
    change = upsert({"code": "EUR", "name": "€"})
    with pytest.raises(UnexpectedRowsError, match="is not kept"):
        live.down([change], live.schema)


def test_undoing_deletes_no_children_of_rows_that_stay(live: Live) -> None:
    change, schema = upsert({"code": "EUR", "name": "€"}), live.schema
    live.up([change])
    live.down([change], schema)
    assert live.sql("SELECT * FROM prices") == [("EUR",)]


def test_keys_of_several_fields_are_one_key() -> None:
    table = Table(
        "pairs",
        [Field("a", t.Integer()), Field("b", t.Text()), Field("c", t.Text())],
        uniques=[Unique(["b", "a"], name="uq")],
    )
    live = Live.of(Schema.of(table))
    live.sql("INSERT INTO pairs VALUES (1, 'x', 'old'), (1, 'y', 'old')")
    rows: list[Row] = [{"a": 1, "b": "x", "c": "new"}, {"a": 2, "b": "x", "c": "new"}]
    change = ops.UpsertData("pairs", keys=["a", "b"], rows=rows)
    schema, before = live.schema, live.rows()
    live.up([change])
    found = live.sql("SELECT * FROM pairs ORDER BY a, b")
    assert found == [(1, "x", "new"), (1, "y", "old"), (2, "x", "new")]
    live.down([change], schema)
    assert live.rows() == before


def test_rows_that_are_only_keys_are_inserted_or_left() -> None:
    table = Table(
        "codes",
        [Field("code", t.Text(), nullable=False)],
        primary_key=PrimaryKey(["code"], name="pk"),
    )
    live = Live.of(Schema.of(table))
    live.sql("INSERT INTO codes VALUES ('a')")
    rows = [{"code": "a"}, {"code": "b"}]
    change = ops.UpsertData("codes", keys=["code"], rows=rows)
    schema = live.schema
    live.up([change])
    assert live.sql("SELECT * FROM codes") == [("a",), ("b",)]
    live.down([change], schema)
    assert live.sql("SELECT * FROM codes") == [("a",)]


def test_no_rows_are_no_statements(live: Live) -> None:
    assert live.up([upsert()]) == live.down([upsert()], live.schema) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (upsert({"code": "EUR", "name": "€"}, keys=()), "no keys"),
        (upsert({"code": "EUR", "name": "€"}, keys=("name",)), "not unique"),
        (upsert({"name": "€"}), 'no plain value for the key "code"'),
        (upsert({"code": None, "name": "€"}), "no plain value"),
        (upsert({"code": Expression("'a'"), "name": "€"}), "no plain value"),
        (upsert({"code": "EUR"}), '"name", which is required'),
        (upsert({"code": "EUR", "name": "a\0"}), "NUL"),
        (upsert({"code": "EUR", "name": "x", "rate": float("nan")}), "nan"),
        (upsert({"code": "EUR", "name": b"x"}), "bytes"),
    ],
)
def test_rows_that_cannot_be_told_are_refused(
    live: Live, change: ops.UpsertData, reason: str
) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        live.up([change])


def test_every_kind_of_value_is_written_by_the_type_of_its_field() -> None:
    types: dict[str, t.FieldType] = {
        "id": t.Integer(),
        "done": t.Boolean(),
        "ratio": t.Double(),
        "price": t.Decimal(10, 2),
        "text": t.Text(),
        "raw": t.Bytes(),
        "moment": t.TimestampTZ(),
        "day": t.Date(),
        "hour": t.Time(),
        "mark": t.Uuid(),
        "json": t.Json(),
        "size": t.Integer(),
        "sum": t.Integer(),
    }
    fields = [
        Field(name, type_, nullable=name != "id") for name, type_ in types.items()
    ]
    table = Table("things", fields, primary_key=PrimaryKey(["id"], name="pk"))
    live = Live.of(
        attrs.evolve(Schema.of(table), defaults={"sqlite": {"answer": "42"}})
    )
    zone = dt.timezone(dt.timedelta(hours=2))
    row: Row = {
        "id": 1,
        "done": True,
        "ratio": 0.1,
        "price": decimal.Decimal("1.50"),
        "text": "100% :x ? 'it''s'",
        "raw": b"\x00'\xff",
        "moment": dt.datetime(2024, 2, 29, 12, 30, tzinfo=zone),
        "day": dt.date(2024, 2, 29),
        "hour": dt.time(12, 30),
        "mark": uuid.UUID(int=1),
        "json": '{"a": 1.10}',
        "size": Symbol("answer"),
        "sum": Expression("1 + 1"),
    }
    live.up([ops.UpsertData("things", keys=["id"], rows=[row])])
    [found] = live.sql(f"SELECT {', '.join(types)} FROM things")
    assert found == (
        *(1, 1, 0.1, 1.5, "100% :x ? 'it''s'", b"\x00'\xff"),
        *("2024-02-29 10:30:00", "2024-02-29", "12:30:00"),
        *("00000000-0000-0000-0000-000000000001", '{"a": 1.10}', 42, 2),
    )


def test_a_row_that_breaks_a_rule_leaves_everything_as_it_was(live: Live) -> None:
    catalog, rows = live.catalog(), live.rows()
    change = ops.UpsertData("prices", keys=["code"], rows=[{"code": "XXX"}])
    unique = ops.AddUnique("prices", Unique(["code"], name="uq"))
    with pytest.raises((sqlite3.IntegrityError, UnexpectedRowsError)):
        live.up([unique, change])
    assert (live.catalog(), live.rows()) == (catalog, rows)
