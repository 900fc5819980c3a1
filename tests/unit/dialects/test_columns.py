from __future__ import annotations

import pytest

from mm_engine.dialects.affinity import affinity
from mm_engine.dialects.columns import filled
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import FieldType
from mm_engine.model.values import Expression, Literal, Symbol

SQLITE = SQLite()
SCHEMA = Schema(
    enums={"mood": Enum("mood", ["glad", "it's"])},
    defaults={"sqlite": {"zero": "0", "empty": " "}},
)


def said(field: Field, schema: Schema = SCHEMA) -> str:
    return SQLITE.column_sql(SQLITE.column(field, schema))


def test_a_field_is_a_column_with_type_nullability_and_default() -> None:
    field = Field("n", t.Varchar(9), nullable=False, default=Literal("it's"))
    assert said(field) == "\"n\" VARCHAR(9) NOT NULL DEFAULT 'it''s'"


def test_a_symbol_is_what_the_schema_before_says() -> None:
    assert said(Field("n", t.Integer(), default=Symbol("zero"))).endswith("DEFAULT 0")


@pytest.mark.parametrize("name", ["empty", "unknown"])
def test_a_symbol_without_words_is_never_silently_none(name: str) -> None:
    with pytest.raises(UnsupportedError, match=name):
        said(Field("n", t.Integer(), default=Symbol(name)))


def test_an_expression_stands_in_parentheses() -> None:
    field = Field("n", t.Integer(), default=Expression("1 + 1"))
    assert said(field) == '"n" INTEGER DEFAULT (1 + 1)'


def test_the_clock_wins_over_a_default() -> None:
    field = Field("n", t.Date(), auto_create=True, default=Literal("2024-01-01"))
    assert said(field) == '"n" DATE DEFAULT CURRENT_DATE'


def test_only_what_shows_time_has_a_clock() -> None:
    with pytest.raises(UnsupportedError, match="clock"):
        said(Field("n", t.Integer(), auto_create=True))


def test_an_enum_is_a_check_named_for_it() -> None:
    assert said(Field("n", t.EnumOf("mood"))) == (
        "\"n\" TEXT CONSTRAINT \"enum_mood\" CHECK (\"n\" IN ('glad', 'it''s'))"
    )


def test_an_array_is_a_text_that_holds_a_document() -> None:
    assert said(Field("n", t.Array(t.EnumOf("mood")))) == '"n" TEXT'


def test_a_native_type_is_told_in_its_own_words_or_otherwise() -> None:
    own = t.Native({"sqlite": "POINT(2)"})
    other = t.Native({"postgresql": "inet"}, otherwise=t.Varchar(39))
    assert said(Field("n", own)) == '"n" POINT(2)'
    assert said(Field("n", other)) == '"n" VARCHAR(39)'


def test_a_native_type_without_words_says_the_way_out() -> None:
    with pytest.raises(UnsupportedError, match="otherwise"):
        said(Field("n", t.Native({"postgresql": "inet"})))


@pytest.mark.parametrize(
    ("template", "sql"),
    [
        ("NUMERIC({{.Precision}},{{ .Scale }})", "NUMERIC(10,2)"),
        ("NUMERIC({precision}, {scale})", "NUMERIC(10, 2)"),
        ("MONEY", "MONEY"),
    ],
)
def test_a_type_mapping_takes_the_numbers_of_the_type(template: str, sql: str) -> None:
    assert filled(template, t.Decimal(10, 2), SQLITE.features) == sql


@pytest.mark.parametrize(
    "template", ["X({length})", "X({{.Length}})", "X({{if .Scale}})", "X({what})"]
)
def test_a_type_mapping_is_never_silently_left_aside(template: str) -> None:
    with pytest.raises(UnsupportedError):
        filled(template, t.Decimal(10, 2), SQLITE.features)


def test_a_type_mapping_goes_by_the_word_of_yaml() -> None:
    mappings = {"sqlite": {"uuid": "BLOB", "integer[]": "INTS", "array": "LIST"}}
    schema = Schema(type_mappings=mappings)
    assert said(Field("n", t.Uuid()), schema) == '"n" BLOB'
    assert said(Field("n", t.Array(t.Integer())), schema) == '"n" INTS'
    assert said(Field("n", t.Array(t.Text())), schema) == '"n" LIST'


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (t.Varchar(9), "TEXT"),
        (t.Uuid(), "TEXT"),
        (t.Json(), "TEXT"),
        (t.Interval(), "TEXT"),
        (t.BigInt(), "INTEGER"),
        (t.Float(), "REAL"),
        (t.Double(), "REAL"),
        (t.Decimal(15, 2), "NUMERIC"),
        (t.Boolean(), "NUMERIC"),
        (t.Timestamp(), "NUMERIC"),
        (t.Bytes(), "BLOB"),
    ],
)
def test_the_affinity_keeps_values_as_they_are_written(
    type_: FieldType, expected: str
) -> None:
    column = SQLITE.column(Field("n", type_), SCHEMA)
    assert affinity(column.type) == expected


def test_decimals_are_exact_to_15_digits_and_above_that_refused() -> None:
    assert said(Field("n", t.Decimal(15, 5))) == '"n" DECIMAL(15, 5)'
    with pytest.raises(UnsupportedError, match="15 digits"):
        said(Field("n", t.Decimal(16, 5)))


def test_decimals_are_exact_as_text_by_an_option_or_a_mapping() -> None:
    options = {"sqlite": {"decimal": "text"}}
    field = Field("n", t.Decimal(20, 2), default=Literal("1.5"), options=options)
    assert said(field) == "\"n\" TEXT DEFAULT '1.50'"
    schema = Schema(type_mappings={"sqlite": {"decimal": "VARCHAR({precision})"}})
    plain = Field("n", t.Decimal(20, 2), default=Literal("-007"))
    assert said(plain, schema) == "\"n\" VARCHAR(20) DEFAULT '-7.00'"


def test_options_say_collation_and_what_a_column_is_computed_from() -> None:
    options = {"sqlite": {"collate": "NOCASE", "generated": "a || b"}}
    assert said(Field("n", t.Text(), options=options)) == (
        '"n" TEXT COLLATE "NOCASE" GENERATED ALWAYS AS (a || b) VIRTUAL'
    )
