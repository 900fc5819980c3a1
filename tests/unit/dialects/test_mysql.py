from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, text
from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.mysql import MySQL
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.types import FieldType
from mm_engine.operations import Operation

ID = mm.Field("id", mm.Integer(), nullable=False)
NAME = mm.Field("name", mm.Varchar(20), comment="who's \\ it")
KEY = mm.PrimaryKey(["id"], name="things_pkey")
THINGS = mm.CreateTable("things", fields=[ID, NAME], primary_key=KEY)
ZONED = mm.Literal("2024-01-01 01:00+02:00")
NOW = mm.Expression("now()")
UP = mm.ForeignKey(
    ["up"], "things", references=["id"], on_delete="SET DEFAULT", name="f"
)
CHECK = mm.AddCheck("things", mm.Check("name <> ''", name="ck"))


def said(operations: list[Operation], words: Dialect | None = None) -> str:
    """What a server is told after the table is there."""
    before = THINGS.apply(Schema())
    return text((words or dialect("mysql")).items(moves(operations, before)))


def created(field: mm.Field, version: tuple[int, ...] | None = None) -> str:
    """The line of one field in a new table."""
    made = mm.CreateTable("more", fields=[field])
    items = dialect("mysql", version).items(moves([made], Schema()))
    return text(items).splitlines()[1].strip()


@pytest.mark.parametrize(
    ("server", "title", "renames"),
    [
        ("8.4.3", "MySQL", True),
        ("5.7.44-log", "MySQL 5.7.44", False),
        ("10.11.19-MariaDB-0+deb12u1", "MariaDB", True),
        ("5.5.5-10.4.32-MariaDB", "MariaDB 10.4.32", False),
    ],
)
def test_a_server_is_spoken_to_as_what_it_says_it_is(
    server: str,
    title: str,
    renames: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    words = MySQL().as_server(server)
    assert words.title == title
    assert words.name == "mysql"
    assert words.features.renames_columns is renames


def test_an_old_server_is_told_the_whole_column_to_rename_it() -> None:
    rename: list[Operation] = [mm.RenameField("things", "name", new="title")]
    assert "RENAME COLUMN `name` TO `title`" in said(rename)
    assert "CHANGE COLUMN `name` `title` VARCHAR(20) COMMENT 'who''s \\\\ it'" in said(
        rename, dialect("mysql", (5, 7, 44))
    )


def test_a_renamed_field_takes_its_checks_along_in_one_statement() -> None:
    rename = mm.RenameField("things", "name", new="title")
    assert said([CHECK, rename]).splitlines()[1] == (
        "ALTER TABLE `things` DROP CHECK `ck`, RENAME COLUMN `name` TO `title`,"
        " ADD CONSTRAINT `ck` CHECK (title <> '');"
    )


def test_what_an_old_server_only_reads_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="reads the check"):
        said([CHECK], dialect("mysql", (8, 0, 15)))
    with pytest.raises(UnsupportedError, match="only constants as defaults"):
        created(mm.Field("at", mm.TimestampTZ(), auto_create=True), (8, 0, 12))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (mm.Field("a", mm.Text(length=60)), "`a` TINYTEXT"),
        (mm.Field("a", mm.Text(length=64)), "`a` TEXT"),
        (
            mm.Field("a", mm.Text(), default=mm.Literal("x")),
            "`a` LONGTEXT DEFAULT ('x')",
        ),
        (
            mm.Field("a", mm.Uuid(), default=mm.Expression("uuid()")),
            "`a` CHAR(36) DEFAULT (uuid())",
        ),
        (
            mm.Field("a", mm.Timestamp(), auto_update=True),
            "`a` DATETIME(6) ON UPDATE CURRENT_TIMESTAMP(6)",
        ),
        (
            mm.Field("a", mm.TimestampTZ(), auto_create=True),
            "`a` DATETIME(6) DEFAULT (UTC_TIMESTAMP(6))",
        ),
        (
            mm.Field(
                "a", mm.TimestampTZ(), default=mm.Literal("2024-01-01 01:00+02:00")
            ),
            "`a` DATETIME(6) DEFAULT '2023-12-31 23:00:00'",
        ),
        (
            mm.Field(
                "a", mm.Native({"mysql": "TIMESTAMP"}), default=mm.Expression("now()")
            ),
            "`a` TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP",
        ),
        (
            mm.Field("a", mm.Varchar(9), default=mm.Literal("it's \\ so")),
            "`a` VARCHAR(9) DEFAULT 'it''s \\\\ so'",
        ),
    ],
)
def test_a_field_is_told_as(field: mm.Field, words: str) -> None:
    assert created(field) == words


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (mm.Field("a", mm.Varchar(16384)), "16384 letters"),
        (mm.Field("a", mm.Char(256)), "256 letters"),
        (mm.Field("a", mm.Decimal(66)), "66 digits"),
        (mm.Field("a ", mm.Integer()), "cannot call anything"),
        (mm.Field("a\U0001f600", mm.Integer()), "cannot call anything"),
        (mm.Field("a" * 65, mm.Integer()), "no names as long"),
    ],
)
def test_what_no_column_can_be_is_refused(field: mm.Field, why: str) -> None:
    with pytest.raises(UnsupportedError, match=why):
        created(field)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (mm.AddUnique("things", mm.Unique(["body"], name="uq")), "no key of LONGTEXT"),
        (mm.AddIndex("things", mm.Index(["body"], name="i")), "no key of LONGTEXT"),
        (mm.AddIndex("things", mm.Index(["wide"], name="i")), "4000 bytes long"),
        (
            mm.AddIndex(
                "things", mm.Index(["id"], name="i", unique=True, where="id > 1")
            ),
            "no partial indexes",
        ),
        (
            mm.AddForeignKey("things", UP),
            "SET DEFAULT",
        ),
        (
            mm.AddForeignKey(
                "things", mm.ForeignKey(["big"], "things", references=["id"], name="f")
            ),
            "big is BIGINT, and things.id is INT",
        ),
    ],
)
def test_keys_that_the_server_would_refuse_are_refused_before(
    operation: Operation, why: str
) -> None:
    added = [
        mm.AddField("things", field)
        for field in (
            mm.Field("body", mm.Text()),
            mm.Field("wide", mm.Varchar(1000)),
            mm.Field("up", mm.Integer()),
            mm.Field("big", mm.BigInt()),
        )
    ]
    with pytest.raises(UnsupportedError, match=why):
        said([*added, operation])


