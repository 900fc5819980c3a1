from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_engine.dialects.features import Features
from mm_engine.dialects.sql import (
    ExpressionSQL,
    expression,
    in_parentheses,
    is_constant,
    is_null,
    text_literal,
    type_text,
)
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError

FACTS = SQLite.features


@pytest.mark.parametrize(
    "sql",
    [
        "1",
        "lower(email)",
        "a = ';' AND b = ')'",
        '"a;b" + `c)` + [d\'e]',
        "(a) /* ; */ + (b)",
        "note <> 'it''s'",
    ],
)
def test_an_expression_is_left_as_it_is(sql: str) -> None:
    assert expression(f" {sql} ", FACTS) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "1); DROP TABLE x; --",
        "1; 2",
        "a -- b",
        "it's",
        '"a',
        ")(",
        "(a",
        "",
        " ",
        "a\0",
    ],
)
def test_an_expression_cannot_end_the_statement(sql: str) -> None:
    with pytest.raises(UnsupportedError):
        expression(sql, FACTS)


def test_quotes_of_another_database_are_no_quotes() -> None:
    facts = Features.like(FACTS, identifier_quotes=(('"', '"'),))
    with pytest.raises(UnsupportedError):
        expression("[it's; a]", facts)
    assert expression("[it's; a]", FACTS)


def test_a_backslash_escapes_only_where_the_database_says_so() -> None:
    facts = Features.like(FACTS, backslash_escapes=True)
    assert text_literal("a\\'b", facts) == "'a\\\\''b'"
    assert text_literal("a\\'b", FACTS) == "'a\\''b'"
    assert expression(r"'it\'s'", facts)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_text_comes_back_as_it_went_in(text: str) -> None:
    sql = f"SELECT {text_literal(text, FACTS)}"
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute(sql).fetchall() == [(text,)]


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_a_text_that_no_statement_carries_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        text_literal(text, FACTS)


@pytest.mark.parametrize("sql", ["1", "-1.5", "'a'", "X'00'", "NULL", "(a + b)"])
def test_one_term_needs_no_parentheses(sql: str) -> None:
    assert in_parentheses(sql) == sql


@pytest.mark.parametrize("sql", ["a + b", "(a) + (b)", "lower(a)", "'a' || ')'"])
def test_anything_else_gets_parentheses(sql: str) -> None:
    assert in_parentheses(sql) == f"({sql})"


def test_a_constant_is_known_without_a_clock() -> None:
    assert is_constant(ExpressionSQL("'CURRENT'"))
    assert not is_constant(ExpressionSQL("CURRENT_TIMESTAMP"))
    assert not is_constant(ExpressionSQL("(1 + 1)"))


def test_null_is_null_in_parentheses_too() -> None:
    assert is_null(None)
    assert is_null(ExpressionSQL("(NULL)"))
    assert not is_null(ExpressionSQL("'NULL'"))


def test_a_type_cannot_end_the_statement() -> None:
    assert type_text("NUMERIC(10, 2)", FACTS) == "NUMERIC(10, 2)"
    with pytest.raises(UnsupportedError):
        type_text("TEXT); DROP TABLE x; --", FACTS)
