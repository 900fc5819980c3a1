"""Field types: what cannot exist, and which change loses values."""

from __future__ import annotations

from typing import get_args

import pytest

from mm_engine.model.literals import literal_text
from mm_engine.model.types import (
    SIMPLE_TYPES,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytes,
    Char,
    Date,
    Decimal,
    Double,
    FieldType,
    Float,
    Integer,
    Json,
    Jsonb,
    Native,
    Serial,
    SmallInt,
    Text,
    Timestamp,
    Varchar,
    empty_text,
    narrows,
    referencing_type,
)

KEEPING: list[tuple[FieldType, FieldType]] = [
    (Varchar(10), Varchar(10)),
    (Varchar(10), Varchar(20)),
    (Char(10), Varchar(10)),
    (Varchar(10), Text()),
    (Varchar(10), Text(length=10)),
    (Text(length=5), Text()),
    (SmallInt(), Integer()),
    (Serial(), BigInt()),
    (Serial(), Integer()),
    (BigSerial(), BigInt()),
    (Integer(), Decimal(10, 0)),
    (Integer(), Decimal(12, 2)),
    (Decimal(5, 2), Decimal(6, 3)),
    (Float(), Double()),
    (SmallInt(), Float()),
    (Integer(), Double()),
    (Integer(), Text()),
    (Json(), Jsonb()),
    (Date(), Timestamp()),
    (Array(Integer()), Array(BigInt())),
]
LOSING: list[tuple[FieldType, FieldType]] = [
    (Varchar(20), Varchar(10)),
    (Text(), Varchar(10)),
    (Text(), Text(length=10)),
    (Text(length=20), Text(length=10)),
    (Varchar(10), Char(10)),
    (BigInt(), Integer()),
    (BigSerial(), Integer()),
    (Integer(), Decimal(10, 2)),
    (Decimal(5, 2), Decimal(5, 1)),
    (Decimal(5, 2), Decimal(5, 3)),
    (Double(), Float()),
    (BigInt(), Double()),
    (Integer(), Float()),
    (Boolean(), Integer()),
    (Timestamp(), Date()),
    (Jsonb(), Json()),
    (Bytes(), Text()),
    (Array(BigInt()), Array(Integer())),
    (Native({"sqlite": "x"}), Native({"sqlite": "y"})),
]


@pytest.mark.parametrize(("old", "new"), KEEPING, ids=str)
def test_a_wider_type_loses_nothing(old: FieldType, new: FieldType) -> None:
    assert narrows(old, new) is False


@pytest.mark.parametrize(("old", "new"), LOSING, ids=str)
def test_a_narrower_type_may_lose_values(old: FieldType, new: FieldType) -> None:
    assert narrows(old, new) is True


def test_a_reference_has_the_type_of_its_key_and_does_not_count() -> None:
    assert referencing_type(Serial()) == Integer()
    assert referencing_type(BigSerial()) == BigInt()
    assert referencing_type(Varchar(20)) == Varchar(20)


@pytest.mark.parametrize(
    "make", [lambda: Varchar(0), lambda: Decimal(0), lambda: Char(0)]
)
def test_a_type_that_cannot_be_cannot_be_made(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="must be"):
        make()


def test_every_type_has_a_word_of_its_own() -> None:
    types = get_args(FieldType)
    assert len({type_.yaml_name for type_ in types}) == len(types) == 24
    assert set(SIMPLE_TYPES) < set(types)


@pytest.mark.parametrize("type_", SIMPLE_TYPES, ids=lambda type_: type_.yaml_name)
def test_what_is_empty_is_a_value_of_its_type(type_: type[FieldType]) -> None:
    text = empty_text(type_())  # type: ignore[call-arg]  # none needs an argument
    assert text is None or literal_text(text, type_()) == text  # type: ignore[call-arg]  # see above
