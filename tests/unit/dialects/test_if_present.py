from __future__ import annotations

import sqlite3

import attrs
import pytest

from live_sqlite import Live, UnexpectedRowsError
from mm_engine import operations as ops
from mm_engine.model import types as t
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import Operation

pytestmark = pytest.mark.database("sqlite")

THINGS = Table(
    "things",
    [Field("id", t.Integer(), nullable=False), Field("size", t.Integer())],
    primary_key=PrimaryKey(["id"], name="things_pkey"),
)
UNIQUE = Unique(["size"], name="uq")
INDEX = Index(["size"], name="idx")
KEY = ForeignKey(["size"], "things", references=["id"], name="fk")
MADE = ops.CreateTable.of(THINGS, if_present=True)

TWICE: list[Operation] = [
    MADE,
    ops.AddField("things", Field("more", t.Text()), if_present=True),
    ops.AddIndex("things", INDEX, if_present=True),
    ops.AddUnique("things", UNIQUE, if_present=True),
    ops.AddForeignKey("things", KEY, if_present=True),
    ops.AddCheck("things", Check("size > 0", name="ck"), if_present=True),
    ops.AddField(
        "things", Field("at", t.Timestamp(), auto_update=True), if_present=True
    ),
]


@pytest.mark.parametrize("operation", TWICE[1:], ids=lambda o: o.describe())
def test_what_is_added_may_be_there_already(operation: Operation) -> None:
    live = Live.of(Schema.of(THINGS))
    live.sql("INSERT INTO things VALUES (1, 1)")
    before = live.schema
    live.up([operation])
    shape, rows = live.shape(), live.rows()
    live.schema = before
    live.up([operation])
    assert (live.shape(), live.rows()) == (shape, rows)


@pytest.mark.parametrize("operation", TWICE, ids=lambda o: o.describe())
def test_what_is_dropped_may_be_gone_already(operation: Operation) -> None:
    live = Live()
    before = Schema.of(THINGS) if operation is not MADE else Schema()
    live.schema = operation.apply(before)
    live.down([operation], before)
    assert live.catalog() == []


def test_a_table_may_be_made_twice_with_its_indexes_and_triggers() -> None:
    fields = [*THINGS.fields, Field("at", t.Timestamp(), auto_update=True)]
    table = Table("more", fields, indexes=[INDEX])
    live = Live()
    made = ops.CreateTable.of(table, if_present=True)
    live.up([made])
    live.schema = Schema()
    live.up([made])
    assert live.shape() == Live.of(live.schema).shape()


@pytest.mark.parametrize(
    "operation",
    [
        ops.RenameTable("things", "objects", if_present=True),
        ops.RenameField("things", "size", new="width", if_present=True),
        ops.AlterField("things", Field("size", t.Text()), if_present=True),
        ops.DropField("things", "size", if_present=True),
        ops.DropTable("things", if_present=True),
    ],
    ids=lambda o: o.describe(),
)
def test_what_is_changed_may_be_gone_already(operation: Operation) -> None:
    live = Live()
    live.schema = Schema.of(THINGS)
    live.up([operation])
    assert live.catalog() == []


WHOLE = attrs.evolve(
    THINGS,
    indexes=[INDEX],
    uniques=[UNIQUE],
    checks=[Check("size > 0", name="ck")],
    foreign_keys=[KEY],
)
ALTERED: list[tuple[Operation, Operation]] = [
    (
        ops.AlterIndex("things", Index(["id", "size"], name="idx"), if_present=True),
        ops.DropIndex("things", "idx"),
    ),
    (
        ops.AlterUnique("things", Unique(["id", "size"], name="uq"), if_present=True),
        ops.DropUnique("things", "uq"),
    ),
    (
        ops.AlterCheck("things", Check("size > 1", name="ck"), if_present=True),
        ops.DropCheck("things", "ck"),
    ),
    (
        ops.AlterForeignKey(
            "things", attrs.evolve(KEY, on_delete="CASCADE"), if_present=True
        ),
        ops.DropForeignKey("things", "fk"),
    ),
]


@pytest.mark.parametrize(
    ("operation", "dropped"), ALTERED, ids=[a.describe() for a, _ in ALTERED]
)
def test_what_is_altered_may_be_gone_or_altered_already(
    operation: Operation, dropped: Operation
) -> None:
    live = Live.of(Schema.of(WHOLE))
    before = live.schema
    live.up([dropped])
    for _ in range(2):
        live.schema = before
        live.up([operation])
        assert live.shape() == Live.of(operation.apply(before)).shape()


@pytest.mark.parametrize("operation", TWICE, ids=lambda o: o.describe())
def test_without_it_what_is_there_already_stops_the_step(operation: Operation) -> None:
    strict = attrs.evolve(operation, if_present=False)
    live = Live.of(Schema.of(THINGS)) if operation is not MADE else Live()
    before = live.schema
    live.up([strict])
    live.schema = before
    with pytest.raises((sqlite3.OperationalError, UnexpectedRowsError)):
        live.up([strict])


def test_any_other_error_still_stops() -> None:
    live = Live.of(Schema.of(THINGS))
    live.sql("INSERT INTO things VALUES (1, 1), (2, 1)")
    with pytest.raises(sqlite3.IntegrityError):
        live.up([ops.AddUnique("things", UNIQUE, if_present=True)])
