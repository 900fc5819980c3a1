"""The page about Turso says what its dialect and its server's connection say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mm_engine.dialects.turso import Turso
from mm_engine.errors import UnsupportedError
from mm_engine.runner import hrana, lease
from mm_engine.runner.url import Url

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "turso.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_table_of_types_is_the_dialect_s() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|$", TEXT, re.MULTILINE)
    assert dict(rows) == dict(Turso.types)


@pytest.mark.parametrize("option", [*hrana.TOKENS, "secure=false", "tls=0"])
def test_options_of_urls_are_told(option: str) -> None:
    assert option in TEXT
    name, _, value = option.partition("=")
    assert name in hrana.OPTIONS
    if value:
        assert hrana.address_of(Url.of(f"libsql://h?{option}")).startswith("http:")


@pytest.mark.parametrize(
    "sql",
    [
        "VACUUM",
        "-- all\nANALYZE users",
        "CREATE TEMP TABLE a (x)",
        "PRAGMA busy_timeout = 5",
        "ATTACH 'x' AS y",
        "COMMIT",
    ],
)
def test_what_is_refused_is_refused(sql: str) -> None:
    with pytest.raises(UnsupportedError):
        Turso().split(sql, transactional=False)


@pytest.mark.parametrize(
    "sql", ["PRAGMA foreign_key_check", "PRAGMA user_version = 3", "REINDEX"]
)
def test_what_the_server_takes_is_not(sql: str) -> None:
    assert Turso().split(sql) == (sql,)


def test_the_lock_is_the_row_that_is_told() -> None:
    assert lease.TABLE in TEXT
    assert lease.LASTS == 5 * 60
