"""Section 12.E: schema files found, read and merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from evolving import THINGS, Evolving, things
from schema_files import read, table, tables


@pytest.mark.database("sqlite")
def test_a_table_told_in_two_files_keeps_the_indexes_of_both(project: Evolving) -> None:
    more = "    indexes: [{name: %s, fields: [x]}]\n"
    x = "{name: x, type: text}"
    project.line.schema(things(x, more=more % "theirs"), "schema/part.yaml")
    project.becomes(f"include: [part.yaml]\n{things(x, more=more % 'mine')}")
    assert project.names("index") == ["mine", "theirs"]


def test_only_the_schema_files_that_were_named_are_read(project: Evolving) -> None:
    for folder in ("example/schema", "vendor/a/schema", "tests/testdata/schema"):
        project.line.schema(tables(table(name="stray")), f"{folder}/schema.yaml")
    assert "stray" not in project.written(THINGS)


def test_the_name_of_the_database_comes_from_the_main_file(tmp_path: Path) -> None:
    files = {
        "schema.yaml": f"include: [part.yaml]\ndatabase: {{name: mine}}\n{THINGS}",
        "part.yaml": "database: {name: theirs}\n" + tables(table(name="a_table")),
    }
    assert read(tmp_path, files).name == "mine"


def test_a_project_needs_no_package_around_it(project: Evolving) -> None:
    assert sorted(path.name for path in project.line.folder.iterdir()) == ["migrations"]
    project.written(THINGS)


@pytest.mark.parametrize("type_", ["INTEGER", "Integer", "BigInt"])
def test_types_may_be_written_in_capitals(project: Evolving, type_: str) -> None:
    project.written(things(f"{{name: x, type: {type_}}}"))


def test_a_reference_into_another_namespace_is_looked_at(project: Evolving) -> None:
    key = "{name: x, type: foreign_key, foreign_key: {table: accounts.users}}"
    project.line.schema(things(key))
    answer = project.said("makemigrations")
    assert answer.code == 1
    assert 'there is no table "accounts.users"' in answer.err


@pytest.mark.database("sqlite")
def test_two_indexes_of_one_name_are_refused_before_anything_ran(
    project: Evolving,
) -> None:
    index = "    indexes: [{name: same, fields: [id]}]\n"
    project.written(tables(table(more=index), table(name="others", more=index)))
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert "same" in answer.err
    assert project.names("table") == []


@pytest.mark.database("sqlite")
def test_reserved_words_are_names_like_any_other(project: Evolving) -> None:
    words = ("select", "group", "order", "table", "default", "values", "index")
    fields = [f"{{name: {word}, type: text, index: true}}" for word in words]
    project.becomes(tables(table(*fields, name="where")))
    project.becomes(tables(table(*fields[1:], name="where")))
    assert project.columns("where") == ["id", *words[1:]]
