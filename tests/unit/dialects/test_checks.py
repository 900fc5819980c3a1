from __future__ import annotations

import pytest

from live_sqlite import Live, moves
from mm_engine import operations as ops
from mm_engine.dialects.features import Features, ForeignKeys, Namespace
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.values import Expression


def table(name: str, *indexes: str, field: str = "x") -> Table:
    return Table(
        name,
        [Field(field, t.Text())],
        indexes=[Index([field], name=i) for i in indexes],
    )


def told(*tables: Table, dialect: SQLite | None = None) -> int:
    made = [ops.CreateTable.of(table) for table in tables]
    return len((dialect or SQLite()).items(moves(made, Schema())))


@pytest.mark.parametrize(
    "tables",
    [
        (table("a"), table("A")),
        (table("a", "idx"), table("b", "IDX")),
        (table("a", "b"), table("b")),
        (Table("a", [Field("x", t.Text()), Field("X", t.Text())]),),
    ],
    ids=["tables", "indexes", "an index and a table", "fields"],
)
def test_one_name_twice_is_refused_before_anything_runs(
    tables: tuple[Table, ...],
) -> None:
    with pytest.raises(UnsupportedError, match="cannot have both"):
        told(*tables)


def test_letters_that_sql_knows_no_case_of_are_two_names() -> None:
    assert told(table("é"), table("É")) == 2


def test_where_names_are_unique_is_a_fact() -> None:
    class PerTable(SQLite):
        features = Features.like(
            SQLite.features, index_names_are_unique_in=Namespace.TABLE
        )

    class CaseMatters(SQLite):
        features = Features.like(SQLite.features, tells_case_apart=True)

    assert told(table("a", "i"), table("b", "i"), dialect=PerTable()) == 4
    assert told(table("a"), table("A"), dialect=CaseMatters()) == 2


def test_a_name_that_is_free_again_may_be_taken() -> None:
    live = Live.of(Schema.of(table("a", "i")))
    live.up([ops.DropTable("a"), ops.CreateTable.of(table("b", "i"))])
    assert [row[1] for row in live.catalog()] == ["i", "b"]


def parent(*parts: Unique | Index) -> Table:
    return Table(
        "parents",
        [Field("a", t.Text(), nullable=False), Field("b", t.Text(), nullable=False)],
        uniques=[part for part in parts if isinstance(part, Unique)],
        indexes=[part for part in parts if isinstance(part, Index)],
        primary_key=PrimaryKey(["a", "b"], name="pk"),
    )


def child(*fields: str) -> Table:
    key = ForeignKey(fields, "parents", references=fields, name="fk")
    return Table("children", [Field(f, t.Text()) for f in fields], foreign_keys=[key])


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ((), ("b", "a")),
        ((Unique(["b"], name="uq"),), ("b",)),
        ((Index(["b"], name="uq", unique=True),), ("b",)),
    ],
)
def test_a_reference_to_what_is_unique_is_fine(
    parts: tuple[Unique | Index, ...], fields: tuple[str, ...]
) -> None:
    assert told(parent(*parts), child(*fields))


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (Index(["b"], name="i"),),
        (Index(["b"], name="i", unique=True, where="a > ''"),),
        (Index(["b", Expression("lower(a)")], name="i", unique=True),),
        (Unique(["a"], name="uq"),),
    ],
)
def test_a_reference_to_what_is_not_unique_is_refused(
    parts: tuple[Unique | Index, ...],
) -> None:
    with pytest.raises(UnsupportedError, match="neither the primary key nor unique"):
        told(parent(*parts), child("b"))


def test_a_database_that_does_not_enforce_references_takes_any() -> None:
    class Lax(SQLite):
        features = Features.like(SQLite.features, foreign_keys=ForeignKeys.DECLARED)

    assert told(parent(), child("b"), dialect=Lax()) == 2


@pytest.mark.parametrize(
    ("fact", "index"),
    [
        ("partial_indexes", Index(["a"], name="i", unique=True, where="a > ''")),
        ("expression_indexes", Index([Expression("lower(a)")], name="i")),
    ],
)
def test_an_index_that_a_database_has_not_is_refused(fact: str, index: Index) -> None:
    class Poor(SQLite):
        features = Features.like(SQLite.features, **{fact: False})

    with pytest.raises(UnsupportedError, match="has no"):
        told(parent(index), dialect=Poor())


def test_an_index_that_is_not_unique_holds_every_row_where_none_can_be_left_out() -> (
    None
):
    class Whole(SQLite):
        features = Features.like(SQLite.features, partial_indexes=False)

    index = Index(["a"], name="i", where="a > ''")
    assert SQLite().index_sql("t", index).endswith("""("a") WHERE a > ''""")
    assert told(parent(index), dialect=Whole()) == 2
    assert Whole().index_sql("t", index).endswith('("a")')


def test_a_direction_is_left_out_where_there_is_none() -> None:
    class Upwards(SQLite):
        features = Features.like(SQLite.features, descending_indexes=False)

    index = Index([Desc("a")], name="i")
    assert SQLite().index_sql("t", index).endswith('("a" DESC)')
    assert Upwards().index_sql("t", index).endswith('("a")')


def test_a_method_is_a_word_where_there_are_several_and_passed_over_elsewhere() -> None:
    class Many(SQLite):
        features = Features.like(SQLite.features, index_methods=("btree", "hash"))

    hashed = Index(["a"], name="i", method="hash", unique=True)
    assert SQLite().index_sql("t", hashed) == 'CREATE UNIQUE INDEX "i" ON "t" ("a")'
    assert ' ON "t" USING hash ("a")' in Many().index_sql("t", hashed)
    with pytest.raises(UnsupportedError, match='"gin"'):
        Many().index_sql("t", Index(["a"], name="i", method="gin"))
