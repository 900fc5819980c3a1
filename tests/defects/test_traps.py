"""Traps of the design (its section 6) that no other file has a test for."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mm_engine as mm
from evolving import THINGS, Evolving, things
from mm_engine.migrations.optimize import optimized
from schema_files import table, tables
from source_tree import ROOT

pytestmark = pytest.mark.database("sqlite")

KEY = "SELECT name FROM pragma_table_info('things') WHERE pk"


def test_a_primary_key_moves_from_one_field_to_another_in_one_step(
    project: Evolving,
) -> None:
    code = "{name: code, type: integer, nullable: false%s}"
    project.becomes(things(code % ""))
    project.rows("INSERT INTO things VALUES (1, 10), (2, 20)")
    text = project.becomes(
        tables(f"  - name: things\n    fields: [{code % ', primary_key: true'}]\n")
    )
    assert text.count("mm.AlterPrimaryKey(") == 1
    assert project.rows(KEY) == [("code",)]
    assert project.rows("SELECT * FROM things") == [(10,), (20,)]


def test_a_conversion_is_turned_around_on_the_way_back(project: Evolving) -> None:
    project.becomes(things("{name: x, type: text}"))
    project.rows("INSERT INTO things VALUES (1, '7 kg')")
    project.by_hand(
        'mm.AlterField("things", mm.Field("x", mm.Integer()),'
        ' convert={"sqlite": ("rtrim(x, \' kg\')", "x || \' kg\'")})'
    )
    project.up()
    assert project.rows("SELECT x FROM things") == [(7,)]
    project.down()
    assert project.rows("SELECT x FROM things") == [("7 kg",)]


def test_rows_that_an_upsert_overwrote_lie_in_a_table_of_ours(
    project: Evolving,
) -> None:
    project.becomes(things("{name: x, type: text}"))
    project.rows("INSERT INTO things VALUES (1, 'mine')")
    project.by_hand(
        'mm.UpsertData("things", keys=["id"], rows=[{"id": 1, "x": "yours"}])'
    )
    project.up()
    ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'makemigrations_%'"
    assert project.value(f"{ours} AND name NOT LIKE '%history'") == 1
    project.settled()
    project.down()
    assert project.value(f"{ours} AND name NOT LIKE '%history'") == 0


def test_two_fields_change_places_by_an_explicit_pair(project: Evolving) -> None:
    project.becomes(things("{name: a, type: text}", "{name: b, type: text}"))
    project.rows("INSERT INTO things VALUES (1, 'was a', 'was b')")
    swapped = things(
        "{name: a, type: text, renamed_from: b}",
        "{name: b, type: text, renamed_from: a}",
    )
    project.becomes_nothing(swapped)
    project.becomes(swapped, *("--rename", "things.a:b"), *("--rename", "things.b:a"))
    assert project.rows("SELECT a, b FROM things") == [("was b", "was a")]


def test_a_renamed_from_that_stays_is_followed_once(project: Evolving) -> None:
    project.becomes(things("{name: x, type: text}"))
    project.becomes(things("{name: y, type: text, renamed_from: x}"))
    with_both = ("{name: y, type: text, renamed_from: x}", "{name: x, type: text}")
    text = project.becomes(things(*with_both))
    assert "RenameField" not in text


def test_a_renamed_field_is_renamed_in_where_and_check_too(project: Evolving) -> None:
    def schema(name: str) -> str:
        return things(
            f"{{name: {name}, type: integer, check: {name} > 0}}",
            more=f"    indexes: [{{name: i, fields: [id], where: {name} > 5}}]\n",
        )

    project.becomes(schema("x"))
    project.rows("CREATE VIEW seen AS SELECT x FROM things")
    text = project.becomes(schema("y"), "--rename", "things.x:y")
    assert text.count("mm.") == 2, text
    assert project.refuses("INSERT INTO things (y) VALUES (0)")
    assert project.rows("SELECT * FROM seen") == []


def test_five_alters_of_one_table_are_one_copy(project: Evolving) -> None:
    names = "abcde"
    project.becomes(things(*(f"{{name: {n}, type: integer}}" for n in names)))
    project.written(things(*(f"{{name: {n}, type: text}}" for n in names)))
    shown = project.line.fine("migrate", "showsql", "2")
    assert shown.count("INSERT INTO") == 1
    lines = shown.splitlines()
    assert lines.index("PRAGMA foreign_keys=OFF;") < lines.index("BEGIN IMMEDIATE;")


@pytest.mark.parametrize(
    "more",
    [
        "    checks: [x > 3]\n",
        "    indexes: [{fields: [x]}]\n",
        "    unique: [[x]]\n",
    ],
)
def test_a_decimal_kept_as_text_is_never_put_in_order(
    project: Evolving, more: str
) -> None:
    words = "type: decimal, precision: 19, scale: 2, options: {sqlite: {decimal: text}}"
    project.written(things(f"{{name: x, {words}}}", more=more))
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert "letter by letter" in answer.err


def fill(connection: object, schema: mm.Schema) -> None:
    """A function that nobody can look into."""
    del connection, schema


def test_a_function_stops_the_fold_of_a_squash() -> None:
    made = mm.CreateTable("t", fields=[mm.Field("id", mm.Integer())])
    added = mm.AddField("t", mm.Field("x", mm.Text()))
    called = mm.RunPython(fill, fill)
    assert len(optimized((made, added))) == 1
    assert optimized((made, called, added)) == (made, called, added)


def test_originals_of_a_squash_may_stay_until_nobody_needs_them(
    project: Evolving,
) -> None:
    project.becomes(THINGS)
    project.written(tables(table(), table(name="others")))
    project.line.fine("squash", "--name", "all")
    original = project.line.folder / "migrations" / "0002_create_others.py"
    away = original.rename(original.with_suffix(".away"))
    partly = project.said("migrate", "up")
    assert partly.code == 1
    assert "0002_create_others" in partly.err
    away.rename(original)
    project.line.fine("migrate", "up")
    assert "0002_all" in project.line.fine("migrate", "status")


OWL = tables(table(name='"\\U0001F989"'))


def test_an_output_that_lacks_a_character_is_no_traceback(project: Evolving) -> None:
    project.line.schema(OWL)
    cp1252 = {"PYTHONIOENCODING": "cp1252"}
    made = project.line.process("makemigrations", **cp1252)
    assert (made.code, made.err) == (0, "")
    assert "create table \\U0001f989" in made.out
    shown = project.line.process("migrate", "showsql", **cp1252)
    assert shown.code == 1
    assert "set PYTHONIOENCODING=utf-8" in shown.err
    assert "Traceback" not in shown.err


def test_sql_is_utf_8_whatever_the_locale_is(project: Evolving) -> None:
    project.written(OWL)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = project.line.process("migrate", "showsql", **plain)
    assert 'CREATE TABLE "\U0001f989"' in shown.out


def test_files_are_written_with_the_line_ends_of_every_system() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "engine").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and _writes_text(node)
        and "newline" not in [keyword.arg for keyword in node.keywords]
    ]
    assert wrong == []


def _writes_text(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else None
    if name == "write_text":
        return True
    opens = name in ("open", "fdopen") or (
        isinstance(call.func, ast.Name) and call.func.id == "open"
    )
    modes = [
        argument.value
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(argument, ast.Constant)
    ]
    return opens and any(mode in ("w", "x", "a", "w+", "x+") for mode in modes)


def test_no_migration_has_a_name_that_windows_refuses(project: Evolving) -> None:
    project.line.fine("makemigrations", "--empty", "--name", 'a:b*c?"<d>|')
    assert project.line.migrations() == ["0001_a_b_c_d"]


def test_bare_nox_lists_its_sessions_from_any_folder_in_ci(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nox", "-f", str(ROOT / "noxfile.py"), "--list"],
        cwd=tmp_path,
        env=os.environ | {"CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "tests" in done.stdout
