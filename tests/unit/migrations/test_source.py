from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mm_engine as mm
from mm_engine.errors import MigrationFileError
from mm_engine.migrations.loader import load_migration
from mm_engine.migrations.source import expression, migration_source
from mm_engine.operations import Operation
from strategies import migrations
from written_migrations import WRITTEN, fill_slugs, step

ANY_TEXT = st.text(max_size=80) | st.text("ab '\"\\\n\t\r é€{}%$;\ud800", max_size=80)


def source_of(*operations: Operation) -> str:
    return migration_source(step("0001_posts", does=operations))


def read_back(text: str) -> mm.Migration:
    names: dict[str, object] = {}
    exec(compile(text, "0001_posts.py", "exec"), names)
    migration = names["migration"]
    assert isinstance(migration, mm.Migration)
    return migration


@given(migrations(python=False))
def test_what_is_written_reads_back_equal(migration: mm.Migration) -> None:
    assert read_back(migration_source(migration)) == migration


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_reads_back_equal(one: str, other: str) -> None:
    does = (mm.RunSQL({one: other}, other), mm.Field("a", mm.EnumOf(one), comment=one))
    migration = step("0001_posts", does=(does[0], mm.AddField(other, does[1])))
    assert read_back(migration_source(migration)) == migration


@pytest.mark.parametrize("operation", WRITTEN, ids=lambda op: type(op).__name__)
def test_each_operation_reads_back_equal(operation: Operation, tmp_path: Path) -> None:
    path = tmp_path / "0001_posts.py"
    path.write_text(source_of(operation), encoding="utf-8")
    assert load_migration(path).operations == (operation,)


def test_the_wish_how_an_index_is_built_is_written_though_it_is_no_difference() -> None:
    index = mm.Index(["a"], name="ix", concurrently=True)
    text = source_of(mm.AddIndex("posts", index))
    assert 'mm.Index(["a"], name="ix", concurrently=True)' in text
    [read] = read_back(text).operations
    assert isinstance(read, mm.AddIndex)
    assert read.index.concurrently


def test_a_small_file_reads_as_a_person_would_write_it() -> None:
    posts = mm.CreateTable(
        "posts",
        fields=[
            mm.Field("id", mm.Uuid(), nullable=False),
            mm.Field("price", mm.Decimal(10, 2), default=mm.Symbol("zero")),
        ],
        primary_key=mm.PrimaryKey(["id"], name="posts_pkey"),
    )
    drop = mm.DropField("users", "age", review="used?", if_present=True)
    assert source_of(posts, drop) == (
        '"""Create posts; drop users.age."""\n'
        "\n"
        "import mm_engine as mm\n"
        "\n"
        "migration = mm.Migration(\n"
        '    name="0001_posts",\n'
        "    dependencies=[],\n"
        "    operations=[\n"
        "        mm.CreateTable(\n"
        '            "posts",\n'
        "            fields=[\n"
        '                mm.Field("id", mm.Uuid(), nullable=False),\n'
        "                mm.Field(\n"
        '                    "price",\n'
        "                    mm.Decimal(10, 2),\n"
        '                    default=mm.Symbol("zero"),\n'
        "                ),\n"
        "            ],\n"
        '            primary_key=mm.PrimaryKey(["id"], name="posts_pkey"),\n'
        "        ),\n"
        '        mm.DropField("users", "age", if_present=True, review="used?"),\n'
        "    ],\n"
        ")\n"
    )


def test_hints_that_are_read_once_are_not_written() -> None:
    field = mm.Field("title", mm.Text(), renamed_from="name")
    assert "renamed_from" not in source_of(mm.AddField("posts", field))


def test_sql_of_several_lines_is_written_as_it_reads() -> None:
    text = source_of(mm.RunSQL("UPDATE posts\nSET title = 'x'\n"))
    assert '            """\\\nUPDATE posts\nSET title = \'x\'\n""",\n' in text


def test_the_same_migration_gives_the_same_bytes() -> None:
    assert source_of(*WRITTEN) == source_of(*WRITTEN)


def test_imports_are_those_that_the_values_need() -> None:
    expected = "import datetime as dt\nimport decimal\nimport uuid\n\nimport mm_engine"
    assert source_of(*WRITTEN).split("\n\n", 1)[1].startswith(expected)


def test_a_value_that_no_file_can_hold_is_refused() -> None:
    rows = [{"code": object()}]
    upsert = mm.UpsertData("a", keys=["code"], rows=rows)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(MigrationFileError, match="cannot hold <object"):
        source_of(upsert)


def test_a_function_of_a_module_is_imported_by_its_name() -> None:
    text = source_of(mm.RunPython(fill_slugs))
    assert "from written_migrations import fill_slugs\n" in text
    assert "mm.RunPython(fill_slugs)," in text
    assert read_back(text).operations == (mm.RunPython(fill_slugs),)


def test_a_function_without_a_name_in_a_file_is_refused() -> None:
    def local(connection: object, schema: object) -> None:
        del connection, schema

    with pytest.raises(MigrationFileError, match="at the top of a file"):
        source_of(mm.RunPython(local))


def test_values_are_shown_as_a_file_says_them() -> None:
    assert expression(mm.Field("a", mm.Varchar(3))) == 'mm.Field("a", mm.Varchar(3))'


@pytest.mark.parametrize("width", [79, 88, 100, 120])
def test_ruff_leaves_the_file_alone(width: int, tmp_path: Path) -> None:
    path = tmp_path / "0001_posts.py"
    path.write_text(source_of(*WRITTEN), encoding="utf-8", newline="\n")
    ruff = pytest.importorskip("ruff", reason="the formatter is not installed")
    done = subprocess.run(
        [
            *(ruff.find_ruff_bin(), "format", "--isolated", "--check", "--diff"),
            *("--line-length", str(width), str(path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_linters_find_nothing_in_the_imports(tmp_path: Path) -> None:
    path = tmp_path / "0001_posts.py"
    path.write_text(source_of(*WRITTEN), encoding="utf-8", newline="\n")
    ruff = pytest.importorskip("ruff", reason="the linter is not installed")
    done = subprocess.run(
        [
            ruff.find_ruff_bin(),
            "check",
            "--isolated",
            "--select",
            "I,F,E4,E7,E9,W,UP",
            path,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
