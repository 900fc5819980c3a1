"""What has to come before what."""

from __future__ import annotations

import os
import subprocess
import sys

import attrs

import mm_engine as mm
from mm_engine.diff import Renames, diff
from mm_engine.diff.order import Reference, parents_first
from mm_engine.operations import Operation


def table(name: str, *parents: str) -> mm.Table:
    """A table that refers to others, each by a field and a key called after it."""
    return mm.Table(
        name,
        [
            mm.Field("id", mm.Integer(), nullable=False),
            *(mm.Field(parent, mm.Integer()) for parent in parents),
        ],
        primary_key=mm.PrimaryKey(["id"], name=f"{name}_pkey"),
        foreign_keys=[
            mm.ForeignKey([p], p, references=["id"], name=f"{name}_{p}")
            for p in parents
        ],
    )


def said(operations: tuple[Operation, ...]) -> list[str]:
    return [operation.describe() for operation in operations]


def order(*tables: mm.Table) -> tuple[str, ...]:
    return parents_first(mm.Schema.of(*tables).tables)[0]


def test_parents_come_before_children() -> None:
    assert order(table("a", "b"), table("b", "c"), table("c")) == ("c", "b", "a")


def test_tables_that_are_equals_come_by_name_however_they_were_given() -> None:
    tables = [table("b"), table("d", "a"), table("a"), table("c", "b", "a")]
    assert order(*tables) == order(*reversed(tables)) == ("a", "b", "c", "d")


def test_a_reference_to_oneself_or_to_elsewhere_is_no_matter_of_order() -> None:
    tables = mm.Schema.of(table("a", "a", "elsewhere")).tables
    assert parents_first(tables) == (("a",), frozenset())


def test_only_what_closes_a_circle_is_left_for_later() -> None:
    tables = mm.Schema.of(
        table("a", "b"), table("b", "c"), table("c", "a", "d"), table("d")
    ).tables
    found, closing = parents_first(tables)
    assert found == ("d", "c", "b", "a")
    assert closing == {Reference("c", "c_a")}


def test_a_long_chain_is_no_deep_recursion() -> None:
    chain = [table(f"t{n:05}", f"t{n + 1:05}") for n in range(3000)]
    assert order(*chain)[0] == "t02999"


def test_a_circle_is_made_with_its_last_reference_added_after() -> None:
    schema = mm.Schema.of(table("a", "b"), table("b", "a"))
    assert said(diff(mm.Schema(), schema)) == [
        "create table b",
        "create table a",
        "add foreign key b_a to b",
    ]


def test_a_circle_is_cut_before_it_is_dropped() -> None:
    schema = mm.Schema.of(table("a", "b"), table("b", "a"))
    assert said(diff(schema, mm.Schema())) == [
        "drop foreign key b_a of b",
        "drop table a",
        "drop table b",
    ]


def test_children_are_dropped_before_parents() -> None:
    schema = mm.Schema.of(table("a"), table("b", "a"), table("c", "b"))
    assert said(diff(schema, mm.Schema())) == [
        "drop table c",
        "drop table b",
        "drop table a",
    ]


def test_a_field_goes_after_all_that_uses_it_and_before_tables_go() -> None:
    parent = attrs.evolve(
        table("parent"),
        fields=[*table("parent").fields, mm.Field("code", mm.Integer())],
        uniques=[mm.Unique(["code"], name="uq_code")],
        checks=[mm.Check("code > 0", name="ck_code")],
        indexes=[mm.Index(["code"], name="ix_code")],
    )
    child = attrs.evolve(
        table("child", "parent"),
        foreign_keys=[
            mm.ForeignKey(["parent"], "parent", references=["code"], name="fk")
        ],
    )
    assert said(diff(mm.Schema.of(parent, child), mm.Schema.of(table("parent")))) == [
        "drop foreign key fk of child",
        "drop check ck_code of parent",
        "drop unique constraint uq_code of parent",
        "drop index ix_code of parent",
        "drop parent.code",
        "drop table child",
    ]


def test_additions_go_from_tables_to_what_ties_them() -> None:
    small = mm.Schema.of(table("users"))
    users = attrs.evolve(
        table("users", "teams"),
        comment="People.",
        indexes=[mm.Index(["teams"], name="ix")],
        uniques=[mm.Unique(["teams"], name="uq")],
        checks=[mm.Check("teams > 0", name="ck")],
        options={"mysql": {"engine": "InnoDB"}},
    )
    assert said(diff(small, mm.Schema.of(users, table("teams")))) == [
        "create table teams",
        "add users.teams",
        "add index ix to users",
        "add unique constraint uq to users",
        "add check ck to users",
        "add foreign key users_teams to users",
        "comment on table users",
        "set options of table users",
    ]


def test_every_process_tells_the_same_difference() -> None:
    told = {_told_with_seed(seed) for seed in ("0", "1", "42")}
    assert len(told) == 1


def _told_with_seed(seed: str) -> str:
    script = (
        "import mm_engine as mm; from mm_engine.diff import diff\n"
        "def s(*names): return mm.Schema.of(*(mm.Table(n, [mm.Field(f, mm.Text())"
        " for f in names], indexes=[mm.Index([f]) for f in names]) for n in names))\n"
        "print(diff(s(*'abcdefgh'), s(*'efghijkl')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_check_that_speaks_of_an_old_value_goes_before_the_value_does() -> None:
    def schema(value: str, *more: str) -> mm.Schema:
        tickets = mm.Table(
            "tickets",
            [mm.Field("state", mm.EnumOf("state"))],
            checks=[mm.Check(f"state <> '{value}'", name="ck_tickets_state")],
        )
        state = mm.Enum("state", ["new", value, *more])
        return mm.Schema.of(tickets).with_enum(state)

    renames = Renames(values={("state", "payed"): "paid"})
    operations = diff(schema("payed"), schema("paid", "sent"), renames)
    assert said(operations) == [
        "drop check ck_tickets_state of tickets",
        "alter enum state",
        "alter enum state",
        "add check ck_tickets_state to tickets",
    ]
