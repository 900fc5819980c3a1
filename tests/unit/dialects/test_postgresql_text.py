"""The user's own SQL for PostgreSQL is taken apart where a statement ends."""

from __future__ import annotations

import pytest

from mm_engine.dialects.postgresql_text import statements
from mm_engine.errors import UnsupportedError

WHOLE = (
    "SELECT ';'",
    "SELECT 'it''s;'",
    r"SELECT E'it\';s'",
    'SELECT ";" FROM "a;b"',
    "SELECT $$;$$, $tag$ $$; $tag$",
    "SELECT 1 /* ; /* ; */ ; */",
    "SELECT 1 -- ;\n+ 1",
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
    "SELECT $1, a$b$c",
)


@pytest.mark.parametrize("text", WHOLE)
def test_one_statement_stays_one(text: str) -> None:
    assert statements(text) == (text,)
    assert statements(f"{text};\n{text};") == (text, text)


def test_what_says_nothing_is_no_statement() -> None:
    assert statements(" ; -- nothing;\n; /* ; */") == ()


@pytest.mark.parametrize(
    "text",
    [
        "COMMIT",
        "begin; SELECT 1",
        "VACUUM users",
        "CREATE INDEX CONCURRENTLY i ON t (x)",
        "CREATE DATABASE other",
        "SELECT 'open",
        "SELECT $$open",
        "SELECT /* /* open */",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;",
    ],
)
def test_what_cannot_be_said_in_a_transaction_or_ends_early_is_refused(
    text: str,
) -> None:
    with pytest.raises(UnsupportedError):
        statements(text)
