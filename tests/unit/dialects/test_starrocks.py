"""What StarRocks is told, and what nobody there would look at."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.starrocks import JOB, StarRocks
from mm_engine.dialects.statements import Expect, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.types import FieldType
from mm_engine.operations import Operation


def table(
    *fields: mm.Field,
    key: tuple[str, ...] = ("id",),
    options: dict[str, str | list[str]] | None = None,
    number: mm.Field | None = None,
) -> mm.CreateTable:
    """A table with a key and some fields."""
    own = number or mm.Field("id", mm.Integer(), nullable=False)
    return mm.CreateTable(
        "things",
        fields=[*fields, own],
        primary_key=mm.PrimaryKey(key, name="things_pkey") if key else None,
        options={"starrocks": options} if options else {},
    )


def items(*operations: Operation) -> list[object]:
    """What some operations are told as, the first being there before."""
    first, *others = operations
    before = first.apply(Schema()) if others else Schema()
    return list(StarRocks().items(moves(others or [first], before)))


def told(*operations: Operation) -> list[str]:
    """The statements of some operations."""
    found = items(*operations)
    return [item.sql for item in found if isinstance(item, Statement)]


def refusal(*operations: Operation) -> str:
    """Why some operations are refused, with the way out."""
    with pytest.raises(UnsupportedError) as caught:
        told(*operations)
    assert caught.value.hint
    return caught.value.message


def test_the_clauses_of_a_table_stand_in_the_order_of_the_grammar() -> None:
    (sql,) = told(
        table(
            mm.Field("name", mm.Varchar(20), comment="what it's called"),
            mm.Field("day", mm.Date(), nullable=False),
            key=("id", "day"),
            options={
                "buckets": "4",
                "order_by": ["name"],
                "partition_by": "date_trunc('day', day)",
                "distributed_by": ["id"],
                "properties": ["replication_num=1", "compression=ZSTD"],
            },
        )
    )
    assert sql == (
        "CREATE TABLE `things` (\n"
        "    `id` INT NOT NULL,\n"
        "    `day` DATE NOT NULL,\n"
        "    `name` VARCHAR(80) NULL COMMENT 'what it''s called'\n"
        ")\n"
        "ENGINE=OLAP\n"
        "PRIMARY KEY (`id`, `day`)\n"
        "PARTITION BY date_trunc('day', day)\n"
        "DISTRIBUTED BY HASH (`id`) BUCKETS 4\n"
        "ORDER BY (`name`)\n"
        'PROPERTIES ("replication_num" = "1", "compression" = "ZSTD")'
    )


def test_without_a_key_rows_lie_anywhere_sorted_by_what_can_be_sorted() -> None:
    (sql,) = told(table(mm.Field("a", mm.Double()), key=()))
    assert sql.startswith("CREATE TABLE `things` (\n    `id` INT")
    assert sql.endswith("ENGINE=OLAP\nDISTRIBUTED BY RANDOM")
    only = mm.CreateTable("things", fields=[mm.Field("a", mm.Double())])
    assert "no field to sort them by" in refusal(only)


@pytest.mark.parametrize(
    "options",
    [
        {"distributed_by": ["a"]},
        {"distributed_by": ["nothing"]},
        {"order_by": ["nothing"]},
        {"buckets": "many"},
        {"properties": ['say "so"=1']},
        {"bucket": "4"},
    ],
)
def test_wrong_options_are_refused(options: dict[str, str | list[str]]) -> None:
    with pytest.raises(UnsupportedError):
        told(table(mm.Field("a", mm.Integer()), options=options))


@pytest.mark.parametrize(
    ("default", "type_", "said"),
    [
        (mm.Literal("18"), mm.Integer(), "DEFAULT '18'"),
        (mm.Literal("true"), mm.Boolean(), "DEFAULT 'true'"),
        (mm.Literal("it's"), mm.Varchar(9), "DEFAULT 'it''s'"),
        (mm.Expression("uuid()"), mm.Uuid(), "DEFAULT (uuid())"),
        (mm.Expression("now()"), mm.Timestamp(), "DEFAULT CURRENT_TIMESTAMP"),
    ],
)
def test_defaults_are_texts_the_clock_and_uuids(
    default: mm.Literal | mm.Expression, type_: FieldType, said: str
) -> None:
    assert said in told(table(mm.Field("a", type_, default=default)))[0]


@pytest.mark.parametrize(
    ("default", "type_"),
    [
        (mm.Expression("1 + 1"), mm.Integer()),
        (mm.Expression("now()"), mm.TimestampTZ()),
        (mm.Literal("a"), mm.Bytes()),
    ],
)
def test_other_defaults_are_refused(
    default: mm.Literal | mm.Expression, type_: FieldType
) -> None:
    assert "no default like" in refusal(table(mm.Field("a", type_, default=default)))


def test_what_loses_nothing_is_a_job_that_is_waited_for() -> None:
    before = table(mm.Field("a", mm.Varchar(10)))
    longer = mm.AlterField("things", mm.Field("a", mm.Varchar(20)))
    assert told(before, longer) == [
        f"ALTER TABLE `things` MODIFY COLUMN `a` VARCHAR(80) NULL{JOB}"
    ]


def test_what_could_lose_something_is_looked_at_and_copied() -> None:
    before = table(mm.Field("a", mm.Varchar(10)))
    shorter = mm.AlterField("things", mm.Field("a", mm.Varchar(5)))
    (guard, *others) = items(before, shorter)
    assert isinstance(guard, Expect)
    assert "LENGTH(`a`) > 20" in guard.query
    words = [str(getattr(item, "sql", "")).split(" `")[0] for item in others]
    assert words == ["CREATE TABLE", "INSERT INTO", "ALTER TABLE", "DROP TABLE"]


def test_a_table_that_counts_is_not_copied_even_when_its_key_is_renamed() -> None:
    number = mm.Field("id", mm.BigSerial(), nullable=False)
    before = table(mm.Field("a", mm.Varchar(10)), number=number)
    shorter = mm.AlterField("things", mm.Field("a", mm.Varchar(5)))
    assert "from 1 again" in refusal(before, shorter)
    renamed = mm.RenameField("things", "id", new="number")
    assert "from 1 again" in refusal(before, renamed)


def test_a_new_key_is_looked_at_before_rows_become_one() -> None:
    before = table(mm.Field("a", mm.Integer(), nullable=False))
    found = items(before, mm.AlterPrimaryKey("things", mm.PrimaryKey(["a"])))
    guards = [item.query for item in found if isinstance(item, Expect)]
    assert any("GROUP BY `a` HAVING count(*) > 1" in query for query in guards)
    assert any("`a` IS NULL" in query for query in guards)


@pytest.mark.parametrize(
    "operation",
    [
        mm.AddUnique("things", mm.Unique(["a"], name="uq")),
        mm.AddCheck("things", mm.Check("a > 0", name="ck")),
        mm.AddIndex("things", mm.Index(["a"], name="i", unique=True)),
    ],
)
def test_a_promise_that_nobody_keeps_is_refused(operation: Operation) -> None:
    before = table(mm.Field("a", mm.Integer()))
    assert "would not be kept" in refusal(before, operation)


def test_an_index_is_a_bitmap_of_one_column_or_left_out() -> None:
    before = table(mm.Field("a", mm.Integer()), mm.Field("b", mm.Double()))
    one = mm.AddIndex("things", mm.Index(["a"], name="i", method="btree"))
    assert told(before, one) == [
        f"ALTER TABLE `things` ADD INDEX `i` (`a`) USING BITMAP{JOB}"
    ]
    two = mm.AddIndex("things", mm.Index(["a", "b"], name="i"))
    assert told(before, two) == []
    assert told(before, mm.AddIndex("things", mm.Index(["b"], name="i"))) == []


def test_rows_are_upserted_whole() -> None:
    before = table(
        mm.Field("a", mm.Integer()),
        mm.Field("b", mm.Integer(), default=mm.Literal("7")),
    )
    upsert = mm.UpsertData("things", keys=["id"], rows=[{"id": 1, "a": 2}])
    assert "IF(old_rows.`id` IS NULL, '7', old_rows.`b`)" in told(before, upsert)[1]


def test_numbers_that_are_counted_are_not_written_by_hand() -> None:
    number = mm.Field("id", mm.BigSerial(), nullable=False)
    upsert = mm.UpsertData("things", keys=["id"], rows=[{"id": 1}])
    assert "take the place" in refusal(table(number=number), upsert)


def test_a_foreign_key_stays_in_the_schema_and_its_index_is_made() -> None:
    key = mm.ForeignKey(["a"], "things", references=["id"], name="fk")
    before = table(mm.Field("a", mm.Integer()))
    assert told(before, mm.AddForeignKey("things", key)) == []


def test_options_of_others_change_nothing() -> None:
    other = mm.SetTableOptions("things", {"mysql": {"row_format": "compact"}})
    assert told(table(), other) == []


def test_what_others_are_laid_out_by_stays() -> None:
    before = table(mm.Field("a", mm.Integer()), options={"order_by": ["a"]})
    assert "order_by" in refusal(before, mm.DropField("things", "a"))
    assert "order_by" in refusal(before, mm.RenameField("things", "a", new="b"))


@pytest.mark.parametrize("name", ["naïve", "a b", "1st", "__op", "x" * 65])
def test_names_are_of_few_letters(name: str) -> None:
    with pytest.raises(UnsupportedError):
        told(table(mm.Field(name, mm.Integer())))


def test_a_server_is_known_by_its_version() -> None:
    assert dialect("starrocks").as_server("3.3.5-6d81f75").title == "StarRocks"
