"""Defaults are decided once: a symbol, a value, or SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from mm_engine.model.values import Default, Expression, Literal, Symbol
from schema_files import field, read, table, tables

DECLARED = "defaults: {sqlite: {now: x, USD: y, true: t}}\n"


@pytest.mark.parametrize(
    ("words", "default"),
    [
        ("type: varchar, length: 9, default: USD", Literal("USD")),
        ("type: varchar, length: 9, default: 007", Literal("007")),
        ("type: varchar, length: 9, default: now", Literal("now")),
        ("type: text, default: true", Literal("true")),
        ("type: text, default: 'null'", Literal("null")),
        ("type: text, default: null", None),
        ("type: text, default: ~", None),
        ("type: text, default: ", None),
        ("type: text, default: ''", None),
        ("type: text, default: \"''\"", Literal("")),
        ("type: text, default: \"'it''s'\"", Literal("it's")),
        ("type: text, default: it's", Literal("it's")),
        ("type: text, default: !symbol now", Symbol("now")),
        ("type: text, default: {symbol: now}", Symbol("now")),
        ("type: text, default: !expression lower('X')", Expression("lower('X')")),
        ("type: text, default: {expression: now()}", Expression("now()")),
        ("type: text, default: !literal ~", Literal("~")),
        ("type: text, default: !!str null", Literal("null")),
        ("type: integer, default: 007", Literal("007")),
        ("type: integer, default: zero", Symbol("zero")),
        ("type: integer, default: \"'5'\"", Literal("5")),
        ("type: integer, default: 'null'", Symbol("null")),
        ("type: integer, default: 'NULL'", Expression("NULL")),
        ("type: integer, default: abs(-1)", Expression("abs(-1)")),
        ("type: integer, default: !expression 1 + 1", Expression("1 + 1")),
        ("type: double, default: 1e5", Literal("1e5")),
        ("type: decimal, precision: 4, scale: 2, default: 0.00", Literal("0.00")),
        ("type: boolean, default: yes", Literal("true")),
        ("type: boolean, default: 0", Literal("false")),
        ("type: boolean, default: !symbol true", Symbol("true")),
        ("type: date, default: 2024-02-29", Literal("2024-02-29")),
        ("type: date, default: today", Symbol("today")),
        ("type: date, default: CURRENT_DATE", Expression("CURRENT_DATE")),
        ("type: time, default: '12:30'", Literal("12:30")),
        ("type: timestamp, default: now", Symbol("now")),
        (
            "type: timestamp, default: 2024-01-31 12:00:00.5",
            Literal("2024-01-31 12:00:00.5"),
        ),
        (
            "type: timestamptz, default: 2024-01-31T12:00:00Z",
            Literal("2024-01-31T12:00:00Z"),
        ),
        ("type: interval, default: 1 day 12 hours", Literal("1 day 12 hours")),
        ("type: interval, default: P1DT2H", Literal("P1DT2H")),
        ("type: uuid, default: new_uuid", Symbol("new_uuid")),
        ("type: uuid, default: uuid_generate_v4()", Expression("uuid_generate_v4()")),
        ("type: json, default: '{\"a\": [1, null]}'", Literal('{"a": [1, null]}')),
        ("type: json, default: true", Literal("true")),
        ("type: jsonb, default: object", Symbol("object")),
        ("type: jsonb, default: {}", Literal("{}")),
        ("type: jsonb, default: []", Literal("[]")),
        ("type: jsonb, default: \"'{}'::jsonb\"", Expression("'{}'::jsonb")),
        ("type: jsonb, default: \"'{}'\"", Literal("{}")),
        ("type: bytes, default: abc", Literal("abc")),
        ("type: bytes, default: blank", Symbol("blank")),
        ("type: 'text[]', default: '{a,b}'", Literal("{a,b}")),
        ("type: 'text[]', default: array", Symbol("array")),
        ("native: {sqlite: money}, default: 0", Literal("0")),
        ("native: {sqlite: money}, default: 0::money", Expression("0::money")),
        ("type: text, native: {sqlite: citext}, default: now", Literal("now")),
        ("type: date, native: {sqlite: day}, default: today", Symbol("today")),
    ],
)
def test_a_default_means(words: str, default: Default | None, tmp_path: Path) -> None:
    assert field(tmp_path, words).default == default


@pytest.mark.parametrize(
    ("words", "default"),
    [
        ("type: varchar, length: 9, default: now", Symbol("now")),
        ("type: varchar, length: 9, default: USD", Symbol("USD")),
        ("type: text, default: true", Symbol("true")),
        ("type: boolean, default: true", Symbol("true")),
        ("type: boolean, default: yes", Literal("true")),
        ("type: text, default: !literal now", Literal("now")),
        ("type: text, default: \"'now'\"", Literal("now")),
        ("type: integer, default: USD", Symbol("USD")),
    ],
)
def test_what_the_file_declares_is_a_symbol_everywhere(
    words: str, default: Default, tmp_path: Path
) -> None:
    assert field(tmp_path, words, before=DECLARED).default == default


@pytest.mark.parametrize("text", ["now()", "CURRENT_USER", "gen_random_uuid()"])
def test_a_text_that_looks_like_sql_is_worth_a_word(text: str, tmp_path: Path) -> None:
    found = read(tmp_path, tables(table(f"{{name: x, type: text, default: {text}}}")))
    assert [str(finding) for finding in found.findings] == [
        (
            f'schema.yaml:5:40: the default "{text}" is taken as a text\n'
            "  hint: write !expression for SQL"
        )
    ]


def test_auto_create_wins_over_a_default_and_says_so(tmp_path: Path) -> None:
    words = "{name: x, type: timestamp, auto_create: true, default: now}"
    found = read(tmp_path, tables(table(words)))
    [x] = found.schema.table("things").fields[1:]
    assert (x.auto_create, x.default) == (True, None)
    assert len(found.findings) == 1


def test_auto_update_of_what_shows_no_time_is_ignored_and_says_so(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, tables(table("{name: x, type: text, auto_update: on}")))
    assert found.schema.table("things").field("x").auto_update is False
    assert (
        found.findings[0].message == "auto_update is ignored: the field shows no time"
    )


def test_an_empty_word_means_no_default_there_but_for_blank(tmp_path: Path) -> None:
    text = (
        "defaults: {sqlite: {blank: '', other: '', third: , fourth: ~}}\ntables: []\n"
    )
    assert read(tmp_path, text).schema.defaults == {
        "sqlite": {"blank": "''", "other": "", "third": "", "fourth": ""}
    }
