"""What a database says, lifted: nothing of it is lost, and nothing is guessed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, reject

from examples import FEW
from live_sqlite import Live
from mm_engine.dialects import dialect
from mm_engine.diff import diff
from mm_engine.errors import UnsupportedError
from mm_engine.introspect import Native, lift
from mm_engine.introspect.sqlite import native_of
from mm_engine.introspect.sqlite_scratch import expected_sqlite
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.naming import with_names
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Field, Table
from mm_engine.model.types import (
    Boolean,
    Bytes,
    Decimal,
    EnumOf,
    FieldType,
    Integer,
    Serial,
    Text,
    Timestamp,
    Uuid,
    Varchar,
)
from mm_engine.model.types import (
    Native as NativeType,
)
from mm_engine.model.values import Default, Expression, Literal, Symbol
from strategies import named_schemas

SQLITE = dialect("sqlite")


def told(*statements: str) -> Native:
    """What a database says in which these were said."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for sql in statements:
            connection.execute(sql)
        return native_of(connection.execute)


def field(sql: str) -> Field:
    """The field of a column."""
    return lift(told(f"CREATE TABLE t (a {sql})"), SQLITE).table("t").field("a")


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        ("VARCHAR(20)", Varchar(20)),
        ("varchar( 20 )", Varchar(20)),
        ("TEXT", Text()),
        ("INTEGER", Integer()),
        ("DECIMAL(10,2)", Decimal(10, 2)),
        ("CHAR(36)", Uuid()),
        ("BOOLEAN", Boolean()),
        ("DATETIME", Timestamp()),
        ("INT", NativeType({"sqlite": "INT"})),
        ("double precision", NativeType({"sqlite": "DOUBLE PRECISION"})),
        ("", Bytes()),
    ],
)
def test_a_type_is_the_neutral_one_of_its_words(words: str, type_: FieldType) -> None:
    assert field(words).type == type_


@pytest.mark.parametrize(
    ("sql", "default"),
    [
        ("TEXT DEFAULT 'it''s'", Literal("it's")),
        ("INTEGER DEFAULT -7", Literal("-7")),
        ("DECIMAL(5, 2) DEFAULT (1.50)", Literal("1.50")),
        ("BOOLEAN DEFAULT 1", Literal("1")),
        ("TEXT DEFAULT NULL", None),
        ("DATETIME DEFAULT CURRENT_TIMESTAMP", Symbol("now")),
        ("TEXT DEFAULT (lower('A'))", Expression("lower('A')")),
        ("INTEGER DEFAULT 'seven'", Expression("'seven'")),
    ],
)
def test_a_default_is_a_value_a_function_or_sql(
    sql: str, default: Default | None
) -> None:
    assert field(sql).default == default


UUID = BUILT_IN_DEFAULTS["sqlite"]["new_uuid"]


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (UUID, True),
        (f"( {UUID.replace(' || ', '||').replace('hex', 'HEX')} )", True),
        (UUID.replace("'89AB'", "'89ab'"), False),
        (UUID.replace("'-'", "' - '"), False),
        (UUID.replace("|| '-4'", "|| ('-4')"), False),
    ],
)
def test_only_the_same_expression_is_the_symbol(words: str, *, same: bool) -> None:
    found = field(f"CHAR(36) DEFAULT {words}").default
    assert (found == Symbol("new_uuid")) is same
    assert same or isinstance(found, Expression)


def test_a_symbol_brings_its_words_for_every_database() -> None:
    schema = lift(told("CREATE TABLE t (a DATETIME DEFAULT CURRENT_TIMESTAMP)"), SQLITE)
    assert schema.defaults["postgresql"] == {"now": "CURRENT_TIMESTAMP"}


def test_a_key_that_counts_itself_up_is_a_serial() -> None:
    table = lift(
        told("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)"), SQLITE
    ).table("t")
    assert table == Table(
        "t", [Field("a", Serial(), nullable=False)], primary_key=PrimaryKey(["a"])
    )


def test_an_enum_is_one_where_its_fields_agree() -> None:
    one = "CREATE TABLE one (a TEXT CONSTRAINT enum_m CHECK (a IN ('x', 'y')))"
    same = "CREATE TABLE two (b TEXT CONSTRAINT enum_m CHECK (b IN ('x', 'y')))"
    other = "CREATE TABLE two (b TEXT CONSTRAINT enum_m CHECK (b IN ('x')))"
    schema = lift(told(one, same), SQLITE)
    assert schema.enums == {"m": Enum("m", ["x", "y"])}
    assert schema.table("two").field("b").type == EnumOf("m")
    torn = lift(told(one, other), SQLITE)
    assert torn.enums == {}
    assert torn.table("two").field("b").type == Text()
    assert torn.table("two").checks[0].expression == "b IN ('x')"


@FEW
@given(named_schemas())
def test_lowering_what_was_lifted_gives_the_database_back(schema: Schema) -> None:
    live = Live()
    try:
        live.up(diff(Schema(), schema))
    except UnsupportedError:
        reject()
    native = native_of(live.connection.execute)
    lifted = with_names(lift(native, SQLITE), Schema())
    assert expected_sqlite(lifted, SQLITE) == native
