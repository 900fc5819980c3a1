"""What Vertica is told beyond the cases: options, keys that hold, ways through."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.dialects.vertica import Vertica
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

KEY = mm.PrimaryKey(["id"], name="things_pkey")
ID = mm.Field("id", mm.Integer(), nullable=False)
AMOUNT = mm.Field("amount", mm.Decimal(10, 2), nullable=False, comment="in all")


def things(*fields: mm.Field, **parts: object) -> mm.CreateTable:
    """A table with a key and these fields."""
    said = {"primary_key": KEY, **parts}
    return mm.CreateTable("things", fields=[ID, *fields], **said)  # type: ignore[arg-type]  # parts of one


def after(made: Operation, *operations: Operation) -> str:
    """What is told of operations on a table that another made."""
    return step_text(moves(operations, made.apply(Schema())), "vertica")


def made(operation: Operation) -> str:
    """What makes a table."""
    return step_text(moves([operation], Schema()), "vertica")


def test_a_table_is_sorted_parted_copied_and_cut_as_its_options_say() -> None:
    options = {
        "order_by": ("day", "id"),
        "segmented_by": "id",
        "ksafe": "1",
        "partition_by": "day",
    }
    day = mm.Field("day", mm.Date(), options={"vertica": {"encoding": "rle"}})
    sql = made(things(day, options={"vertica": options}))
    assert '"day" DATE ENCODING RLE,' in sql
    assert sql.endswith(
        ') ORDER BY "day", "id" SEGMENTED BY HASH("id") ALL NODES KSAFE 1'
        " PARTITION BY day;\n"
    )
    assert "UNSEGMENTED ALL NODES" in made(
        things(options={"vertica": {"unsegmented": "true"}})
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"segmented_by": "id", "unsegmented": "yes"}, "segmented and unsegmented"),
        ({"order_by": ("nothing",)}, 'names "nothing", which is no field'),
        ({"ksafe": "many"}, '"ksafe" is a whole number'),
        ({"sorted_by": "id"}, 'knows no option "sorted_by"'),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    options: dict[str, str | tuple[str, ...]], reason: str
) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        made(things(options={"vertica": options}))


def test_a_field_of_another_type_gives_way_to_a_new_one_and_keeps_its_place() -> None:
    before = things(
        AMOUNT,
        uniques=[mm.Unique(["amount"], name="uq_amount")],
        checks=[mm.Check("amount > 0", name="ck_amount")],
    )
    field = mm.Field("amount", mm.Integer(), nullable=False, comment="in all")
    told = after(before, mm.AlterField("things", field)).splitlines()
    assert told == [
        'ALTER TABLE "things" DROP CONSTRAINT "ck_amount";',
        'ALTER TABLE "things" DROP CONSTRAINT "uq_amount";',
        "-- expect [(0,)]: things.amount holds values that are no integer",
        'ALTER TABLE "things" ADD COLUMN "makemigrations_new" INTEGER;',
        'UPDATE "things" SET "makemigrations_new" = CAST("amount" AS INTEGER);',
        'ALTER TABLE "things" DROP COLUMN "amount" CASCADE;',
        'ALTER TABLE "things" RENAME COLUMN "makemigrations_new" TO "amount";',
        'ALTER TABLE "things" ALTER COLUMN "amount" SET NOT NULL;',
        'COMMENT ON COLUMN "things"."amount" IS \'in all\';',
        'ALTER TABLE "things" ADD CONSTRAINT "uq_amount" UNIQUE ("amount") ENABLED;',
        'ALTER TABLE "things" ADD CONSTRAINT "ck_amount" CHECK (amount > 0) ENABLED;',
    ]


def test_more_digits_that_take_the_same_room_are_said_in_place() -> None:
    field = mm.Field("amount", mm.Decimal(18, 2), nullable=False, comment="in all")
    told = after(things(AMOUNT), mm.AlterField("things", field))
    assert (
        told
        == 'ALTER TABLE "things" ALTER COLUMN "amount" SET DATA TYPE NUMERIC(18, 2);\n'
    )


def test_a_moment_becomes_text_and_another_kind_of_moment_in_utc() -> None:
    seen = mm.Field("seen", mm.TimestampTZ())
    as_text = mm.AlterField("things", mm.Field("seen", mm.Varchar(40)))
    plain = mm.AlterField("things", mm.Field("seen", mm.Timestamp()))
    assert "CAST((\"seen\" AT TIME ZONE 'UTC') AS VARCHAR(65000)) || '+00'" in after(
        things(seen), as_text
    )
    assert "CAST((\"seen\" AT TIME ZONE 'UTC') AS TIMESTAMP)" in after(
        things(seen), plain
    )
    back = mm.AlterField("things", seen)
    assert "CAST(\"seen\" AS TIMESTAMP) AT TIME ZONE 'UTC'" in after(
        things(mm.Field("seen", mm.Timestamp())), back
    )


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (
            things(AMOUNT, primary_key=mm.PrimaryKey(["amount"], name="k")),
            "primary key",
        ),
        (things(AMOUNT, primary_key=None), "spread over the nodes"),
        (things(AMOUNT, options={"vertica": {"segmented_by": "amount"}}), "spread"),
        (
            things(AMOUNT, options={"vertica": {"partition_by": "amount"}}),
            "partitioned",
        ),
    ],
)
def test_what_rows_are_spread_or_parted_by_keeps_its_type(
    before: mm.CreateTable, reason: str
) -> None:
    field = mm.Field("amount", mm.Double(), nullable=False, comment="in all")
    with pytest.raises(UnsupportedError, match=reason) as refused:
        after(before, mm.AlterField("things", field))
    assert "make a new table" in str(refused.value.hint)


def test_what_is_computed_for_a_new_field_is_computed_for_each_row() -> None:
    mark = mm.Field("mark", mm.Uuid(), nullable=False, default=mm.Expression("F()"))
    assert after(things(), mm.AddField("things", mark)).splitlines() == [
        'ALTER TABLE "things" ADD COLUMN "mark" UUID;',
        'UPDATE "things" SET "mark" = (F());',
        'ALTER TABLE "things" ALTER COLUMN "mark" SET DEFAULT (F());',
        'ALTER TABLE "things" ALTER COLUMN "mark" SET NOT NULL;',
    ]


def test_a_constraint_that_a_foreign_key_holds_is_let_go_meanwhile() -> None:
    before = things(
        mm.Field("code", mm.Varchar(9)),
        mm.Field("of", mm.Varchar(9)),
        uniques=[mm.Unique(["code"], name="uq_code")],
        foreign_keys=[
            mm.ForeignKey(["of"], "things", references=["code"], name="fk_of")
        ],
    )
    told = after(before, mm.RenameConstraint("things", "uq_code", new="uq_codes"))
    assert [line.split('"')[3] for line in told.splitlines()] == [
        *("fk_of", "uq_code", "uq_codes", "fk_of")
    ]


def test_partitions_can_be_another_and_the_order_of_rows_cannot() -> None:
    cut = mm.SetTableOptions("things", {"vertica": {"partition_by": "YEAR(day)"}})
    before = things(mm.Field("day", mm.Date()))
    assert after(before, cut) == (
        'ALTER TABLE "things" PARTITION BY YEAR(day) REORGANIZE;\n'
    )
    sort = mm.SetTableOptions("things", {"vertica": {"order_by": "day"}})
    with pytest.raises(UnsupportedError, match="order_by is said when a table is made"):
        after(before, sort)


def test_a_long_text_is_in_no_key_and_a_text_with_a_length_may_be() -> None:
    long = things(mm.Field("name", mm.Text()), uniques=[mm.Unique(["name"], name="u")])
    with pytest.raises(UnsupportedError, match="compares no values of that length"):
        made(long)
    name = mm.Field("name", mm.Text(length=100))
    short = things(name, uniques=[mm.Unique(["name"], name="u")])
    assert '"name" VARCHAR(400)' in made(short)


def test_words_of_the_schemas_own_are_not_cut_when_values_become_text() -> None:
    mapping = mm.SetTypeMappings({"vertica": {"double": "VARCHAR(9)"}})
    told = after(things(mm.Field("size", mm.Double())), mapping)
    assert '= CAST("size" AS VARCHAR(65000))' in told


def test_a_second_counter_and_too_many_digits_are_refused() -> None:
    two = things(mm.Field("a", mm.Serial()), mm.Field("b", mm.Serial()))
    with pytest.raises(UnsupportedError, match="counts up one field of a table"):
        made(two)
    with pytest.raises(UnsupportedError, match="at most 1024"):
        made(things(mm.Field("a", mm.Decimal(1025, 2))))
    with pytest.raises(UnsupportedError, match="at most 8000000"):
        made(things(mm.Field("a", mm.Varchar(9_000_000))))


def test_a_namespace_of_the_servers_own_is_refused() -> None:
    table = mm.CreateTable("v_catalog.x", fields=[ID])
    with pytest.raises(UnsupportedError, match="keeps the namespace"):
        made(table)


def test_an_index_is_asked_for_by_the_name_of_its_constraint() -> None:
    asked = Vertica().index_exists_sql("shop.Orders", "uq_code")
    assert "LOWER(table_schema) = LOWER('shop')" in asked
    assert "LOWER(table_name) = LOWER('Orders')" in asked
    assert "LOWER(constraint_name) = LOWER('uq_code')" in asked
