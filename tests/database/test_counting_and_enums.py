"""Counting goes on, and values of enums go only where no row has them: PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import mm_engine as mm
from live_postgresql import LivePostgreSQL
from live_sqlite import UnexpectedRowsError
from mm_engine.dialects.postgresql_enums import TYPES_OF_THE_SERVER
from mm_engine.model.types import FieldType
from mm_engine.operations import Operation

pytestmark = pytest.mark.database("postgresql")


def things(type_: FieldType) -> mm.CreateTable:
    """A table whose key has this type."""
    return mm.CreateTable(
        "things",
        fields=[mm.Field("id", type_, nullable=False), mm.Field("name", mm.Text())],
        primary_key=mm.PrimaryKey(["id"], name="things_pkey"),
    )


def becoming(type_: FieldType) -> list[Operation]:
    """The key as a field of another type."""
    return [mm.AlterField("things", mm.Field("id", type_, nullable=False))]


def next_number(live: LivePostgreSQL) -> object:
    """What the database gives a row that says no number."""
    [[number]] = live.sql("INSERT INTO things (name) VALUES ('x') RETURNING id")
    return number


@pytest.mark.parametrize("plain", [mm.Integer(), mm.BigInt(), mm.SmallInt()], ids=repr)
@pytest.mark.parametrize("counting", [mm.Serial(), mm.BigSerial()], ids=repr)
@pytest.mark.parametrize("numbers", [(), (-3,), (7, 40)], ids=len)
def test_counting_begins_after_the_rows_that_are_there(
    plain: FieldType,
    counting: FieldType,
    numbers: Sequence[int],
    live_postgresql: LivePostgreSQL,
) -> None:
    live = live_postgresql
    live.up([things(plain)])
    for number in numbers:
        live.sql(f"INSERT INTO things (id) VALUES ({number})")
    before = live.schema
    live.up(becoming(counting))
    first = max(0, *numbers, 0) + 1
    assert next_number(live) == first
    live.down(becoming(counting), before)
    live.sql(f"INSERT INTO things (id) VALUES ({first + 10})")
    live.up(becoming(counting))
    assert next_number(live) == first + 11


@pytest.mark.parametrize("plain", [mm.Integer(), mm.BigInt(), mm.Text()], ids=repr)
def test_what_counted_counts_on_after_a_way_back(
    plain: FieldType, live_postgresql: LivePostgreSQL
) -> None:
    live = live_postgresql
    live.up([things(mm.Serial())])
    assert [next_number(live) for _ in range(3)] == [1, 2, 3]
    before = live.schema
    live.up(becoming(plain))
    live.down(becoming(plain), before)
    assert next_number(live) == 4
    assert live.sql("SELECT count(*) FROM things") == [(4,)]


def test_a_wider_counter_goes_on(live_postgresql: LivePostgreSQL) -> None:
    live = live_postgresql
    live.up([things(mm.Serial())])
    assert next_number(live) == 1
    before = live.schema
    live.up(becoming(mm.BigSerial()))
    assert next_number(live) == 2
    live.down(becoming(mm.BigSerial()), before)
    assert next_number(live) == 3
    live.up(becoming(mm.BigSerial()))
    live.sql("SELECT setval(pg_get_serial_sequence('things', 'id'), 3000000000)")
    assert next_number(live) == 3000000001


def test_rows_with_numbers_of_their_own_let_nothing_count_backwards(
    live_postgresql: LivePostgreSQL,
) -> None:
    live = live_postgresql
    live.up([things(mm.Serial())])
    assert [next_number(live) for _ in range(3)] == [1, 2, 3]
    live.sql("DELETE FROM things WHERE id > 1")
    live.up([mm.UpsertData("things", keys=["id"], rows=[{"id": 1, "name": "one"}])])
    assert next_number(live) == 4
    live.up([mm.UpsertData("things", keys=["id"], rows=[{"id": 9, "name": "nine"}])])
    assert next_number(live) == 10


def test_rows_upserted_into_an_empty_table_are_counted_on_from(
    live_postgresql: LivePostgreSQL,
) -> None:
    live = live_postgresql
    live.up([things(mm.Serial())])
    live.up([mm.UpsertData("things", keys=["id"], rows=[{"id": -5, "name": "below"}])])
    assert next_number(live) == 1


MOODS = mm.Enum("mood", ["glad", "sad", "calm"])
PEOPLE = mm.CreateTable(
    "people",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("mood", mm.EnumOf("mood"), default=mm.Literal("glad")),
        mm.Field("moods", mm.Array(mm.EnumOf("mood"))),
    ],
    primary_key=mm.PrimaryKey(["id"], name="people_pkey"),
    indexes=[mm.Index(["mood"], name="idx_mood", where="mood <> 'calm'")],
)


@pytest.fixture
def moody(live_postgresql: LivePostgreSQL) -> LivePostgreSQL:
    """Three people."""
    live_postgresql.up([mm.CreateEnum(MOODS), PEOPLE])
    live_postgresql.sql(
        "INSERT INTO people VALUES (1, 'glad', '{sad,NULL,glad}'), (2, 'sad', '{}'),"
        " (3, 'sad', NULL)"
    )
    return live_postgresql


MOOD_OF_ALL = "SELECT id, mood::text, moods::text FROM people ORDER BY id"


def test_a_value_that_rows_have_does_not_go(moody: LivePostgreSQL) -> None:
    shape = moody.shape()
    with pytest.raises(
        UnexpectedRowsError, match=r"rows of people still have sad in mood, .*\(2,\)"
    ):
        moody.up([mm.AlterEnum(mm.Enum("mood", ["glad", "calm"]))])
    assert moody.shape() == shape
    moody.sql("UPDATE people SET mood = 'calm' WHERE mood = 'sad'")
    with pytest.raises(UnexpectedRowsError, match=r"sad in moods, .*\(1,\)"):
        moody.up([mm.AlterEnum(mm.Enum("mood", ["glad", "calm"]))])


def test_a_value_that_no_row_has_goes_and_comes_back(moody: LivePostgreSQL) -> None:
    moody.sql("UPDATE people SET mood = 'calm', moods = '{calm}'")
    before, shape, rows = moody.schema, moody.shape(), moody.sql(MOOD_OF_ALL)
    alter = mm.AlterEnum(mm.Enum("mood", ["glad", "calm"]))
    moody.up([alter])
    assert moody.sql("SELECT enum_range(NULL::mood)::text") == [("{glad,calm}",)]
    moody.down([alter], before)
    assert moody.shape() == shape
    assert moody.sql(MOOD_OF_ALL) == rows


def test_rows_of_a_value_that_goes_get_what_is_said(moody: LivePostgreSQL) -> None:
    alter = mm.AlterEnum(mm.Enum("mood", ["calm", "glad"]), replaced={"sad": "calm"})
    moody.up([alter])
    assert moody.sql(MOOD_OF_ALL) == [
        (1, "glad", "{calm,NULL,glad}"),
        (2, "calm", "{}"),
        (3, "calm", None),
    ]


def test_another_order_keeps_the_rows_and_sorts_them_anew(
    moody: LivePostgreSQL,
) -> None:
    rows, before = moody.sql(MOOD_OF_ALL), moody.schema
    alter = mm.AlterEnum(mm.Enum("mood", ["sad", "calm", "glad"]))
    moody.up([alter])
    assert moody.sql(MOOD_OF_ALL) == rows
    assert moody.sql("SELECT min(mood)::text FROM people") == [("sad",)]
    moody.down([alter], before)
    assert moody.sql("SELECT min(mood)::text FROM people") == [("glad",)]


def test_values_that_change_names_with_each_other_do_so_in_the_rows(
    moody: LivePostgreSQL,
) -> None:
    swap = mm.AlterEnum(
        mm.Enum("mood", ["sad", "glad", "calm"]), renamed={"glad": "sad", "sad": "glad"}
    )
    before, rows = moody.schema, moody.sql(MOOD_OF_ALL)
    moody.up([swap])
    assert moody.sql(MOOD_OF_ALL)[0] == (1, "sad", "{glad,NULL,sad}")
    moody.down([swap], before)
    assert moody.sql(MOOD_OF_ALL) == rows


def test_every_type_of_the_server_is_known_by_name(
    live_postgresql: LivePostgreSQL,
) -> None:
    found = live_postgresql.sql(
        "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace"
        " AND typtype <> 'c' AND typname NOT LIKE '\\_%'"
    )
    names = {str(name) for [name] in found}
    assert "path" in names
    assert names <= set(TYPES_OF_THE_SERVER.split())
