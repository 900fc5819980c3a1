"""What TiDB is told otherwise than MySQL, and what it is not told."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves
from mm_engine.dialects import dialect
from mm_engine.dialects.features import ForeignKeys
from mm_engine.dialects.mysql import MySQL
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL
from mm_engine.dialects.statements import Expect, Statement
from mm_engine.dialects.tidb import TiDB
from mm_engine.dialects.tidb_defaults import default_words
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation


def table(
    *fields: mm.Field, key: str | None = "id", options: dict[str, str] | None = None
) -> mm.CreateTable:
    """A table with a key and some fields."""
    number = mm.Field("id", mm.BigInt(), nullable=False)
    return mm.CreateTable(
        "things",
        fields=[number, *fields],
        primary_key=mm.PrimaryKey([key], name="things_pkey") if key else None,
        options={"tidb": options} if options else {},
    )


def told(*operations: Operation) -> list[str]:
    """The statements of some operations, the first being what is there before."""
    first, *others = operations
    before = first.apply(Schema())
    items = TiDB().items(moves(others, before) if others else moves([first], Schema()))
    return [item.sql for item in items if isinstance(item, Statement)]


def refusal(*operations: Operation) -> str:
    """Why some operations are refused, with the way out."""
    with pytest.raises(UnsupportedError) as caught:
        told(*operations)
    assert caught.value.hint
    return caught.value.message


def test_each_change_is_a_statement_of_its_own() -> None:
    for one in told(table(), mm.AddField("things", mm.Field("a", mm.Integer()))):
        assert ", ADD" not in one
    unique = mm.Unique(["a"], name="uq")
    before = mm.CreateTable(
        "things",
        fields=[mm.Field("a", mm.Integer()), mm.Field("b", mm.Integer())],
        uniques=[unique],
    )
    assert told(before, mm.AlterUnique("things", mm.Unique(["a", "b"], name="uq"))) == [
        "ALTER TABLE `things` ADD CONSTRAINT `makemigrations_new` UNIQUE (`a`, `b`)",
        "ALTER TABLE `things` DROP INDEX `uq`",
        "ALTER TABLE `things` RENAME INDEX `makemigrations_new` TO `uq`",
    ]


def test_rows_lie_by_their_key_unless_it_is_said() -> None:
    assert "/*T![clustered_index] CLUSTERED */" in told(table())[0]
    apart = table(options={"clustered": "false"})
    assert "/*T![clustered_index] NONCLUSTERED */" in told(apart)[0]
    gone = mm.AlterPrimaryKey("things", None)
    assert told(apart, gone) == ["ALTER TABLE `things` DROP PRIMARY KEY"]
    assert "cannot change" in refusal(table(), gone)


def test_a_key_only_becomes_longer() -> None:
    number = mm.Field("id", mm.Integer(), nullable=False)
    assert "primary key" in refusal(table(), mm.AlterField("things", number))


def test_options_are_said_in_its_words() -> None:
    (sql,) = told(
        table(
            mm.Field("at", mm.Timestamp()),
            options={
                "auto_id_cache": "1",
                "placement": "near",
                "ttl": "`at` + INTERVAL 90 DAY",
            },
        )
    )
    assert sql.endswith(
        ") CHARSET=utf8mb4 AUTO_ID_CACHE=1 PLACEMENT POLICY=`near`"
        " TTL=`at` + INTERVAL 90 DAY"
    )


def test_options_are_taken_back() -> None:
    before = table(options={"ttl": "`at` + INTERVAL 1 DAY", "auto_id_cache": "1"})
    assert told(before, mm.SetTableOptions("things", {})) == [
        "ALTER TABLE `things` AUTO_ID_CACHE=0",
        "ALTER TABLE `things` REMOVE TTL",
    ]


def test_what_is_settled_with_the_table_stays() -> None:
    other = mm.SetTableOptions("things", {"tidb": {"collate": "utf8mb4_general_ci"}})
    assert "when the table is made" in refusal(table(), other)


def test_numbers_are_dealt_out_at_random() -> None:
    number = mm.Field(
        "n", mm.BigInt(), nullable=False, options={"tidb": {"auto_random": "5"}}
    )
    assert "`n` BIGINT NOT NULL AUTO_RANDOM(5)" in told(table(number, key="n"))[0]
    assert "begins a clustered primary key" in refusal(table(number))
    apart = table(number, key="n", options={"clustered": "false"})
    assert "begins a clustered primary key" in refusal(apart)


def test_a_check_is_made_only_where_somebody_looks_at_it() -> None:
    check = mm.AddCheck("things", mm.Check("id > 0", name="ck"))
    items = TiDB().items(moves([check], table().apply(Schema())))
    assert isinstance(items[0], Expect)
    assert "tidb_enable_check_constraint" in items[0].query
    dropped = mm.DropCheck("things", "ck")
    before = check.apply(table().apply(Schema()))
    assert not any(
        isinstance(item, Expect) for item in TiDB().items(moves([dropped], before))
    )


@pytest.mark.parametrize(
    ("words", "type_", "said"),
    [
        ("('[]')", "JSON", "(JSON_ARRAY())"),
        ("('{\"a\": [1.10, null, \"it''s\"]}')", "JSON", None),
        ("(UUID())", "CHAR(36)", "(UUID())"),
        ("CURRENT_TIMESTAMP(6)", "DATETIME(6)", "CURRENT_TIMESTAMP(6)"),
    ],
)
def test_defaults_are_constants_and_calls(
    words: str, type_: str, said: str | None
) -> None:
    found = default_words(ExpressionSQL(words), TypeSQL(type_))
    assert found == (said or "(JSON_OBJECT('a', JSON_ARRAY(1.10, NULL, 'it''s')))")


@pytest.mark.parametrize(
    ("words", "type_"),
    [
        ("('a')", "LONGTEXT"),
        ("(1 + 1)", "INT"),
        ("('1')", "JSON"),
        ("(CURTIME())", "TIME(6)"),
    ],
)
def test_other_defaults_are_refused(words: str, type_: str) -> None:
    with pytest.raises(UnsupportedError):
        default_words(ExpressionSQL(words), TypeSQL(type_))


def test_a_default_that_is_computed_is_written_into_rows_that_are_there() -> None:
    extra = mm.Field("extra", mm.Uuid(), default=mm.Expression("UUID()"))
    assert told(table(), mm.AddField("things", extra)) == [
        "ALTER TABLE `things` ADD COLUMN `extra` CHAR(36)",
        "UPDATE `things` SET `extra` = (UUID())",
        "ALTER TABLE `things` MODIFY COLUMN `extra` CHAR(36) DEFAULT (UUID())",
    ]


@pytest.mark.parametrize("sql", ["lower(id)", "json_extract(id, '$.a')"])
def test_an_index_holds_calls_of_some_functions(sql: str) -> None:
    index = mm.Index([mm.Expression(sql)], name="i")
    assert told(table(), mm.AddIndex("things", index))


@pytest.mark.parametrize("sql", ["id + 1", "abs(id)", "lower(id) || 'a'"])
def test_an_index_on_anything_else_is_refused(sql: str) -> None:
    index = mm.Index([mm.Expression(sql)], name="i")
    assert "few functions" in refusal(table(), mm.AddIndex("things", index))


def test_a_clock_that_needs_a_trigger_is_refused() -> None:
    day = mm.Field("day", mm.Date(), auto_update=True)
    assert "no triggers" in refusal(table(day))
    moment = mm.Field("at", mm.TimestampTZ(), auto_create=True, auto_update=True)
    assert (
        "`at` TIMESTAMP(6) NULL DEFAULT CURRENT_TIMESTAMP(6)"
        " ON UPDATE CURRENT_TIMESTAMP(6)" in told(table(moment))[0]
    )


def test_a_stored_computed_field_comes_with_its_table() -> None:
    double = mm.Field(
        "twice",
        mm.BigInt(),
        options={"tidb": {"generated": "id * 2", "stored": "true"}},
    )
    assert "STORED" in told(table(double))[0]
    assert "computed and stored" in refusal(table(), mm.AddField("things", double))


def test_what_another_field_is_computed_from_keeps_its_type() -> None:
    size = mm.Field("size", mm.Integer())
    double = mm.Field("twice", mm.BigInt(), options={"tidb": {"generated": "size * 2"}})
    longer = mm.AlterField("things", mm.Field("size", mm.BigInt()))
    assert '"twice" is computed from' in refusal(table(size, double), longer)


def test_counting_stops_when_the_session_may_stop_it() -> None:
    before = mm.CreateTable(
        "things",
        fields=[mm.Field("id", mm.BigSerial(), nullable=False)],
        primary_key=mm.PrimaryKey(["id"], name="k"),
    )
    plain = mm.AlterField("things", mm.Field("id", mm.BigInt(), nullable=False))
    assert told(before, plain) == [
        "SET @@SESSION.tidb_allow_remove_auto_inc = 1",
        "ALTER TABLE `things` MODIFY COLUMN `id` BIGINT NOT NULL",
        "SET @@SESSION.tidb_allow_remove_auto_inc = 0",
    ]


@pytest.mark.parametrize(
    ("version", "fact", "said"),
    [
        ((6, 5), "foreign_keys", ForeignKeys.DECLARED),
        ((6, 6), "foreign_keys", ForeignKeys.ENFORCED),
        ((7, 3), "enforces_checks", False),
        ((7, 4), "enforces_checks", True),
        ((7, 5), "default_expressions", False),
        ((8, 5), "default_expressions", True),
    ],
)
def test_older_servers_have_other_facts(
    version: tuple[int, ...], fact: str, said: object
) -> None:
    assert getattr(dialect("tidb", version).features, fact) == said


@pytest.mark.parametrize("words", [TiDB(), MySQL()])
def test_a_server_is_known_by_what_it_says(words: MySQL) -> None:
    found = words.as_server("8.0.11-TiDB-v6.5.2")
    assert found.title == "TiDB 6.5.2"
