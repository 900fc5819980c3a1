from __future__ import annotations

from functools import partial

import pytest

from live_sqlite import Live, moves
from mm_engine import operations as ops
from mm_engine.dialects import rebuild
from mm_engine.dialects.copies import turns
from mm_engine.dialects.fusing import gathered
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.statements import Item, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.values import Expression, Literal
from mm_engine.operations import Operation


def table(name: str) -> Table:
    return Table(
        name,
        [Field("id", t.Integer(), nullable=False), Field("size", t.Varchar(9))],
        primary_key=PrimaryKey(["id"], name=f"{name}_pkey"),
    )


BEFORE = Schema.of(table("a"), table("b"))


def groups(*operations: Operation, before: Schema = BEFORE) -> list[list[int]]:
    found = gathered(moves(operations, before), partial(turns, SQLite()))
    return [[move.number for move in group] for group in found]


def rebuilds(items: tuple[Item, ...]) -> list[tuple[int, int]]:
    return [
        item.operations
        for item in items
        if isinstance(item, Statement) and rebuild.is_rebuild(item)
    ]


def alter(name: str, type_: t.FieldType | None = None) -> Operation:
    return ops.AlterField(name, Field("size", type_ or t.Text()))


def unique(name: str) -> Operation:
    return ops.AddUnique(name, Unique(["size"], name=f"uq_{name}"))


def test_five_alters_are_one_copy_and_it_says_which_operations_it_serves() -> None:
    live = Live.of(BEFORE)
    items = live.up(
        [
            alter("a"),
            unique("a"),
            ops.AddCheck("a", Check("size <> ''", name="ck")),
            ops.AddIndex("a", Index(["size"], name="idx")),
            ops.AddField("a", Field("more", t.Text())),
        ]
    )
    assert rebuilds(items) == [(1, 5)]
    assert live.shape() == Live.of(live.schema).shape()


def test_moves_gather_past_moves_on_other_tables() -> None:
    found = groups(alter("a"), unique("b"), unique("a"), alter("b"))
    assert found == [[1, 3], [2, 4]]


def test_moves_gather_past_tables_made_and_dropped() -> None:
    made = ops.CreateTable.of(table("c"))
    assert groups(alter("a"), made, unique("a")) == [[1, 3], [2]]


def test_a_name_of_an_index_that_is_freed_is_not_taken_before() -> None:
    drop = ops.DropTable("b")
    before = Schema.of(
        table("a"), Table("b", [Field("x", t.Text())], indexes=[Index(["x"], name="i")])
    )
    add = ops.AddIndex("a", Index(["size"], name="I"))
    found = groups(alter("a"), drop, add, before=before)
    assert [len(group) for group in found] == [1, 1, 1]
    live = Live.of(before)
    live.up([alter("a"), drop, add])
    assert live.shape() == Live.of(live.schema).shape()


@pytest.mark.parametrize(
    "between",
    [
        ops.RunSQL("SELECT 1"),
        ops.RenameField("b", "size", new="width"),
        ops.RenameTable("b", "c"),
        ops.SetDefaults({}),
        ops.UpsertData("b", keys=["id"], rows=[]),
        ops.AddUnique("a", Unique(["id"], name="uq"), schema_only=True),
        ops.AddUnique("b", Unique(["id"], name="uq"), if_present=True),
        ops.AddField(
            "b", Field("n", t.Integer()), one_off=Expression("(SELECT 1 FROM a)")
        ),
    ],
    ids=lambda operation: operation.describe(),
)
def test_nothing_is_moved_past_what_may_read_or_write_rows(between: Operation) -> None:
    assert groups(alter("a"), between, unique("a"))[0] == [1]


def test_sql_that_speaks_of_a_changed_field_reads_the_changed_one() -> None:
    live = Live.of(BEFORE)
    live.sql("INSERT INTO a VALUES (1, '7')")
    copied = ops.AddField(
        "a", Field("twice", t.Integer(), nullable=False), one_off=Expression("size + 1")
    )
    items = live.up([alter("a", t.Integer()), copied])
    assert rebuilds(items) == [(1, 1), (2, 2)]
    assert live.sql("SELECT size, twice FROM a") == [(7, 8)]


def test_a_field_altered_twice_is_turned_twice() -> None:
    live = Live.of(BEFORE)
    live.sql("INSERT INTO a VALUES (1, '7')")
    live.up([alter("a", t.Integer()), alter("a")])
    assert live.sql("SELECT size, typeof(size) FROM a") == [("7", "text")]


