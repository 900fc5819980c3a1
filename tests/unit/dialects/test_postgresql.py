"""What PostgreSQL is told of arrays, names, and types that nobody can turn."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.dialects import dialect
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.operations import Operation

PG = dialect("postgresql")


def told(*operations: Operation) -> str:
    """What PostgreSQL is told of operations on nothing."""
    return step_text(moves(operations, Schema()), "postgresql")


@pytest.mark.parametrize(
    ("text", "type_", "said"),
    [
        ("{a,b}", mm.Text(), "'{a,b}'"),
        ('["a,b", null, "it\'s"]', mm.Text(), "'{\"a,b\",NULL,\"it''s\"}'"),
        ("[1, 2]", mm.Integer(), '\'{"1","2"}\''),
        ("[true]", mm.Boolean(), "'{\"true\"}'"),
        ("[[1], [2]]", mm.Array(mm.Integer()), '\'{{"1"},{"2"}}\''),
        ("[]", mm.Uuid(), "'{}'"),
    ],
)
def test_an_array_is_written_as_postgresql_writes_it(
    text: str, type_: mm.Integer | mm.Text | mm.Array, said: str
) -> None:
    assert PG.literal(text, Field("x", mm.Array(type_)), Schema()) == said


@pytest.mark.parametrize("text", ['["a"]', "a", '{"a": 1', "1"])
def test_what_is_no_array_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        PG.literal(text, Field("x", mm.Array(mm.Integer())), Schema())


def test_the_built_in_array_fits_arrays_and_documents() -> None:
    text = told(
        mm.SetDefaults({"postgresql": {"array": "'[]'::jsonb"}}),
        mm.CreateTable(
            "things",
            fields=[
                mm.Field("a", mm.Array(mm.Text()), default=mm.Symbol("array")),
                mm.Field("b", mm.Jsonb(), default=mm.Symbol("array")),
            ],
        ),
    )
    assert "\"a\" TEXT[] DEFAULT '{}'" in text
    assert "\"b\" JSONB DEFAULT ('[]'::jsonb)" in text


def test_the_name_of_an_index_is_cut_and_that_of_a_table_refused() -> None:
    long = "ü" * 40
    table = mm.CreateTable("t", fields=[mm.Field("x", mm.Text())])
    text = told(table, mm.AddIndex("t", mm.Index(["x"], name=long)))
    name = text.split('INDEX "')[1].split('"')[0]
    assert len(name.encode()) <= 63
    with pytest.raises(UnsupportedError, match="63"):
        told(mm.CreateTable(long, fields=[mm.Field("x", mm.Text())]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.b.c", "a namespace, a point and a name"),
        (".users", "a namespace, a point and a name"),
        ("auth.", "a namespace, a point and a name"),
        ("pg_auth.users", 'keeps the namespace "pg_auth" for itself'),
        ("information_schema.users", "for itself"),
        (f"{'n' * 64}.users", "no names as long as"),
        (f"auth.{'n' * 64}", "no names as long as"),
    ],
)
def test_a_name_that_no_namespace_can_hold_is_refused(name: str, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        told(mm.CreateTable(name, fields=[mm.Field("x", mm.Text())]))


def test_each_part_of_a_name_may_be_as_long_as_a_name() -> None:
    namespace, own = "n" * 63, "t" * 63
    text = told(mm.CreateTable(f"{namespace}.{own}", fields=[mm.Field("x", mm.Text())]))
    assert f'CREATE TABLE "{namespace}"."{own}"' in text


def test_a_namespace_is_made_once() -> None:
    fields = [mm.Field("x", mm.Text())]
    text = told(*(mm.CreateTable(f"auth.{n}", fields=fields) for n in ("a", "b")))
    assert text.count("CREATE SCHEMA") == 1


def test_a_check_with_the_name_of_the_primary_key_is_refused() -> None:
    table = mm.CreateTable(
        "t",
        fields=[mm.Field("x", mm.Integer(), nullable=False)],
        primary_key=mm.PrimaryKey(["x"], name="t_x"),
    )
    with pytest.raises(UnsupportedError, match='primary key "t_x" and check "t_x"'):
        told(table, mm.AddCheck("t", mm.Check("x > 0", name="t_x")))


def test_a_change_of_type_that_nobody_can_say_asks_for_words() -> None:
    table = mm.CreateTable("t", fields=[mm.Field("x", mm.Date())])
    with pytest.raises(UnsupportedError) as caught:
        told(table, mm.AlterField("t", mm.Field("x", mm.Integer())))
    assert 'convert={"postgresql":' in str(caught.value)


def test_references_in_a_circle_are_made_when_both_tables_are_there() -> None:
    def table(name: str, other: str) -> mm.CreateTable:
        return mm.CreateTable(
            name,
            fields=[
                mm.Field("id", mm.Integer(), nullable=False),
                mm.Field("other", mm.Integer()),
            ],
            primary_key=mm.PrimaryKey(["id"], name=f"{name}_pkey"),
            foreign_keys=[
                mm.ForeignKey(["other"], other, references=["id"], name=f"fk_{name}")
            ],
        )

    text = told(table("a", "b"), table("b", "a"))
    assert text.index('ALTER TABLE "a" ADD CONSTRAINT "fk_a"') > text.index(
        'CREATE TABLE "b"'
    )
