"""A schema that is built table by table."""

from __future__ import annotations

import attrs
import pytest

from mm_engine.errors import StateError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Integer


def table(name: str, *targets: str) -> Table:
    return Table(
        name,
        [Field("id", Integer(), nullable=False)],
        foreign_keys=[
            ForeignKey(["id"], target, references=["id"], name=f"{name}_{target}")
            for target in targets
        ],
    )


def referring(schema: Schema, name: str) -> list[str]:
    return [other.name for other, _ in schema.references_to(name)]


def test_a_key_finds_its_table_whenever_that_comes() -> None:
    schema = Schema().with_table(table("a", "b", "c")).with_table(table("d", "a", "d"))
    assert [referring(schema, name) for name in "abcd"] == [["d"], ["a"], ["a"], ["d"]]
    schema = schema.with_table(table("b"))
    assert referring(schema, "b") == ["a"]
    assert schema.awaited == {"c"}


def test_a_key_that_is_gone_waits_for_nothing() -> None:
    schema = Schema().with_table(table("a", "b")).with_table(table("a", "c"))
    assert referring(schema, "b") == []
    assert referring(schema, "c") == ["a"]


def test_what_is_awaited_is_known_however_a_schema_was_made() -> None:
    made = Schema.of(table("a", "b"), table("c", "c"))
    assert made.awaited == {"b"}
    assert attrs.evolve(made, tables={"c": made.table("c")}).awaited == set()
    assert made.with_table(table("b")).with_table_renamed("b", "e").awaited == set()
    assert made.with_table(table("b")).without_table("c").awaited == set()
    assert made.without_table("c").awaited == {"b"}


def test_a_table_that_is_referred_to_stays() -> None:
    schema = Schema().with_table(table("a")).with_table(table("b", "a"))
    with pytest.raises(StateError, match="still referred to"):
        schema.without_table("a")
    assert "a" not in schema.without_table("b").without_table("a").tables
