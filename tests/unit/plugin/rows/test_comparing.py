"""Rows held against each other: what is lost, changed, too much."""

from __future__ import annotations

import datetime as dt
import decimal

import pytest

from mm_pytest.rows.comparing import Pair, Row, Sides, meaning

ID = Pair("id", "id")
NAME = Pair("name", "title")


def faults(
    old: list[Row],
    new: list[Row],
    *pairs: Pair,
    key: tuple[Pair, ...] = (ID,),
    may_gain: bool = False,
) -> list[str]:
    """What is said of a table that was called otherwise before."""
    sides = Sides("users", "people", old, new, pairs, key, may_gain)
    return list(sides.faults())


def rows(*names: str | None, field: str = "name") -> list[Row]:
    """Rows with numbers from 1."""
    return [{"id": n, field: name} for n, name in enumerate(names, 1)]


def test_the_same_rows_under_new_names_are_kept() -> None:
    assert faults(rows("a", None), rows("a", None, field="title"), ID, NAME) == []


def test_lost_rows_are_told_by_their_key() -> None:
    new = rows("a", field="title")
    told = ["users.id: 1 of 2 rows lost: id = 2"]
    assert faults(rows("a", "b"), new, ID, NAME) == told


def test_a_changed_value_is_told_with_what_it_became() -> None:
    new = rows("a", "x", field="title")
    told = ["users.name: 1 of 2 rows changed: 'b' became 'x' where id = 2"]
    assert faults(rows("a", "b"), new, ID, NAME) == told


def test_rows_too_many_are_told_unless_they_may_come() -> None:
    new = rows("a", "b", field="title")
    told = ["people: 1 row too many, 1 row before and 2 after: id = 2"]
    assert faults(rows("a"), new, ID, NAME) == told
    assert faults(rows("a"), new, ID, NAME, may_gain=True) == []


def test_without_a_key_contents_are_compared_field_by_field() -> None:
    new = rows("b", "x", field="title")
    told = ["users.name: 1 of 2 rows changed: no row holds 'a' any more, one holds 'x'"]
    assert faults(rows("a", "b"), new, NAME, key=()) == told
    assert faults(rows("a", "b"), new[:1], NAME, key=()) == ["users: 1 of 2 rows lost"]
    assert faults(rows("a", "b"), new[::-1], NAME, key=()) == told


def test_null_may_be_filled_and_enum_values_renamed() -> None:
    filled = Pair("name", "title", is_filled=True)
    renamed = Pair("name", "title", values={"a": "b"})
    new = rows("b", field="title")
    assert faults(rows(None), new, ID, filled) == []
    assert faults(rows(None), new, ID, NAME) != []
    assert faults(rows("a"), new, ID, renamed) == []
    assert faults(rows("a"), new, ID, NAME) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (7, "7"),
        (decimal.Decimal("1.50"), "1.5"),
        (True, "true"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),  # noqa: DTZ001 - has none
        ({"a": [1]}, '{"a":[1]}'),
        (0.5, decimal.Decimal("0.50")),
    ],
)
def test_a_value_in_another_type_is_the_same(old: object, new: object) -> None:
    assert meaning(old) == meaning(new)
    retyped = Pair("name", "title", is_retyped=True)
    assert retyped.is_kept(old, new)
    assert not Pair("name", "title").is_kept(old, new)


@pytest.mark.parametrize(("old", "new"), [("a", "A"), (1, 2), ("", None), (0, None)])
def test_another_value_is_not(old: object, new: object) -> None:
    assert not Pair("name", "title", is_retyped=True).is_kept(old, new)
