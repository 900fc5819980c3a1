"""Section 12.B: what was written into migrations, and what was not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evolving import THINGS, Evolving, things
from schema_files import table, tables


def key(words: str = "", name: str = "parent") -> str:
    """A field that refers to a parent, with some more words."""
    target = f"{{table: parents{words}}}"
    return f"{{name: {name}, type: foreign_key, foreign_key: {target}}}"


PARENTS = table(name="parents")


@pytest.mark.database("sqlite")
def test_a_rename_is_asked_about_and_keeps_the_values(project: Evolving) -> None:
    project.becomes(things("{name: fullname, type: text}"))
    project.rows("INSERT INTO things VALUES (1, 'Ada')")
    renamed = things("{name: full_name, type: text}")
    project.line.schema(renamed)
    asked = project.said("makemigrations", "--yes")
    assert asked.code == 2
    assert "--rename things.fullname:full_name" in asked.err
    project.becomes(renamed, "--rename", "things.fullname:full_name")
    assert project.rows("SELECT full_name FROM things") == [("Ada",)]


@pytest.mark.database("sqlite")
def test_a_renamed_table_keeps_its_rows(project: Evolving) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.becomes(tables(table(name="stuff")), "--rename", "things:stuff")
    assert project.rows("SELECT id FROM stuff") == [(1,)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{name: at, type: timestamp}",
            "{name: at, type: timestamp, auto_create: true}",
        ),
        (
            "{name: at, type: timestamp}",
            "{name: at, type: timestamp, auto_update: true}",
        ),
        (key(), key(", on_update: CASCADE")),
        (key(), key(", on_delete: CASCADE")),
        ("{name: x, type: text}", "{name: x, type: text, comment: why}"),
        ("{name: x, type: text}", "{name: x, type: text, default: a}"),
        ("{name: x, type: text}", "{name: x, type: text, index: true}"),
        ("{name: x, type: text}", "{name: x, type: text, unique: true}"),
    ],
)
@pytest.mark.database("sqlite")
def test_every_attribute_that_changes_makes_a_migration(
    project: Evolving, before: str, after: str
) -> None:
    project.becomes(tables(PARENTS, table(before)))
    project.becomes(tables(PARENTS, table(after)))
    assert len(project.line.migrations()) == 2


@pytest.mark.database("sqlite")
def test_another_target_of_many_to_many_makes_a_migration(project: Evolving) -> None:
    many = "{name: m, type: many_to_many, many_to_many: {table: %s}}"
    others = table(name="others")
    project.becomes(tables(PARENTS, others, table(many % "parents")))
    project.becomes(
        tables(PARENTS, others, table(many % "others")),
        *("--rename", "things_m.parents_id:others_id"),
    )
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.rows("INSERT INTO others (id) VALUES (2)")
    project.rows("INSERT INTO things_m VALUES (1, 2)")


@pytest.mark.parametrize(
    "index",
    ["fields: [x, y]", "fields: [x], method: hash", "fields: [x], where: x > 1"],
)
@pytest.mark.database("sqlite")
def test_every_attribute_of_an_index_makes_a_migration(
    project: Evolving, index: str
) -> None:
    fields = ("{name: x, type: integer}", "{name: y, type: integer}")
    more = "    indexes: [{name: idx_x, %s}]\n"
    project.becomes(things(*fields, more=more % "fields: [x]"))
    project.becomes(things(*fields, more=more % index))
    assert len(project.line.migrations()) == 2


@pytest.mark.parametrize("words", ["", ", on_delete: PROTECT", ", on_delete: SET_NULL"])
@pytest.mark.database("sqlite")
def test_a_foreign_key_is_written_once(project: Evolving, words: str) -> None:
    project.becomes(tables(PARENTS, table(key(words))))
    project.line.schema(tables(PARENTS, table(key(words or ", on_delete: RESTRICT"))))
    assert project.said("makemigrations", "--check").code == 0


@pytest.mark.database("sqlite")
def test_a_long_name_of_a_foreign_key_is_written_once(project: Evolving) -> None:
    long = table(key(name="f" * 60), name="t" * 60)
    project.becomes(tables(PARENTS, long))
    project.becomes(tables(PARENTS, table(name="t" * 60)))
    project.down()
    project.up()


def test_the_same_input_gives_the_same_bytes_in_every_process(
    project: Evolving,
) -> None:
    fields = [f"{{name: f{n}, type: text, index: true}}" for n in range(9)]
    project.line.schema(tables(*(table(*fields, name=f"t{n}") for n in range(9))))
    project.line.fine("makemigrations")
    project.line.schema(tables(*(table(*fields[:2], name=f"t{n}") for n in range(5))))
    said = {
        project.line.process(
            *("makemigrations", "--yes", "--dry-run"), PYTHONHASHSEED=seed
        ).out
        for seed in ("1", "2", "3")
    }
    [text] = said
    assert text.count("mm.DropTable") == 4
    assert text.count("mm.DropField") == 35


@pytest.mark.database("sqlite")
def test_fields_keep_the_order_of_the_file(project: Evolving) -> None:
    names = ["z", "b", "y", "a"]
    project.becomes(things(*(f"{{name: {name}, type: text}}" for name in names)))
    assert project.columns("things") == ["id", *names]


@pytest.mark.database("sqlite")
def test_tables_are_dropped_before_what_they_refer_to(project: Evolving) -> None:
    other = table(key(), name="a_child")
    project.becomes(tables(PARENTS, other, table(key(), name="z_child"), table(key())))
    project.rows("INSERT INTO parents (id) VALUES (1)")
    project.rows("INSERT INTO things VALUES (1, 1)")
    project.rows("INSERT INTO a_child VALUES (1, 1)")
    project.becomes(tables(table("{name: parent, type: integer}")))
    assert project.names("table") == ["things"]
    assert project.rows("SELECT * FROM things") == [(1, 1)]


@pytest.mark.database("sqlite")
def test_a_field_is_altered_once_whatever_changed(project: Evolving) -> None:
    project.becomes(things("{name: x, type: varchar, length: 5}"))
    words = "type: varchar, length: 9, nullable: false, default: a, comment: why"
    text = project.becomes(things(f"{{name: x, {words}}}"))
    assert text.count("mm.AlterField(") == 1


@pytest.mark.parametrize(
    ("after", "question"),
    [
        ("{name: x, type: varchar, length: 5}", "alter:things.x"),
        ("", "drop:things.x"),
    ],
)
@pytest.mark.database("sqlite")
def test_what_is_omitted_does_not_run(
    project: Evolving, after: str, question: str
) -> None:
    project.becomes(things("{name: x, type: varchar, length: 9}"))
    was = project.value("SELECT sql FROM sqlite_schema WHERE name = 'things'")
    fields = (after,) if after else ()
    project.becomes(things(*fields), "--destructive", f"{question}=omit")
    now = project.value("SELECT sql FROM sqlite_schema WHERE name = 'things'")
    assert now == was


@pytest.mark.parametrize(
    "after",
    [
        "type: varchar, length: 200",
        "type: varchar, length: 100, comment: why",
        "type: varchar, length: 100, default: a",
        "type: text",
    ],
)
def test_what_loses_nothing_asks_nothing(project: Evolving, after: str) -> None:
    project.written(things("{name: x, type: varchar, length: 100, nullable: true}"))
    project.line.schema(things(f"{{name: x, {after}}}"))
    project.line.fine("makemigrations")


@pytest.mark.parametrize("value", ["", ", default: 3"])
@pytest.mark.database("sqlite")
def test_a_new_required_field_gets_a_value_or_is_asked_about(
    project: Evolving, value: str
) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    schema = things(f"{{name: x, type: integer, nullable: false{value}}}")
    if not value:
        project.line.schema(schema)
        asked = project.said("makemigrations", "--yes")
        assert asked.code == 2
        assert "--one-off things.x=" in asked.err
    project.becomes(schema, *(() if value else ("--one-off", "things.x=3")))
    assert project.rows("SELECT x FROM things") == [(3,)]
    assert project.refuses("INSERT INTO things (x) VALUES (NULL)")


@pytest.mark.database("sqlite")
def test_a_field_that_becomes_required_fills_its_empty_rows(project: Evolving) -> None:
    project.becomes(things("{name: x, type: integer}"))
    project.rows("INSERT INTO things VALUES (1, NULL), (2, 7)")
    required = things("{name: x, type: integer, nullable: false}")
    project.line.schema(required)
    assert project.said("makemigrations", "--yes").code == 2
    project.becomes(required, "--one-off", "things.x=3")
    assert project.rows("SELECT x FROM things") == [(3,), (7,)]
    project.down()
    assert not project.refuses("INSERT INTO things (x) VALUES (NULL)")


@pytest.mark.database("sqlite")
def test_another_expression_behind_a_symbol_reaches_fields_that_are_there(
    project: Evolving,
) -> None:
    def schema(value: str) -> str:
        declared = f'defaults: {{sqlite: {{start: "{value}"}}}}\n'
        return declared + things("{name: x, type: integer, default: start}")

    project.becomes(schema("1"))
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.becomes(schema("2"))
    project.rows("INSERT INTO things (id) VALUES (2)")
    assert project.rows("SELECT x FROM things") == [(1,), (2,)]
    project.down()
    project.rows("INSERT INTO things (id) VALUES (3)")
    assert project.rows("SELECT x FROM things") == [(1,), (2,), (1,)]


TYPE = "SELECT type FROM pragma_table_info('things') WHERE name = 'x'"


@pytest.mark.database("sqlite")
def test_another_type_mapping_reaches_fields_that_are_there(project: Evolving) -> None:
    real = "type_mappings: {sqlite: {float: REAL}}\n"
    project.becomes(things("{name: x, type: float}"))
    assert project.value(TYPE) == "FLOAT"
    project.becomes(real + things("{name: x, type: float}"))
    assert project.value(TYPE) == "REAL"


@pytest.mark.database("sqlite")
def test_settings_that_are_taken_out_are_taken_out(project: Evolving) -> None:
    declared = "type_mappings: {sqlite: {float: REAL}}\n"
    declared += "defaults: {sqlite: {start: 1}}\n"
    project.becomes(declared + things("{name: x, type: float, default: start}"))
    project.becomes(things("{name: x, type: float}"))
    assert project.value(TYPE) == "FLOAT"
    assert "start" not in project.line.fine("current-state")


def test_a_migration_holds_the_words_of_every_database(project: Evolving) -> None:
    declared = "defaults: {postgresql: {start: 'pg()'}, sqlite: {start: '1'}}\n"
    fields = (
        "{name: x, type: integer, default: start}",
        "{name: at, type: timestamp, default: now}",
    )
    text = project.written(declared + things(*fields))
    assert '"start": "pg()"' in text
    assert '"now": "SYSDATETIME()"' in text
    assert "sqlite:///" not in text


def test_the_same_files_come_from_whatever_database_is_configured(
    project: Evolving,
) -> None:
    fields = ("{name: at, type: timestamp, default: now}", "{name: k, type: uuid}")
    project.line.schema(things(*fields))
    neutral = project.line.fine("makemigrations", "--dry-run")
    project.line.schema(
        "database: {type: mysql}\n", "migrations/makemigrations.config.yaml"
    )
    assert project.line.fine("makemigrations", "--dry-run") == neutral


def test_numbers_go_on_after_files_were_deleted(project: Evolving) -> None:
    for number in range(1, 4):
        project.line.fine("makemigrations", "--empty", "--name", f"m{number}")
    for gone in ("0001_m1", "0002_m2"):
        (project.line.folder / "migrations" / f"{gone}.py").unlink()
    project.line.edit(
        'dependencies=["0002_m2"]', "dependencies=[]", "migrations/0003_m3.py"
    )
    project.line.fine("makemigrations", "--empty", "--name", "m3")
    assert project.line.migrations() == ["0003_m3", "0004_m3"]


@pytest.mark.parametrize("name", ["../../evil", 'a"); import os #', "Größe", "a/b"])
def test_a_name_never_leaves_its_folder_or_its_literal(
    project: Evolving, name: str
) -> None:
    project.line.fine("makemigrations", "--empty", "--name", name)
    [written] = project.line.migrations()
    assert written.isascii()
    assert written.replace("_", "").isalnum()
    assert list(project.line.folder.rglob("*evil*.py")) in (
        [],
        [project.line.folder / "migrations" / f"{written}.py"],
    )
    project.line.fine("migrate", "dag")


@pytest.mark.database("sqlite")
def test_an_index_may_have_the_name_that_a_foreign_key_s_would_have(
    project: Evolving,
) -> None:
    project.becomes(tables(PARENTS, table(key())))
    [name] = project.names("index")
    index = f"    indexes: [{{name: {name}, fields: [parent]}}]\n"
    project.becomes_nothing(tables(PARENTS, table(key(), more=index)))
    other = f"    indexes: [{{name: {name}, fields: [parent, id]}}]\n"
    project.becomes(tables(PARENTS, table(key(), more=other)))
    assert project.names("index") == [name]


def test_no_terminal_is_needed_for_a_look_at_a_removal(project: Evolving) -> None:
    project.written(things("{name: x, type: text}"))
    project.line.schema(THINGS)
    done = subprocess.run(
        [sys.executable, "-m", "mm_engine", "makemigrations", "--dry-run", "--yes"],
        cwd=project.line.folder,
        env=os.environ | {"TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'mm.DropField("things", "x")' in done.stdout
    assert not Path(project.line.folder / "app.db").exists()
