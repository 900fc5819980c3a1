from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_engine.dialects.sqlite_text import statements
from mm_engine.errors import UnsupportedError

TRIGGER = "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT ';'; END"


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("", ()),
        (" ; ;; ", ()),
        ("-- nothing\n/* at all */", ()),
        ("SELECT 1", ("SELECT 1",)),
        ("SELECT 1; SELECT ';'", ("SELECT 1", "SELECT ';'")),
        (f"{TRIGGER}; SELECT 2;", (TRIGGER, "SELECT 2")),
        ("SELECT 1 -- ; no\n; SELECT 2", ("SELECT 1 -- ; no\n", "SELECT 2")),
        ('SELECT 1 AS "a;b"', ('SELECT 1 AS "a;b"',)),
    ],
)
def test_a_text_falls_into_its_statements(text: str, single: tuple[str, ...]) -> None:
    assert statements(text) == single


@pytest.mark.parametrize(
    "text", ["SELECT 'a", "SELECT 1; CREATE TRIGGER t BEGIN", "/*"]
)
def test_a_text_that_ends_in_the_middle_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="ends in the middle"):
        statements(text)


@pytest.mark.parametrize(
    "text", ["BEGIN", "SELECT 1; -- x\ncommit;", "rollback", "END", "VACUUM"]
)
def test_what_would_end_the_transaction_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="cannot be said"):
        statements(text)


@given(
    st.lists(
        st.sampled_from(
            ["SELECT ';'", "SELECT 1 AS [a;b]", "SELECT /* ; */ 1", TRIGGER, "SELECT 2"]
        )
    )
)
def test_every_statement_is_one_statement(parts: list[str]) -> None:
    single = statements(";\n".join(parts))
    assert list(single) == parts
    assert all(sqlite3.complete_statement(f"{sql};") for sql in single)
