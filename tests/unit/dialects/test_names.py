from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_engine.dialects.features import Features
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from strategies import HOSTILE_NAMES, names

SQLITE = SQLite()


class Short(SQLite):
    """A database whose names are short, and counted in bytes."""

    features = Features.like(
        SQLite.features, longest_name=20, counts_names_in_bytes=True
    )


SHORT = Short()


def test_a_name_is_always_quoted_and_its_quotes_doubled() -> None:
    assert SQLITE.quote('say "so"') == '"say ""so"""'


@given(st.text(min_size=1) | names() | st.sampled_from(HOSTILE_NAMES))
def test_a_name_is_one_name_and_never_a_second_statement(name: str) -> None:
    try:
        sql = f"SELECT 1 AS {SQLITE.quote(name)}"
    except UnsupportedError:
        assert not name or "\0" in name or not name.isprintable()
        return
    assert sqlite3.complete_statement(f"{sql};")
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(sql)
        assert [column[0] for column in cursor.description] == [name]


@pytest.mark.parametrize("name", ["", "nul\0", "\ud800"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedError):
        SQLITE.quote(name)


def test_a_name_that_the_database_keeps_for_itself_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="sqlite_"):
        SQLITE.new_name("SQLite_things")


def test_a_table_with_too_long_a_name_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="20"):
        SHORT.new_name("x" * 21)
    assert SHORT.new_name("x" * 20) == f'"{"x" * 20}"'


def test_an_index_with_too_long_a_name_is_cut_with_a_digest() -> None:
    one, other = (SHORT.part_name("é" * 20 + end) for end in "ab")
    assert one != other
    assert len(one.strip('"').encode()) <= 20
    assert one.startswith('"ééé')


def test_the_cut_name_is_always_the_same() -> None:
    assert SHORT.part_name("idx_users_email_and_more") == '"idx_users_e_31ce22b5"'


def test_an_option_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnsupportedError, match="did you mean"):
        SQLITE.chosen({"sqlite": {"colate": "NOCASE"}}, ("collate",))
    assert SQLITE.chosen({"mysql": {"engine": "InnoDB"}}, ()) == {}


def test_a_switch_is_on_or_off() -> None:
    assert SQLITE.flag({"strict": "true"}, "strict")
    assert not SQLITE.flag({}, "strict")
    with pytest.raises(UnsupportedError, match="maybe"):
        SQLITE.flag({"strict": "maybe"}, "strict")
