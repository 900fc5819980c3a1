"""What Redshift is told beyond the cases: options, bytes, copies, what is refused."""

from __future__ import annotations

import pytest

import mm_engine as mm
from live_sqlite import moves, step_text
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

KEY = mm.PrimaryKey(["id"], name="things_pkey")
ID = mm.Field("id", mm.Integer(), nullable=False)
SIZE = mm.Field("size", mm.Integer())
COUNTED = mm.Field("id", mm.Serial(), nullable=False)


def things(*fields: mm.Field, **parts: object) -> mm.CreateTable:
    """A table with a key and these fields."""
    said = {"primary_key": KEY, **parts}
    return mm.CreateTable("things", fields=fields, **said)  # type: ignore[arg-type]  # parts of one


def told(*operations: Operation, before: Schema | None = None) -> str:
    return step_text(moves(operations, before or Schema()), "redshift")


def after(made: mm.CreateTable, *operations: Operation) -> str:
    return told(*operations, before=made.apply(Schema()))


def test_rows_are_spread_and_ordered_as_the_options_say() -> None:
    options = {"redshift": {"diststyle": "key", "distkey": "size", "sortkey": ["id"]}}
    sql = told(things(ID, SIZE, options=options))
    assert ') DISTSTYLE KEY DISTKEY ("size") COMPOUND SORTKEY ("id")' in sql


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"diststyle": "evn"}, "diststyle is auto, even, all, key"),
        ({"diststyle": "all", "distkey": "id"}, "distkey is of diststyle key"),
        ({"sortkey": ["siz"]}, "which is no field"),
        ({"sort": "id"}, 'knows no option "sort"'),
    ],
)
def test_options_that_mean_nothing_are_refused(
    options: dict[str, str | list[str]], said: str
) -> None:
    with pytest.raises(UnsupportedError, match=said):
        told(things(ID, SIZE, options={"redshift": options}))


def test_a_column_is_packed_as_its_option_says() -> None:
    field = mm.Field("note", mm.Text(), options={"redshift": {"encode": "zstd"}})
    assert '"note" VARCHAR(65535) ENCODE zstd' in told(things(ID, field))


def test_letters_are_counted_in_bytes() -> None:
    fields = [mm.Field("a", mm.Varchar(30)), mm.Field("b", mm.Varchar(60_000))]
    sql = told(things(ID, *fields))
    assert '"a" VARCHAR(120)' in sql
    assert '"b" VARCHAR(65535)' in sql


def test_a_plain_index_is_left_out_and_a_unique_one_declared() -> None:
    plain = mm.AddIndex("things", mm.Index(["size"], name="i"))
    unique = mm.AddIndex("things", mm.Index(["size"], name="u", unique=True))
    assert after(things(ID, SIZE), plain) == ""
    assert 'ADD CONSTRAINT "u" UNIQUE ("size")' in after(things(ID, SIZE), unique)


def test_a_unique_index_of_some_rows_is_refused() -> None:
    index = mm.Index(["size"], name="u", unique=True, where="size > 0")
    with pytest.raises(UnsupportedError, match="no words for what"):
        after(things(ID, SIZE), mm.AddIndex("things", index))


def test_what_happens_to_references_is_left_out_where_nobody_looks() -> None:
    key = mm.ForeignKey(
        ["size"], "things", references=["id"], name="fk", on_delete="CASCADE"
    )
    sql = after(things(ID, SIZE), mm.AddForeignKey("things", key))
    assert sql.strip().endswith('REFERENCES "things" ("id");')


def test_a_column_that_no_copy_can_count_on_is_replaced_in_its_table() -> None:
    altered = mm.AlterField("things", mm.Field("size", mm.BigInt()))
    sql = after(things(COUNTED, SIZE), altered)
    assert "CREATE TABLE" not in sql
    assert 'SET "makemigrations_new_size" = CAST("size" AS BIGINT)' in sql


def test_a_table_without_counting_is_copied_with_its_rows() -> None:
    required = mm.Field("size", mm.Integer(), nullable=False)
    altered = mm.AlterField("things", required, one_off=mm.Literal("1"))
    sql = after(things(ID, SIZE), altered)
    assert 'SELECT "id", COALESCE("size", 1) FROM "things"' in sql
    assert 'ALTER TABLE "makemigrations_new_things" RENAME TO "things"' in sql


def test_a_field_that_rows_are_ordered_by_cannot_go() -> None:
    made = things(ID, SIZE, options={"redshift": {"sortkey": "size"}})
    with pytest.raises(UnsupportedError, match="spread or ordered by"):
        after(made, mm.DropField("things", "size"))


def test_what_nobody_would_look_at_is_refused() -> None:
    check = mm.AddCheck("things", mm.Check("size > 0", name="ck"))
    with pytest.raises(UnsupportedError, match="has no checks"):
        after(things(ID, SIZE), check)


def test_a_backslash_is_one_backslash() -> None:
    field = mm.Field("note", mm.Text(), default=mm.Literal("a\\b"))
    assert r"DEFAULT 'a\\b'" in told(things(ID, field))
