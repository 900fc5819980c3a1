from __future__ import annotations

import pytest

from live_sqlite import Live
from mm_engine import operations as ops
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Options, Table

pytestmark = pytest.mark.database("sqlite")

OLD = "2001-01-01 00:00:00"


def table(options: Options | None = None, *extra: Field) -> Table:
    return Table(
        "notes",
        [
            Field("id", t.Integer(), nullable=False),
            Field("text", t.Varchar(20)),
            Field("changed", t.Timestamp(), auto_update=True),
            *extra,
        ],
        primary_key=PrimaryKey(["id"], name="notes_pkey"),
        options=options or {},
    )


def filled(schema: Schema) -> Live:
    live = Live.of(schema)
    live.sql(f"INSERT INTO notes (id, text, changed) VALUES (1, 'a', '{OLD}')")
    live.sql(f"INSERT INTO notes (id, text, changed) VALUES (2, 'b', '{OLD}')")
    return live


def changed(live: Live, name: str = "notes", field: str = "changed") -> list[bool]:
    rows = live.sql(f'SELECT "{field}" FROM {name} ORDER BY 1')
    return [row != (OLD,) for row in rows]


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize("options", [{}, {"sqlite": {"without_rowid": "true"}}])
def test_only_the_row_that_changes_is_touched(options: Options, recursive: str) -> None:
    live = filled(Schema.of(table(options)))
    live.sql(f"PRAGMA recursive_triggers={recursive}")
    live.sql("UPDATE notes SET text = 'c' WHERE id = 2")
    assert changed(live) == [False, True]
    live.sql("UPDATE notes SET text = 'd'")
    assert changed(live) == [True, True]


def test_a_moment_that_is_given_stays_as_it_is_given() -> None:
    live = filled(Schema.of(table()))
    live.sql("UPDATE notes SET changed = '2002-02-02 00:00:00' WHERE id = 1")
    assert live.sql("SELECT changed FROM notes WHERE id = 1") == [
        ("2002-02-02 00:00:00",)
    ]


def test_two_such_fields_do_not_chase_each_other() -> None:
    day = Field("day", t.Date(), auto_update=True)
    live = filled(Schema.of(table(None, day)))
    live.sql("PRAGMA recursive_triggers=ON")
    live.sql("UPDATE notes SET text = 'c'")
    assert live.sql("SELECT count(*) FROM notes WHERE day = date()") == [(2,)]


def test_renaming_table_and_field_renames_the_trigger_too() -> None:
    live = filled(Schema.of(table()))
    live.up(
        [ops.RenameField("notes", "changed", new="touched")],
    )
    live.up([ops.RenameTable("notes", "papers")])
    names = live.sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert names == [("auto_update_papers.touched",)]
    live.sql("UPDATE papers SET text = 'c' WHERE id = 1")
    assert changed(live, "papers", "touched") == [False, True]


def test_a_rebuild_does_not_touch_the_rows() -> None:
    live = filled(Schema.of(table()))
    live.up([ops.AlterField("notes", Field("text", t.Text()))])
    assert changed(live) == [False, False]
    live.sql("UPDATE notes SET text = 'c'")
    assert changed(live) == [True, True]


def test_switching_it_on_and_off_needs_no_rebuild() -> None:
    live = filled(Schema.of(table()))
    off = ops.AlterField("notes", Field("changed", t.Timestamp()))
    before = live.schema
    items = live.up([off])
    assert len(items) == 1
    live.sql("UPDATE notes SET text = 'c'")
    assert changed(live) == [False, False]
    live.down([off], before)
    live.sql("UPDATE notes SET text = 'd'")
    assert changed(live) == [True, True]


def test_dropping_the_field_drops_the_trigger_first() -> None:
    live = filled(Schema.of(table()))
    live.up([ops.DropField("notes", "changed")])
    assert live.sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'") == []


def test_only_what_shows_time_can_keep_a_moment() -> None:
    field = Field("count", t.Integer(), auto_update=True)
    with pytest.raises(UnsupportedError, match="auto_update"):
        Live.of(Schema.of(Table("t", [field])))


def test_fields_that_leave_no_name_for_a_row_are_refused() -> None:
    names = [Field(name, t.Text()) for name in ("rowid", "oid", "_rowid_")]
    field = Field("changed", t.Timestamp(), auto_update=True)
    with pytest.raises(UnsupportedError, match="rowid"):
        Live.of(Schema.of(Table("t", [*names, field])))
