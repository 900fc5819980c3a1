"""Names inside pieces of SQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_engine.model.sqltext import identifiers, renamed


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("price > 0", ("price",)),
        ("lower(email) = 'email'", ("email",)),
        ("a /* b */ + c -- d\n + e", ("a", "c", "e")),
        ('"the age" > 3 and `b``c` = [d e]', ("the age", "b`c", "d e")),
        ("ARRAY[price, 'x'] @> tags[1:2]", ("ARRAY", "price", "tags")),
        ('"say ""hi""" = 1', ('say "hi"',)),
        ("x1 + 1x + 2.5e3 + größe", ("x1", "größe")),
        ("a = a and a", ("a",)),
        ("'it''s' || b", ("b",)),
        ("", ()),
    ],
)
def test_names_are_found_outside_of_literals_comments_and_calls(
    sql: str, names: tuple[str, ...]
) -> None:
    assert identifiers(sql) == names


@pytest.mark.parametrize(
    ("sql", "now"),
    [
        ("price > 0", "amount > 0"),
        ("\"price\" > 'price'", "\"amount\" > 'price'"),
        ("`price` > [price]", "`amount` > [amount]"),
        ("cost = ANY (ARRAY[price, 2])", "cost = ANY (ARRAY[amount, 2])"),
        ('"prices"[price] > 0', '"prices"[amount] > 0'),
        ("price(price) + prices", "price(amount) + prices"),
        ("-- price\nprice", "-- price\namount"),
    ],
)
def test_a_renamed_field_is_renamed_in_sql(sql: str, now: str) -> None:
    assert renamed(sql, {"price": "amount"}) == now


def test_a_new_name_is_quoted_where_it_must_be() -> None:
    assert renamed("a > 0", {"a": 'my "b"'}) == '"my ""b""" > 0'
    assert renamed("`a`", {"a": "b`c"}) == "`b``c`"


@given(st.text())
def test_no_text_breaks_the_search(sql: str) -> None:
    assert renamed(sql, {}) == sql
    assert all(isinstance(name, str) for name in identifiers(sql))


@given(st.text(min_size=1), st.sampled_from(['a > 1 and b = "a"', "[a] + `a` + c"]))
def test_renaming_and_back_gives_the_same_names(name: str, sql: str) -> None:
    forth = renamed(sql, {"a": name})
    if name not in ("b", "c", "a"):
        assert name in identifiers(forth)
        assert "a" not in identifiers(forth)
