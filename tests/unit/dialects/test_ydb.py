"""What YDB is told beyond the cases: constants, keys, settings, ways through."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, reversed_moves, step_text
from mm_engine.dialects.ydb import YDB
from mm_engine.dialects.ydb_text import statements
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.types import FieldType
from mm_engine.operations import Operation

ID = mm.Field("id", mm.Integer(), nullable=False)
KEY = mm.PrimaryKey(["id"], name="things_pkey")
LEFT = {"ydb": {"set_by": "application"}}


def things(*fields: mm.Field, **parts: object) -> mm.CreateTable:
    """A table with a key and these fields."""
    said = {"primary_key": KEY, **parts}
    return mm.CreateTable("things", fields=[ID, *fields], **said)  # type: ignore[arg-type]  # parts of one


def made(operation: Operation) -> str:
    """What makes a table."""
    return step_text(moves([operation], Schema()), "ydb")


def after(made: Operation, *operations: Operation) -> str:
    """What is told of operations on a table that another made."""
    return step_text(moves(operations, made.apply(Schema())), "ydb")


@pytest.mark.parametrize(
    ("kind", "text", "constant"),
    [
        (mm.Varchar(9), "it's \\ so", "'it\\'s \\\\ so'u"),
        (mm.Text(), "a\nb", "'a\\nb'u"),
        (mm.SmallInt(), "7", "7s"),
        (mm.BigInt(), "7", "7l"),
        (mm.Double(), "1e-3", "Double('1e-3')"),
        (mm.Decimal(10, 2), "-1.5", "Decimal('-1.5', 10, 2)"),
        (mm.Boolean(), "yes", "true"),
        (mm.Date(), "2024-02-29", "Date32('2024-02-29')"),
        (
            mm.TimestampTZ(),
            "2024-02-29 12:30:00+02:00",
            "Timestamp64('2024-02-29T10:30:00Z')",
        ),
        (mm.Json(), '{"a": "it\'s"}', 'Json(\'{"a": "it\\\'s"}\')'),
        (mm.Jsonb(), "[1]", "JsonDocument('[1]')"),
        (mm.Bytes(), "a'", "'\\x61\\x27'"),
        (mm.Array(mm.Integer()), "[1]", "Json('[1]')"),
    ],
)
def test_a_constant_says_its_type(kind: FieldType, text: str, constant: str) -> None:
    field = mm.Field("value", kind)
    assert YDB().literal(text, field, Schema()) == constant


def test_a_table_has_its_indexes_and_settings_in_it() -> None:
    options = {"auto_partitioning_by_load": "yes", "ttl": 'Interval("P1D") ON at'}
    table = things(
        mm.Field("at", mm.Timestamp()),
        mm.Field("code", mm.Varchar(9)),
        uniques=[mm.Unique(["code"], name="uq_code")],
        indexes=[
            mm.Index(
                ["at"],
                name="ix_at",
                include=["code"],
                options={"ydb": {"async": "true"}},
            )
        ],
        options={"ydb": options},
    )
    assert made(table) == (
        "CREATE TABLE `things` (\n"
        "    `id` Int32 NOT NULL,\n"
        "    `at` Timestamp64,\n"
        "    `code` Utf8,\n"
        "    INDEX `uq_code` GLOBAL UNIQUE SYNC ON (`code`),\n"
        "    INDEX `ix_at` GLOBAL ASYNC ON (`at`) COVER (`code`),\n"
        "    PRIMARY KEY (`id`)\n"
        ") WITH (AUTO_PARTITIONING_BY_LOAD = ENABLED,"
        ' TTL = Interval("P1D") ON at);\n'
    )


def test_a_default_is_a_constant_or_left_to_the_application() -> None:
    now = mm.Field("made", mm.Timestamp(), auto_create=True)
    mark = mm.Field("mark", mm.Uuid(), default=mm.Expression("RandomUuid(0)"))
    for field in (now, mark):
        with pytest.raises(UnsupportedError, match="only constants") as refused:
            made(things(field))
        assert "set_by: application" in str(refused.value.hint)
    left = mm.Field("made", mm.Timestamp(), auto_create=True, options=LEFT)
    seen = mm.Field("seen", mm.Timestamp(), auto_update=True, options=LEFT)
    assert "DEFAULT" not in made(things(left, seen))
    odd = mm.Field("x", mm.Text(), options={"ydb": {"set_by": "nobody"}})
    with pytest.raises(UnsupportedError, match='not "nobody"'):
        made(things(odd))


def test_a_renamed_field_is_a_new_one_with_its_values_and_its_index() -> None:
    before = things(
        mm.Field("code", mm.Varchar(9), nullable=False, default=mm.Literal("a")),
        indexes=[mm.Index(["code"], name="ix_code")],
    )
    told = after(before, mm.RenameField("things", "code", new="word")).splitlines()
    assert told == [
        "ALTER TABLE `things` DROP INDEX `ix_code`;",
        "ALTER TABLE `things` ADD COLUMN `word` Utf8;",
        "UPDATE `things` SET `word` = `code`;",
        "ALTER TABLE `things` ALTER COLUMN `word` SET DEFAULT 'a'u;",
        "ALTER TABLE `things` ALTER COLUMN `word` SET NOT NULL;",
        "ALTER TABLE `things` DROP COLUMN `code`;",
        "ALTER TABLE `things` ADD INDEX `ix_code` GLOBAL SYNC ON (`word`);",
    ]


def test_values_that_a_cast_would_lose_or_bend_stop_the_step() -> None:
    before = things(mm.Field("size", mm.Double()))
    operation = mm.AlterField("things", mm.Field("size", mm.Integer()))
    items = YDB().items(moves([operation], before.apply(Schema())))
    assert getattr(items[0], "query", "") == (
        "SELECT count(*) FROM `things` WHERE `size` IS NOT NULL"
        " AND CAST(`size` AS Int32) IS NULL"
        " OR CAST(CAST(`size` AS Int32) AS Double) <> `size`"
    )


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (mm.AlterField("things", mm.Field("id", mm.Text(), nullable=False)), "primary"),
        (mm.RenameField("things", "id", new="name"), "primary key"),
        (
            mm.AlterPrimaryKey("things", mm.PrimaryKey(["size"], name="k")),
            "primary key",
        ),
        (mm.AddCheck("things", mm.Check("size > 0", name="c")), "no checks"),
        (mm.AddField("things", mm.Field("n", mm.Serial())), "sequence"),
        (mm.DropField("things", "number"), "sequence"),
        (mm.AddField("things", mm.Field("ö", mm.Text())), "cannot call anything"),
        (mm.AddField("things", mm.Field("n", mm.Decimal(36))), "at most 35 digits"),
        (mm.DropField("things", "size", if_present=True), "cannot be asked"),
        (
            mm.AddUnique("things", mm.Unique(["size"], name="u"), if_present=True),
            "cannot be asked",
        ),
        (
            mm.UpsertData("things", keys=["size"], rows=[{"size": 1, "id": 1}]),
            "not unique|by their primary key",
        ),
        (
            mm.UpsertData("things", keys=["id"], rows=[{"id": 1, "number": 7}]),
            "once more",
        ),
    ],
)
def test_what_ydb_has_not_is_refused(operation: Operation, reason: str) -> None:
    before = things(mm.Field("size", mm.Integer()), mm.Field("number", mm.Serial()))
    with pytest.raises(UnsupportedError, match=reason):
        after(before, operation)


def test_a_table_without_a_key_and_an_enum_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="without a primary key"):
        made(things(primary_key=None))
    enum = mm.CreateEnum(mm.Enum("mood", ["glad"]))
    table = things(mm.Field("mood", mm.EnumOf("mood")))
    with pytest.raises(UnsupportedError, match="could hold anything"):
        step_text(moves([enum, table], Schema()), "ydb")
    as_text = mm.SetTypeMappings({"ydb": {"enum": "Utf8"}})
    told = step_text(moves([as_text, enum, table], Schema()), "ydb")
    assert "`mood` Utf8" in told


def test_rows_are_kept_and_given_back_by_all_fields_of_their_key() -> None:
    before = mm.CreateTable(
        "pairs",
        fields=[
            mm.Field("a", mm.Integer(), nullable=False),
            mm.Field("b", mm.Integer(), nullable=False),
            mm.Field("note", mm.Text()),
        ],
        primary_key=mm.PrimaryKey(["a", "b"], name="pairs_pkey"),
    ).apply(Schema())
    upsert = mm.UpsertData(
        "pairs", keys=["a", "b"], rows=[{"a": 1, "b": 2, "note": "x"}]
    )
    up = step_text(moves([upsert], before), "ydb").splitlines()
    mark = up[0].split("`")[1]
    assert up[0].startswith(f"CREATE TABLE `{mark}` (`a` Int32, `b` Int32, `note` Utf8")
    assert up[1] == (
        f"UPSERT INTO `{mark}` SELECT `a`, `b`, `note` FROM `pairs`"
        " WHERE (`a`, `b`) IN ((1, 2));"
    )
    down = step_text(reversed_moves([upsert], before), "ydb").splitlines()
    deleted = (
        "DELETE FROM `pairs` WHERE (`a`, `b`) IN ((1, 2)) AND AsTuple(`a`, `b`)"
        f" NOT IN (SELECT AsTuple(`a`, `b`) FROM `{mark}`);"
    )
    assert down[1:3] == [
        deleted,
        f"UPDATE `pairs` ON SELECT `a`, `b`, `note` FROM `{mark}`;",
    ]


def test_settings_can_be_another_and_only_the_life_of_rows_is_forgotten() -> None:
    before = things(options={"ydb": {"ttl": "x", "uniform_partitions": "4"}})
    gone = mm.SetTableOptions("things", {"ydb": {"uniform_partitions": "4"}})
    assert after(before, gone) == "ALTER TABLE `things` RESET (TTL);\n"
    other = mm.SetTableOptions(
        "things", {"ydb": {"ttl": "x", "uniform_partitions": "5"}}
    )
    with pytest.raises(UnsupportedError, match="uniform_partitions is said when"):
        after(before, other)
    with pytest.raises(UnsupportedError, match="a whole number"):
        made(things(options={"ydb": {"uniform_partitions": "many"}}))


def test_a_unique_index_does_not_lag_behind() -> None:
    index = mm.Index(["id"], name="u", unique=True, options={"ydb": {"async": "yes"}})
    with pytest.raises(UnsupportedError, match="cannot lag"):
        made(things(indexes=[index]))


def test_what_a_statement_is_given_a_name_for_stays_with_it() -> None:
    text = (
        "PRAGMA a; $x = (SELECT ';'); UPDATE t ON SELECT * FROM $x; -- end;\nSELECT 1"
    )
    assert statements(text) == (
        "PRAGMA a;\n$x = (SELECT ';');\nUPDATE t ON SELECT * FROM $x",
        "-- end;\nSELECT 1",
    )
    for wrong in ("$x = 1", "COMMIT", "SELECT 'open"):
        with pytest.raises(UnsupportedError):
            statements(wrong)
