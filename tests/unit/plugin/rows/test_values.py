"""Values for fields: they fit, the awkward ones among them, the same in every run."""

from __future__ import annotations

import pytest

from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.dialects.sqlite import SQLite
from mm_engine.model import types as t
from mm_engine.model.constraints import Check
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_pytest.rows.values import constants, numbered, texts

SCHEMA = Schema(enums={"mood": Enum("mood", ["sad", "glad"])})
TYPES: tuple[t.FieldType, ...] = (
    *(t.Text(), t.SmallInt(), t.Integer(), t.BigInt(), t.Float(), t.Double()),
    *(t.Boolean(), t.Date(), t.Time(), t.Timestamp(), t.TimestampTZ(), t.Interval()),
    *(t.Uuid(), t.Json(), t.Jsonb(), t.Bytes(), t.Serial(), t.BigSerial()),
    *(t.Varchar(3), t.Char(1), t.Decimal(5, 2), t.Decimal(2, 2), t.Decimal(4)),
    *(t.EnumOf("mood"), t.Array(t.Text()), t.Array(t.Integer())),
)


@pytest.mark.parametrize("type_", TYPES, ids=repr)
@pytest.mark.parametrize("dialect", [SQLite(), PostgreSQL()], ids=lambda d: d.name)
def test_every_value_can_be_told(
    type_: t.FieldType, dialect: SQLite | PostgreSQL
) -> None:
    field = Field("it", type_)
    for text in texts(type_, SCHEMA):
        assert dialect.literal(text, field, SCHEMA)


def test_the_awkward_ones_are_there() -> None:
    long = texts(t.Varchar(40), SCHEMA)
    assert {"", "x" * 40} <= {*long}
    assert any("\n" in text for text in long)
    assert any("'" in text and '"' in text for text in long)
    assert {"2147483647", "-2147483648"} <= {*texts(t.Integer(), SCHEMA)}
    assert {"999.99", "-999.99", "0.01"} <= {*texts(t.Decimal(5, 2), SCHEMA)}
    assert "2024-02-29" in texts(t.Date(), SCHEMA)
    assert texts(t.EnumOf("mood"), SCHEMA) == ("sad", "glad")


@pytest.mark.parametrize(
    "type_", [t.Integer(), t.Varchar(3), t.Uuid(), t.Date(), t.Time(), t.Timestamp()]
)
def test_numbered_values_differ(type_: t.FieldType) -> None:
    assert len({numbered(type_, number) for number in range(20)}) == 20


def test_conditions_offer_the_constants_they_speak_of() -> None:
    stars = Field("stars", t.SmallInt())
    kind = Field("kind", t.Varchar(20))
    table = Table(
        "reviews",
        [stars, kind],
        checks=[
            Check("stars BETWEEN 3 AND 5", name="a"),
            Check("kind IN ('it''s', 'b%')", name="b"),
        ],
        indexes=[Index(["kind"], name="c", where="stars > 77")],
    )
    assert constants(table, stars) == (
        *("3", "4", "2", "5", "6"),
        *("77", "78", "76"),
    )
    assert constants(table, kind) == ("it's", "b%", "ba")
