"""What good files mean."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mm_engine.errors import Position
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import (
    Array,
    BigInt,
    EnumOf,
    Integer,
    Native,
    Text,
    Timestamp,
    Uuid,
    Varchar,
)
from mm_engine.model.validate import problems
from mm_engine.model.values import Expression, Literal, Symbol
from mm_engine.schemafile import read_schema
from mm_engine.schemafile.layout import scalar
from schema_files import FIXTURES, read, schema, table, tables

GOOD = sorted((FIXTURES / "schemas").glob("*.yaml"))


def test_the_quick_start_is_what_it_says() -> None:
    found = read_schema([FIXTURES / "schemas/quickstart.yaml"], root=FIXTURES)
    assert found.findings == ()
    assert found.schema.tables == {
        "users": Table(
            "users",
            [
                Field("id", Uuid(), nullable=False, default=Symbol("new_uuid")),
                Field("email", Varchar(255), nullable=False),
                Field("created_at", Timestamp(), auto_create=True),
            ],
            primary_key=PrimaryKey(("id",)),
        ),
        "posts": Table(
            "posts",
            [
                Field("id", Uuid(), nullable=False, default=Symbol("new_uuid")),
                Field("title", Varchar(200), nullable=False),
                Field("user_id", Uuid()),
            ],
            primary_key=PrimaryKey(("id",)),
            indexes=[Index(("user_id",))],
            foreign_keys=[
                ForeignKey(
                    ("user_id",), "users", references=("id",), on_delete="CASCADE"
                )
            ],
        ),
    }


def test_used_symbols_are_taken_over_for_every_database() -> None:
    found = read_schema([FIXTURES / "schemas/quickstart.yaml"], root=FIXTURES)
    defaults = found.schema.defaults
    assert defaults["mysql"] == {"new_uuid": "uuid()"}
    assert defaults["sqlserver"] == {"new_uuid": "NEWID()"}
    assert "redshift" not in defaults
    assert len(defaults) == 11


def test_the_originals_format_is_read_unchanged() -> None:
    found = read_schema([FIXTURES / "schemas/original.yaml"], root=FIXTURES / "schemas")
    assert (found.name, found.version) == ("shop", "1.10")
    users = found.schema.table("users")
    defaults = {field.name: field.default for field in users.fields if field.default}
    assert defaults == {
        "bio": Symbol("blank"),
        "age": Symbol("zero"),
        "visits": Literal("007"),
        "rating": Literal("0.00"),
        "balance": Literal("0.00"),
        "active": Symbol("true"),
        "blocked": Literal("false"),
        "born": Symbol("today"),
        "wakes_at": Symbol("current_time"),
        "token": Symbol("new_uuid"),
        "settings": Symbol("object"),
        "labels": Symbol("array"),
    }
    assert found.schema.defaults["postgresql"]["blank"] == "''"
    assert found.schema.defaults["sqlite"]["new_uuid"] == ""
    assert found.schema.defaults["postgresql"]["null"] == "null"
    assert found.schema.type_mappings["postgresql"] == {
        "float": "DOUBLE PRECISION",
        "decimal": "NUMERIC({precision}, {scale})",
        "text[]": "TEXT[]",
    }
    assert [str(finding).partition("\n")[0] for finding in found.findings] == [
        "original.yaml:148:26: display_field is ignored",
        'original.yaml:152:18: there is no table "Users"; "users" is taken for it',
        (
            'original.yaml:157:18: there is no table "accounts.users";'
            ' "users" is taken for it'
        ),
        (
            "original.yaml:159:9: an index with from_fk is left out:"
            " foreign keys get their own"
        ),
    ]


def test_a_many_to_many_is_a_table_between_two() -> None:
    found = read_schema([FIXTURES / "schemas/original.yaml"], root=FIXTURES)
    junction = found.schema.table("users_groups")
    assert not found.schema.table("users").has_field("groups")
    assert junction == Table(
        "users_groups",
        [
            Field("users_id", Integer(), nullable=False),
            Field("groups_id", Uuid(), nullable=False),
        ],
        primary_key=PrimaryKey(("users_id", "groups_id")),
        indexes=[Index(("groups_id",))],
        foreign_keys=[
            ForeignKey(("users_id",), "users", references=("id",), on_delete="CASCADE"),
            ForeignKey(
                ("groups_id",), "groups", references=("id",), on_delete="CASCADE"
            ),
        ],
    )


def test_everything_new_is_read() -> None:
    found = read_schema([FIXTURES / "schemas/everything.yaml"], root=FIXTURES)
    customers = found.schema.table("customers")
    assert found.findings == ()
    assert found.schema.enums == {
        "status": Enum(
            "status", ("new", "paid", "no", "null"), comment="where an order is"
        ),
        "mood": Enum("mood", ("good", "bad")),
    }
    assert found.schema.enums["status"].renames == {"paid": "payed"}
    assert customers.field("moods").type == Array(EnumOf("mood"))
    assert customers.field("grid").type == Array(Array(Integer()))
    assert customers.field("tags").type == Array(Varchar(20))
    assert customers.field("counts").type == Array(BigInt())
    assert customers.field("full_text").type == Native(
        {"postgresql": "tsvector"}, otherwise=Text()
    )
    assert customers.field("place").type == Native(
        {"postgresql": "geometry(Point, 4326)", "mysql": "POINT"}
    )
    assert customers.field("made").default == Expression("now() - interval '1 day'")
    assert customers.field("title").default == Literal("now")
    assert customers.field("name").default == Literal("")
    assert customers.field("name").renamed_from == "called"
    assert customers.field("key").default == Literal("null")
    assert customers.field("id").nullable is False
    assert customers.uniques == (
        Unique(("code",)),
        Unique(("code", "short")),
        Unique(("short", "title"), name="uq_customers_short"),
        Unique(("short",), nulls_not_distinct=True),
        Unique(("place",), deferrable="immediate"),
    )
    assert customers.checks[:2] == (Check("exact > 0"), Check("short < 100"))
    [index] = [index for index in customers.indexes if index.name]
    assert index.fields == ("code", Desc("seen_at"), Expression("lower(title)"))
    assert index.options == {"postgresql": {"fillfactor": "70"}}
    assert customers.options["clickhouse"] == {"order_by": ("id", "code")}
    nulls, built = customers.indexes[-2:]
    assert nulls == Index(
        ("price",), unique=True, nulls_not_distinct=True, include=["name", "made"]
    )
    assert built.concurrently
    replaced, order = found.schema.table("invoices").foreign_keys
    assert replaced.deferrable == "deferred"
    assert order.deferrable == "immediate"
    assert order.references == ("customer_id", "number")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_makes_a_schema_that_can_be(path: Path) -> None:
    assert problems(read_schema([path], root=path.parent).schema) == ()


def test_parts_know_where_they_are_told(tmp_path: Path) -> None:
    found = schema(tmp_path, tables(table("{name: x, type: text}")))
    things = found.table("things")
    assert things.at == Position("schema.yaml", 2, 11)
    assert things.field("x").at == Position("schema.yaml", 5, 16)


def test_words_that_yaml_takes_for_values_are_names(tmp_path: Path) -> None:
    fields = "{name: yes, type: text}, {name: 1.10, type: TEXT}"
    text = f"tables: [{{name: null, fields: [{fields}]}}]"
    found = schema(tmp_path, text)
    assert [field.name for field in found.table("null").fields] == ["yes", "1.10"]


@pytest.mark.parametrize("spelling", ["No", "off", "FALSE", "false", "'no'"])
def test_truth_has_the_spellings_of_yaml(spelling: str, tmp_path: Path) -> None:
    text = tables(table(f"{{name: x, type: text, nullable: {spelling}}}"))
    assert schema(tmp_path, text).table("things").field("x").nullable is False


@pytest.mark.parametrize("content", [b"\xef\xbb\xbftables: []", b"tables: []\r\n"])
def test_marks_and_line_ends_of_windows_do_not_matter(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "schema.yaml").write_bytes(content)
    assert read(tmp_path, {}, "schema.yaml").schema == Schema()


def test_utf_16_is_read_too(tmp_path: Path) -> None:
    text = tables(table("{name: größe, type: text}"))
    (tmp_path / "schema.yaml").write_text(text, encoding="utf-16")
    found = read(tmp_path, {}, "schema.yaml").schema
    assert found.table("things").has_field("größe")


def test_aliases_and_merges_mean_what_they_stand_for(tmp_path: Path) -> None:
    text = (
        "tables:\n"
        "  - name: a\n"
        "    fields: &common\n"
        "      - &key {name: id, type: integer, primary_key: true}\n"
        "      - {<<: *key, name: other, primary_key: false, nullable: no}\n"
        "  - name: b\n"
        "    fields: *common\n"
    )
    found = schema(tmp_path, text)
    assert found.table("a").fields == found.table("b").fields
    assert found.table("b").field("other") == Field("other", Integer(), nullable=False)


def test_names_may_be_anything_that_can_be_quoted(tmp_path: Path) -> None:
    names = ['say "hi"', "select", "a b", "x" * 100, "\N{PILE OF POO}", "it's", "`;--"]
    fields = ", ".join(
        f"{{name: {scalar(name, in_flow=True)}, type: text}}" for name in names
    )
    found = schema(tmp_path, f"tables: [{{name: t, fields: [{fields}]}}]")
    assert [field.name for field in found.table("t").fields] == names


def many_tables(count: int) -> str:
    fields = [f"{{name: f{n}, type: varchar, length: 20}}" for n in range(7)]
    return tables(
        *(
            table(
                *fields,
                "{name: up, type: foreign_key, foreign_key:"
                f" {{table: t{max(n - 1, 0)}}}}}",
                name=f"t{n}",
            )
            for n in range(count)
        )
    )


def test_reading_takes_time_in_proportion(tmp_path: Path) -> None:
    few, many = many_tables(100), many_tables(400)

    def seconds(text: str) -> float:
        began = time.process_time()
        schema(tmp_path, text)
        return time.process_time() - began

    # By turns, so that a busy moment of the machine is not that of one size alone.
    tries = [(seconds(few), seconds(many)) for _ in range(3)]
    assert min(more for _, more in tries) < 12 * min(less for less, _ in tries)


def test_a_thousand_keys_that_refer_to_each_other_have_a_type(tmp_path: Path) -> None:
    first = "  - {name: t0, fields: [{name: id, type: bigserial, primary_key: true}]}\n"
    chain = [
        f"  - {{name: t{n}, fields: [{{name: id, type: foreign_key, primary_key: true,"
        f" foreign_key: {{table: t{n - 1}}}}}]}}\n"
        for n in range(1, 1500)
    ]
    found = schema(tmp_path, tables(first, *reversed(chain)))
    assert found.table("t1499").field("id").type == BigInt()
