from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid

import pytest

from mm_engine.dialects.features import Features
from mm_engine.dialects.literals import PythonValue, bytes_literal, literal, written
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.types import FieldType

FACTS = SQLite.features


@pytest.mark.parametrize(
    ("text", "type_", "sql"),
    [
        ("007", t.Varchar(10), "'007'"),
        ("007", t.Integer(), "7"),
        ("-0", t.BigInt(), "0"),
        ("USD", t.Char(3), "'USD'"),
        ("f(x)::text", t.Text(), "'f(x)::text'"),
        ("it's", t.Text(), "'it''s'"),
        ("1e5", t.Double(), "1e5"),
        ("1e2", t.Decimal(5, 2), "100"),
        ("1.500", t.Decimal(5, 2), "1.500"),
        ("Yes", t.Boolean(), "1"),
        ("off", t.Boolean(), "0"),
        ("2024-02-29", t.Date(), "'2024-02-29'"),
        ("12:30", t.Time(), "'12:30:00'"),
        ("2024-02-29T12:30", t.Timestamp(), "'2024-02-29 12:30:00'"),
        ("2024-02-29 12:30+02:00", t.TimestampTZ(), "'2024-02-29 10:30:00'"),
        ("1 day", t.Interval(), "'1 day'"),
        (
            "{3B241101E2BB42558CAF4136C566A962}",
            t.Uuid(),
            "'3b241101-e2bb-4255-8caf-4136c566a962'",
        ),
        ('{"a": 1.10}', t.Json(), "'{\"a\": 1.10}'"),
        ("[1]", t.Array(t.Integer()), "'[1]'"),
        ("é", t.Bytes(), "X'C3A9'"),
        ("any 'thing'", t.Native({"sqlite": "THING"}), "'any ''thing'''"),
        ("glad", t.EnumOf("mood"), "'glad'"),
    ],
)
def test_a_text_is_written_by_the_type_of_its_field(
    text: str, type_: FieldType, sql: str
) -> None:
    assert literal(text, type_, FACTS) == sql


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("many", t.Integer()),
        ("1.0", t.Integer()),
        ("1_000", t.Integer()),
        ("32768", t.SmallInt()),
        ("9223372036854775808", t.BigInt()),
        ("nan", t.Double()),
        ("inf", t.Float()),
        ("0x10", t.Double()),
        ("1.234", t.Decimal(5, 2)),
        ("1234", t.Decimal(5, 2)),
        ("1e999999999", t.Decimal(5, 2)),
        ("maybe", t.Boolean()),
        ("2024-02-30", t.Date()),
        ("25:00", t.Time()),
        ("soon", t.Timestamp()),
        ("2024-02-29 12:30+02:00", t.Timestamp()),
        ("x", t.Uuid()),
        ("{", t.Json()),
        ("NaN", t.Jsonb()),
        ("{}", t.Array(t.Integer())),
        ("a\0", t.Text()),
    ],
)
def test_a_text_that_is_no_value_of_the_type_is_refused(
    text: str, type_: FieldType
) -> None:
    with pytest.raises(UnsupportedError):
        literal(text, type_, FACTS)


def test_a_moment_keeps_its_zone_where_the_database_does() -> None:
    facts = Features.like(FACTS, has_zoned_timestamps=True)
    said = literal("2024-02-29 12:30+02:00", t.TimestampTZ(), facts)
    assert said == "'2024-02-29 12:30:00+02:00'"


def test_an_array_is_told_as_it_is_where_the_database_has_them() -> None:
    facts = Features.like(FACTS, has_arrays=True)
    assert literal("{1,2}", t.Array(t.Integer()), facts) == "'{1,2}'"


def test_bytes_are_told_as_hexadecimal_digits() -> None:
    assert bytes_literal(b"\x00'\xff", FACTS) == "X'0027FF'"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (7, "7"),
        (0.1, "0.1"),
        (decimal.Decimal("1E+2"), "100"),
        ("it's", "it's"),
        (dt.datetime(2024, 2, 29, 12, 30), "2024-02-29 12:30:00"),  # noqa: DTZ001
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.time(12, 30), "12:30:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_of_pythons_is_written_as_a_literal_is(
    value: PythonValue, text: str
) -> None:
    assert written(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, decimal.Decimal("NaN"), b"x"])
def test_a_value_that_has_no_text_is_refused(value: PythonValue) -> None:
    with pytest.raises(UnsupportedError):
        written(value)
