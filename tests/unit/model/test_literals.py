"""Which texts are values of which type."""

from __future__ import annotations

import pytest

from mm_engine.model.literals import literal_hint, literal_text
from mm_engine.model.names import name_fault
from mm_engine.model.objects import Enum
from mm_engine.model.templates import canonical_template, template_fault
from mm_engine.model.types import (
    Array,
    BigInt,
    Boolean,
    Bytes,
    Char,
    Date,
    Decimal,
    Double,
    EnumOf,
    FieldType,
    Float,
    Integer,
    Interval,
    Json,
    Native,
    Serial,
    SmallInt,
    Text,
    Time,
    Timestamp,
    TimestampTZ,
    Uuid,
    Varchar,
)

ENUMS = {"e": Enum("e", ("new", "old"))}
FITTING: list[tuple[FieldType, list[str], list[str]]] = [
    (Varchar(3), ["", "abc"], ["abcd"]),
    (Char(1), ["a"], ["ab"]),
    (Text(), ["anything at all"], []),
    (EnumOf("e"), ["new"], ["New", ""]),
    (EnumOf("unknown"), [], ["new"]),
    (SmallInt(), ["-32768", "32767", "+1", "007"], ["32768", "-32769", "1.0", "", "x"]),
    (Integer(), ["2147483647"], ["2147483648", "1_000", "0x1F", "٣"]),
    (BigInt(), ["9223372036854775807"], ["9223372036854775808", "9" * 5000]),
    (Serial(), [], ["1"]),
    (Float(), ["1", "-.5", "1e5", "2."], ["nan", "inf", "e5", "1,5", ""]),
    (Double(), ["1E-300"], ["0x1p4"]),
    (Decimal(4, 2), ["99.99", "-0.10", "00012.3400", "5"], ["100", "0.001", "1e1"]),
    (Date(), ["2024-02-29"], ["2023-02-29", "20240229", "2024-W01-1", "now"]),
    (Time(), ["23:59", "23:59:59.5"], ["24:00", "9:00", "10:00Z"]),
    (
        Timestamp(),
        ["2024-01-01", "2024-01-01 10:00", "2024-01-01T10:00:00.123456"],
        ["2024-01-01 10:00Z", "2024-01-01 ", "2024-01-01_10:00"],
    ),
    (
        TimestampTZ(),
        ["2024-01-01 10:00:00+02:00", "2024-01-01T10:00Z", "2024-01-01"],
        ["2024-01-01 10:00 Mars"],
    ),
    (
        Interval(),
        ["1 day", "-3 hours 2 minutes", "P1Y2DT3H", "12:30:00"],
        ["P", "soon"],
    ),
    (Uuid(), ["123E4567-e89b-12d3-a456-426614174000"], ["123e4567", "x" * 36]),
    (Json(), ['{"a": [1, null]}', "1", '"x"'], ["{a: 1}", "NaN", "", "[" * 100_000]),
    (Bytes(), ["anything"], []),
    (Array(Text()), ["{a,b}", '["a"]', "[]"], ["a,b", "{a", "[a]", ""]),
    (Native({"sqlite": "x"}), ["anything"], []),
    (Native({"sqlite": "x"}, otherwise=Integer()), ["1"], ["x"]),
]


@pytest.mark.parametrize(("type_", "good", "bad"), FITTING)
def test_a_text_fits_a_type_or_not(
    type_: FieldType, good: list[str], bad: list[str]
) -> None:
    assert [text for text in good if literal_text(text, type_, ENUMS) != text] == []
    assert [text for text in bad if literal_text(text, type_, ENUMS) is not None] == []
    assert literal_hint(type_, ENUMS)


@pytest.mark.parametrize(
    ("text", "truth"),
    [("Yes", "true"), ("1", "true"), ("off", "false"), ("maybe", None), ("2", None)],
)
def test_truth_has_one_spelling(text: str, truth: str | None) -> None:
    assert literal_text(text, Boolean()) == truth


@pytest.mark.parametrize(
    "name", ['"', "'; DROP TABLE x; --", "select", "ä", "\N{PILE OF POO}", " a ", "%s"]
)
def test_a_name_that_can_be_quoted_is_fine(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    "name", ["", " ", "a\nb", "a\rb", "a\0", "\x1b[0m", "\u2028", "\x85x", "\ud800"]
)
def test_a_name_that_no_statement_can_carry_is_refused(name: str) -> None:
    assert name_fault(name) is not None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("N({{.Precision}},{{ .Scale }})", "N({precision},{scale})"),
        ("V({{- .Length -}})", "V({length})"),
        ("{{if .Length}}", "{{if .Length}}"),
        ("plain {} {1}", "plain {} {1}"),
    ],
)
def test_templates_of_the_original_are_told_our_way(text: str, canonical: str) -> None:
    assert canonical_template(text) == canonical


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("decimal", "N({precision},{scale})"),
        ("varchar", "V({length}) {} {1,2}"),
        ("text[]", "TEXT[]"),
    ],
)
def test_a_template_fills_in_what_its_type_has(type_name: str, text: str) -> None:
    assert template_fault(type_name, text) is None


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("decimal", "N({length})"),
        ("integer", "I({precision})"),
        ("money", "M"),
        ("text", " "),
        ("varchar", "{{if .Length}}x{{end}}"),
    ],
)
def test_a_template_of_anything_else_is_refused(type_name: str, text: str) -> None:
    assert template_fault(type_name, text) is not None
