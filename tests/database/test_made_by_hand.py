"""What people made by hand on PostgreSQL is named before it is in the way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import mm_engine as mm
from live_postgresql import LivePostgreSQL
from live_sqlite import UnexpectedRowsError
from mm_engine.operations import Operation
from mm_engine.operations.data import Row

pytestmark = pytest.mark.database("postgresql")

VISITS = mm.CreateTable(
    "visits",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("day", mm.Date(), auto_update=True),
        mm.Field("page", mm.Varchar(20)),
        mm.Field("mood", mm.EnumOf("mood"), default=mm.Literal("glad")),
        mm.Field("moods", mm.Array(mm.EnumOf("mood"))),
    ],
    primary_key=mm.PrimaryKey(["id"], name="visits_pkey"),
    indexes=[mm.Index([mm.Expression("lower(page)")], name="idx_page")],
    checks=[mm.Check("page <> '' AND mood <> 'sad'", name="ck_page")],
)
MADE: tuple[Operation, ...] = (mm.CreateEnum(mm.Enum("mood", ["glad", "sad"])), VISITS)
RETYPED = (mm.AlterField("visits", mm.Field("page", mm.Text())),)
TURNED = (mm.AlterEnum(mm.Enum("mood", ["sad", "glad"])),)


@pytest.fixture
def live(live_postgresql: LivePostgreSQL) -> LivePostgreSQL:
    """A database with a table and a row."""
    live_postgresql.up(MADE)
    live_postgresql.sql("INSERT INTO visits (id, page) VALUES (1, 'start')")
    return live_postgresql


def named(live: LivePostgreSQL, operations: Sequence[Operation]) -> list[str]:
    """What is in the way; nothing may have been done."""
    before = live.shape()
    with pytest.raises(UnexpectedRowsError, match="while others use it") as caught:
        live.up(operations)
    assert live.shape() == before
    return [str(row[0]) for row in caught.value.found if isinstance(row, tuple)]


FUNCTION = """
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$
"""
WATCH = """
CREATE TRIGGER watch BEFORE UPDATE OF {} ON visits
FOR EACH ROW EXECUTE FUNCTION nothing()
"""
LONG = """
ALTER TABLE visits ADD COLUMN long boolean
GENERATED ALWAYS AS (length(page) > 5 AND mood = 'glad') STORED
"""


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE VIEW pages AS SELECT page, mood FROM visits", "view pages"),
        (
            "CREATE MATERIALIZED VIEW pages AS SELECT page, mood FROM visits",
            "materialized view pages",
        ),
        (WATCH.format("page, mood"), "trigger watch on table visits"),
        (
            "CREATE POLICY few ON visits USING (page <> '' AND mood <> 'sad')",
            "policy few on table visits",
        ),
        (LONG, "column long of table visits"),
    ],
)
@pytest.mark.parametrize("operations", [RETYPED, TURNED], ids=["a type", "an enum"])
def test_what_needs_a_column_as_it_is_stops_the_change_of_its_type(
    sql: str, name: str, operations: Sequence[Operation], live: LivePostgreSQL
) -> None:
    live.sql(FUNCTION)
    live.sql(sql)
    found = named(live, operations)
    assert name in found
    assert all("pages" in one or one == name for one in found)


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE TABLE more (mood mood)", "column mood of table more"),
        ("CREATE TABLE more (moods mood[])", "column moods of table more"),
        ("ALTER TABLE visits ADD COLUMN other mood", "column other of table visits"),
        (
            "CREATE FUNCTION up(mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "function up(mood)",
        ),
    ],
)
def test_what_needs_a_type_as_it_is_stops_the_change_of_its_values(
    sql: str, name: str, live: LivePostgreSQL
) -> None:
    live.sql(sql)
    assert named(live, TURNED) == [name]


def test_what_is_in_nobodys_way_stops_nothing(live: LivePostgreSQL) -> None:
    live.sql(FUNCTION)
    live.sql("CREATE VIEW ids AS SELECT id FROM visits")
    live.sql(WATCH.format("id"))
    live.sql("CREATE STATISTICS both_of_them ON page, mood FROM visits")
    live.sql("CREATE INDEX by_hand ON visits (page, mood)")
    live.up((*RETYPED, *TURNED))
    assert live.sql("SELECT page, mood::text FROM visits") == [("start", "glad")]


def test_a_view_on_what_is_computed_from_a_column_stops_the_change_of_its_type(
    live: LivePostgreSQL,
) -> None:
    options = {"postgresql": {"generated": "length(page)"}}
    live.up([mm.AddField("visits", mm.Field("size", mm.Integer(), options=options))])
    live.sql("CREATE VIEW sizes AS SELECT size FROM visits")
    assert named(live, RETYPED) == ["view sizes"]
    live.sql("DROP VIEW sizes")
    live.up(RETYPED)
    assert live.sql("SELECT size FROM visits") == [(5,)]


@pytest.mark.parametrize("type_", [mm.Timestamp(), mm.TimestampTZ()], ids=repr)
def test_our_own_trigger_is_in_nobodys_way(
    type_: mm.Timestamp | mm.TimestampTZ, live: LivePostgreSQL
) -> None:
    for each in (mm.Timestamp(), type_):
        live.up(
            [mm.AlterField("visits", mm.Field("day", each, auto_update=True))],
        )
    live.up([mm.SetTypeMappings({"postgresql": {type_.yaml_name: "TIMESTAMPTZ(3)"}})])
    live.sql("UPDATE visits SET page = 'other'")
    assert live.sql("SELECT day IS NOT NULL FROM visits") == [(True,)]
    assert len(live.sql("SELECT 1 FROM pg_trigger WHERE NOT tgisinternal")) == 1


def test_rows_that_are_kept_hold_on_to_no_enum(live: LivePostgreSQL) -> None:
    live.up([mm.DropCheck("visits", "ck_page")])
    live.sql("UPDATE visits SET moods = ARRAY['sad', 'glad']::mood[]")
    start = live.schema
    rows: list[Row] = [
        {"id": 1, "mood": "sad", "moods": "{glad}"},
        {"id": 2, "mood": "sad"},
    ]
    upsert = mm.UpsertData("visits", keys=["id"], rows=rows)
    live.up([upsert])
    middle = live.schema
    live.up(TURNED)
    turned = live.schema
    gone: tuple[Operation, ...] = (
        mm.DropField("visits", "mood"),
        mm.DropField("visits", "moods"),
        mm.DropEnum("mood"),
    )
    live.up(gone)
    live.down(gone, turned)
    live.down(TURNED, middle)
    live.down([upsert], start)
    found = live.sql("SELECT id, mood::text, moods::text FROM visits")
    assert found == [(1, "glad", "{sad,glad}")]


def test_rows_told_apart_by_an_enum_come_back(live: LivePostgreSQL) -> None:
    live.up([mm.DropCheck("visits", "ck_page")])
    live.up([mm.AddUnique("visits", mm.Unique(["mood"], name="uq_mood"))])
    start = live.schema
    rows: list[Row] = [
        {"mood": "glad", "id": 1, "page": "other"},
        {"mood": "sad", "id": 2},
    ]
    upsert = mm.UpsertData("visits", keys=["mood"], rows=rows)
    live.up([upsert])
    live.down([upsert], start)
    assert live.sql("SELECT id, page, mood::text FROM visits") == [(1, "start", "glad")]