def test_a_field_altered_twice_whose_values_stay_is_copied_once() -> None:
    required = ops.AlterField("a", Field("size", t.Text(), nullable=False))
    assert groups(alter("a"), unique("a"), required) == [[1, 2, 3]]


def test_a_field_that_is_converted_is_not_altered_in_the_same_copy_again() -> None:
    upper = ops.AlterField(
        "a", Field("size", t.Text()), convert={"sqlite": ("upper(size)", "size")}
    )
    assert groups(alter("a"), upper, upper) == [[1, 2], [3]]


def test_a_field_that_is_no_longer_computed_keeps_what_was_computed() -> None:
    computed = Field("twice", t.Integer(), options={"sqlite": {"generated": "size*2"}})
    live = Live.of(BEFORE)
    live.sql("INSERT INTO a VALUES (1, '7')")
    plain = ops.AlterField("a", Field("twice", t.Integer()))
    live.up([ops.AddField("a", computed), plain])
    assert live.sql("SELECT twice FROM a") == [(14,)]


def test_a_field_that_is_filled_is_not_turned_in_the_same_copy() -> None:
    filled = ops.AlterField(
        "a", Field("size", t.Text(), nullable=False), one_off=Literal("0")
    )
    assert groups(filled, alter("a", t.Integer())) == [[1], [2]]


def test_a_field_that_has_only_been_made_optional_can_be_turned_in_the_same_copy() -> (
    None
):
    live = Live.of(BEFORE)
    live.sql("INSERT INTO a VALUES (1, '7')")
    items = live.up([alter("a"), alter("a", t.Integer())])
    assert rebuilds(items) == [(1, 2)]
    assert live.sql("SELECT size, typeof(size) FROM a") == [(7, "integer")]


def test_a_key_that_counts_moves_to_a_new_field_and_back() -> None:
    before = Schema.of(
        Table(
            "c",
            [Field("id", t.Serial(), nullable=False), Field("x", t.Integer())],
            primary_key=PrimaryKey(["id"], name="c_pkey"),
        )
    )
    live = Live.of(before)
    live.sql("INSERT INTO c (x) VALUES (7), (8)")
    moved = (
        ops.AddField("c", Field("n", t.Serial(), nullable=False)),
        ops.AlterField("c", Field("id", t.Integer(), nullable=False)),
        ops.AlterPrimaryKey("c", PrimaryKey(["n"], name="c_pkey")),
        ops.DropField("c", "x"),
        ops.AlterField("c", Field("id", t.Integer())),
    )
    live.up(moved)
    assert live.sql("SELECT id, n FROM c WHERE n > 0 ORDER BY n") == [(1, 3), (2, 4)]
    live.down(moved, before)
    assert live.sql("SELECT id, x FROM c") == [(1, None), (2, None)]
    assert live.shape() == Live.of(before).shape()


def test_a_field_dropped_and_added_again_is_a_new_field() -> None:
    live = Live.of(BEFORE)
    live.sql("INSERT INTO a VALUES (1, '7')")
    again = ops.AddField("a", Field("size", t.Integer()), one_off=Literal("3"))
    live.up([ops.DropField("a", "size"), again])
    assert live.sql("SELECT size FROM a") == [(3,)]


def test_where_nothing_is_rebuilt_everything_stays_in_its_place() -> None:
    index = ops.AddIndex("a", Index(["size"], name="i"))
    field = ops.AddField("a", Field("more", t.Text()))
    items = SQLite().items(
        moves([index, ops.CreateTable.of(table("c")), field], BEFORE)
    )
    assert [item.operations for item in items] == [(1, 1), (2, 2), (3, 3)]


def test_what_stands_halfway_need_not_be_possible() -> None:
    counted = Table(
        "c", [Field("id", t.Serial(), nullable=False)], primary_key=PrimaryKey(["id"])
    )
    live = Live.of(Schema.of(counted))
    without_key = ops.AlterPrimaryKey("c", None)
    plain = ops.AlterField("c", Field("id", t.Integer(), nullable=False))
    live.up([without_key, plain])
    assert live.shape() == Live.of(live.schema).shape()


def test_an_error_names_the_operation_that_is_to_blame() -> None:
    many = ops.AddField("a", Field("n", t.Decimal(30, 2)))
    with pytest.raises(UnsupportedError, match=r"^add a\.n: SQLite keeps decimals"):
        SQLite().items(moves([unique("a"), many], BEFORE))
