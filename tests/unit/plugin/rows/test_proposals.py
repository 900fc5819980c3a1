"""Rows proposed: the same in every run, and such that they can refer to others."""

from __future__ import annotations

from itertools import islice

import mm_engine as mm
from mm_pytest.rows.filling import in_order, postponed
from mm_pytest.rows.proposals import Proposer, Row

USERS = mm.Table(
    "users",
    [
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("name", mm.Varchar(20)),
        mm.Field("friend", mm.Integer()),
    ],
    primary_key=mm.PrimaryKey(["id"]),
    foreign_keys=[mm.ForeignKey(["friend"], "users", references=["id"], name="f")],
)


def first(table: mm.Table, known: dict[str, list[Row]], tries: int = 1) -> list[Row]:
    """What is proposed first for each place."""
    proposer = Proposer.of(table, mm.Schema.of(table))
    rows = (islice(proposer.rows(n, known, tries), tries) for n in range(8))
    return [row for some in rows for row in some]


def key_of(parent: str, *, nullable: bool, table: str) -> mm.Table:
    """A table that refers to another."""
    return mm.Table(
        table,
        [mm.Field("it", mm.Integer(), nullable=nullable)],
        foreign_keys=[mm.ForeignKey(["it"], parent, references=["it"], name="k")],
    )


def test_the_first_rows_show_all_that_fields_can_hold() -> None:
    rows = first(USERS, {})
    assert [row["id"] for row in rows][:3] == ["1", "0", "2147483647"]
    assert len({row["id"] for row in rows}) == 8
    assert {"", None, "x" * 20} <= {row["name"] for row in rows}
    assert None in [row["friend"] for row in rows]


def test_rows_are_the_same_each_time() -> None:
    assert first(USERS, {}, 9) == first(USERS, {}, 9)


def test_rows_refer_to_rows_that_there_are() -> None:
    known: dict[str, list[Row]] = {"users": [{"id": "5"}, {"id": "6"}]}
    table = mm.Table(
        "posts",
        [mm.Field("author", mm.Integer(), nullable=False)],
        foreign_keys=[mm.ForeignKey(["author"], "users", references=["id"], name="k")],
    )
    assert {row["author"] for row in first(table, known)} == {"5", "6"}
    assert first(table, {}) == []


def test_two_keys_over_one_field_agree() -> None:
    parents: list[Row] = [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    table = mm.Table(
        "lines",
        [
            mm.Field("a", mm.Integer(), nullable=False),
            mm.Field("b", mm.Integer(), nullable=False),
        ],
        foreign_keys=[
            mm.ForeignKey(["a"], "one", references=["a"], name="k"),
            mm.ForeignKey(["a", "b"], "other", references=["a", "b"], name="l"),
        ],
    )
    rows = first(table, {"one": parents, "other": parents}, 5)
    assert {(row["a"], row["b"]) for row in rows} == {("1", "2"), ("3", "4")}


def test_a_circle_is_broken_where_null_may_be() -> None:
    schema = mm.Schema.of(
        key_of("b", nullable=False, table="a"),
        key_of("c", nullable=True, table="b"),
        key_of("a", nullable=False, table="c"),
    )
    assert [table.name for table in in_order(schema)] == ["b", "a", "c"]
    assert [key.table for key in postponed(schema)] == ["c"]
