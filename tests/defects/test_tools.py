"""Section 12.G: what is printed besides migrations."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from evolving import Evolving, things
from schema_files import table, tables

SELF = "{name: parent, type: foreign_key, foreign_key: {table: things}}"
MANY = "{name: tags, type: many_to_many, many_to_many: {table: tags}}"


@pytest.mark.database("sqlite")
def test_the_schema_as_sql_runs_as_it_is_printed(project: Evolving) -> None:
    fields = (
        SELF,
        MANY,
        "{name: x, type: text, index: true}",
        "{name: b, type: bytes}",
    )
    project.line.schema(tables(table(*fields), table(name="tags")))
    text = project.line.fine("dump_sql")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        found = connection.execute("SELECT name FROM sqlite_schema").fetchall()
    assert len(found) == len(set(found))
    assert text.count('("x")') == 1


def test_what_is_pending_as_sql_is_what_up_would_run(project: Evolving) -> None:
    project.written(tables(table(), table(name="tags")))
    project.line.schema(tables(table(SELF, MANY), table(name="tags")))
    pending = project.line.fine("dump_sql", "--pending")
    assert 'REFERENCES "things" ("id")' in pending
    assert 'CREATE TABLE "things_tags"' in pending


def test_the_schema_as_sql_has_the_same_order_every_time(project: Evolving) -> None:
    project.line.schema(tables(*(table(name=f"t{n}") for n in range(9))))
    said = {
        project.line.process("dump_sql", PYTHONHASHSEED=seed).out for seed in ("1", "2")
    }
    assert len(said) == 1


def test_modified_fields_are_shown_by_the_diff(project: Evolving) -> None:
    project.written(things("{name: x, type: text}"))
    project.line.schema(things("{name: x, type: text, default: a}"))
    assert project.said("schema-diff").out == "~ alter things.x: default\n"