def test_an_index_may_hold_the_beginning_of_a_text() -> None:
    index = mm.Index(["body"], name="i", options={"mysql": {"prefix": ["body=20"]}})
    fulltext = mm.Index(["body"], name="f", options={"mysql": {"kind": "fulltext"}})
    told = said(
        [
            mm.AddField("things", mm.Field("body", mm.Text())),
            mm.AddIndex("things", index),
            mm.AddIndex("things", fulltext),
        ]
    )
    assert "ADD INDEX `i` (`body`(20))" in told
    assert "ADD FULLTEXT INDEX `f` (`body`)" in told


def test_names_that_are_unique_in_the_database_are_given_once() -> None:
    other = mm.CreateTable("others", fields=[ID, NAME])
    twice = mm.AddCheck("others", mm.Check("id > 0", name="ck"))
    with pytest.raises(UnsupportedError, match='both check "ck"'):
        said([CHECK, other, twice])
    assert said([CHECK, other, twice], dialect("mariadb"))


def test_what_is_computed_and_required_is_refused_on_mariadb() -> None:
    field = mm.Field(
        "twice",
        mm.Integer(),
        nullable=False,
        options={"mysql": {"generated": "id * 2"}},
    )
    assert "VIRTUAL NOT NULL" in said([mm.AddField("things", field)])
    with pytest.raises(UnsupportedError, match="cannot require"):
        said([mm.AddField("things", field)], dialect("mariadb"))


def test_enum_values_that_a_column_would_not_tell_apart_are_refused() -> None:
    enum = mm.CreateEnum(mm.Enum("mood", ["Glad", "glad"]))
    field = mm.AddField("things", mm.Field("mood", mm.EnumOf("mood")))
    with pytest.raises(UnsupportedError, match='does not tell "glad"'):
        said([enum, field])


def test_rows_that_another_key_would_catch_stop_an_upsert() -> None:
    unique = mm.AddUnique("things", mm.Unique(["name"], name="uq"))
    rows = mm.UpsertData("things", keys=["id"], rows=[{"id": 1, "name": "a"}])
    assert (
        "-- expect [(0,)]: other rows of things already have these values of name"
        in said([unique, rows])
    )
    same = mm.UpsertData(
        "things", keys=["id"], rows=[{"id": 1, "name": "a"}, {"id": 2, "name": "a"}]
    )
    with pytest.raises(UnsupportedError, match="rows 1 and 2 are the same"):
        said([unique, same])


@pytest.mark.parametrize("type_", [mm.Json(), mm.Jsonb(), mm.Array(mm.Integer())])
def test_documents_are_refused_where_no_server_reads_them(type_: FieldType) -> None:
    assert created(mm.Field("facts", type_), (5, 7, 8)) == "`facts` JSON"
    with pytest.raises(UnsupportedError, match=r"MySQL 5\.6\.24 has no JSON"):
        created(mm.Field("facts", type_), (5, 6, 24))


def test_a_second_trigger_is_refused_where_an_event_takes_one() -> None:
    clocked = [
        mm.Field(name, mm.TimestampTZ(), auto_update=True) for name in ("seen", "heard")
    ]
    made = [mm.CreateTable("more", fields=clocked)]
    assert len(dialect("mysql").items(moves(made, Schema()))) == 3
    with pytest.raises(UnsupportedError, match=r"one trigger.* has seen already"):
        dialect("mysql", (5, 6, 24)).items(moves(made, Schema()))


def test_a_key_is_measured_again_where_a_type_is_mapped_to_a_longer_one() -> None:
    mapped = mm.SetTypeMappings({"mysql": {"integer": "VARCHAR(1000)"}})
    with pytest.raises(UnsupportedError, match="4000 bytes long"):
        said([mapped])
