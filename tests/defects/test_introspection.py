"""Section 12.G and 12.I: what is read from databases, and compared with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from command_line import SETTINGS, Line
from fresh_databases import READ, by_hand, empty
from mm_engine.dialects import available, dialect
from mm_engine.introspect.reader import readable
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.schema import Schema
from mm_engine.project import Project
from mm_engine.schemafile import schema_yaml
from mm_engine.testing.parts import MOODS
from mm_engine.testing.samples import SAMPLES
from schema_files import table, tables

Fresh: TypeAlias = Callable[[], AbstractContextManager[str]]


@pytest.fixture(params=READ)
def kind(request: pytest.FixtureRequest) -> str:
    """The type of the database."""
    return str(request.param)


@pytest.fixture
def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    """A maker of empty databases."""
    return lambda: empty(kind, tmp_path, request)


@pytest.fixture
def url(fresh: Fresh) -> Iterator[str]:
    """One of them."""
    with fresh() as made:
        yield made


def line_on(folder: Path, url: str) -> Line:
    """A project without a schema whose database is there."""
    line = Line(folder)
    settings = SETTINGS.replace("sqlite:///app.db", url)
    line.schema(settings, "migrations/makemigrations.config.yaml")
    return line


def migrated(folder: Path, url: str, schema: str) -> Line:
    """A project whose first migration is applied."""
    line = line_on(folder, url)
    line.schema(schema)
    line.fine("makemigrations")
    line.fine("migrate", "up")
    return line


EVERY_TYPE = schema_yaml(
    Schema(
        {
            f"t{number}": attrs.evolve(
                sample.table(), name=f"t{number}", primary_key=PrimaryKey([key])
            )
            for number, sample in enumerate(SAMPLES)
            for key in ["value" if sample.counts else "id"]
        },
        enums={MOODS.name: MOODS},
    )
)
"""A table for each type."""

TWINS = """\
tables:
  - name: a
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: one, type: integer, nullable: false}
      - {name: two, type: integer, nullable: false}
    unique:
      - [one, two]
  - name: b
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: a_id, type: integer}
      - {name: x, type: integer}
      - {name: y, type: integer}
    foreign_keys:
      - {fields: [a_id], table: a, references: [id], name: fk, on_delete: CASCADE}
      - {fields: [x, y], table: a, references: [two, one], name: fk_two}
  - name: c
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: b_id, type: integer}
    foreign_keys:
      - fields: [b_id]
        table: b
        references: [id]
        name: fk
        on_delete: SET_NULL
        on_update: CASCADE
"""
INDEXES = """\
tables:
  - name: people
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: name, type: text}
      - {name: "by (UNIQUE)", type: text}
      - {name: age, type: integer}
    unique:
      - {name: uq_name, fields: [name, age]}
    indexes:
      - {name: idx_UNIQUE, fields: [age]}
      - {name: idx_odd, fields: ["by (UNIQUE)", {field: age, desc: true}]}
      - {name: idx_part, fields: [name], unique: true, where: age > 17}
      - {name: idx_lower, fields: [{expression: lower(name)}, age]}
"""


UNLIKE = {
    (TWINS, "mysql"): TWINS.replace(
        "        name: fk\n", "        name: fk_three\n"
    ).replace("[one, two]", "[two, one]"),
    (INDEXES, "mysql"): INDEXES.replace("type: text", "type: varchar, length: 20")
    .replace(", where: age > 17", ", options: {mysql: {prefix: [name=5]}}")
    .replace("{expression: lower(name)}", "name"),
}
"""What is said otherwise where a foreign key has its name in the whole database and
refers to the beginning of an index, and where indexes are plain."""


def said_to(kind: str, schema: str) -> str:
    """A schema as a kind of database takes it."""
    return UNLIKE.get((schema, kind), schema)


def read_again(folder: Path, url: str, fresh: Fresh) -> None:
    """See that what is read from a database makes the same one again."""
    said = line_on(folder / "reading", url).fine("db2schema")
    with fresh() as other:
        again = migrated(folder / "again", other, said)
        for words in ((), ("--against", "migrations", "--url", url)):
            answer = again("db-diff", *words)
            assert (answer.code, answer.out) == (0, ""), answer.out
        taken = line_on(folder / "taking", other)
        taken.schema(taken.fine("db2schema"))
        same = taken("db-diff", "--against", "schema", "--url", url)
        assert (same.code, same.out) == (0, ""), same.out


@pytest.mark.parametrize("schema", [EVERY_TYPE, TWINS, INDEXES], ids=range(3))
def test_a_migrated_database_has_no_drift(
    tmp_path: Path, kind: str, url: str, schema: str
) -> None:
    line = migrated(tmp_path, url, said_to(kind, schema))
    for words in ((), ("--json",), ("--against", "schema")):
        assert line("db-diff", *words).code == 0, line("db-diff").out


def test_drift_is_exit_3_also_as_json(tmp_path: Path, kind: str, url: str) -> None:
    line = migrated(tmp_path, url, said_to(kind, TWINS))
    by_hand(url, "ALTER TABLE c ADD COLUMN new INTEGER")
    assert line("db-diff").code == 3
    assert line("db-diff", "--json").code == 3


def test_tables_of_ours_are_neither_drift_nor_read(
    tmp_path: Path, kind: str, url: str
) -> None:
    line = migrated(tmp_path, url, said_to(kind, TWINS))
    by_hand(url, "INSERT INTO a VALUES (1, 2, 3)")
    line.fine("makemigrations", "--empty", "--name", "seed")
    line.edit(
        "operations=[]",
        'operations=[mm.UpsertData("a", keys=["id"],'
        ' rows=[{"id": 1, "one": 5, "two": 3}])]',
        "migrations/0002_seed.py",
    )
    line.fine("migrate", "up")
    assert line("db-diff").code == 0
    said = line.fine("db2schema")
    assert "makemigrations" not in said
    assert [row for row in said.splitlines() if row.startswith("  - name:")] == [
        f"  - name: {name}" for name in "abc"
    ]


def test_every_type_is_read_as_one_that_a_schema_file_takes(
    tmp_path: Path, url: str, fresh: Fresh
) -> None:
    migrated(tmp_path / "first", url, EVERY_TYPE)
    read_again(tmp_path, url, fresh)


def test_foreign_keys_of_one_name_are_not_mixed_up(
    tmp_path: Path, kind: str, url: str, fresh: Fresh
) -> None:
    migrated(tmp_path / "first", url, said_to(kind, TWINS))
    found = Project.find(tmp_path / "first").inspect().schema
    # To MySQL the two are one, and it tells nobody which was said.
    refused = "NO ACTION" if kind == "mysql" else "RESTRICT"
    keys = {
        (name, key.fields, key.table, key.references, key.on_delete, key.on_update)
        for name, table in found.tables.items()
        for key in table.foreign_keys
    }
    assert keys == {
        ("b", ("a_id",), "a", ("id",), "CASCADE", "NO ACTION"),
        ("b", ("x", "y"), "a", ("two", "one"), refused, "NO ACTION"),
        ("c", ("b_id",), "b", ("id",), "SET NULL", "CASCADE"),
    }
    read_again(tmp_path, url, fresh)


def test_indexes_are_read_part_by_part(
    tmp_path: Path, kind: str, url: str, fresh: Fresh
) -> None:
    migrated(tmp_path / "first", url, said_to(kind, INDEXES))
    people = Project.find(tmp_path / "first").inspect().schema.tables["people"]
    found = {index.name: index for index in people.indexes}
    assert sorted(map(str, found)) == ["idx_UNIQUE", "idx_lower", "idx_odd", "idx_part"]
    assert not found["idx_UNIQUE"].unique
    assert found["idx_odd"].field_names == ("by (UNIQUE)", "age")
    assert found["idx_part"].unique
    if kind == "mysql":
        assert found["idx_part"].options == {"mysql": {"prefix": ("name=5",)}}
        assert found["idx_lower"].field_names == ("name", "age")
    else:
        assert found["idx_part"].where
        assert found["idx_lower"].field_names == ("age",)
    assert [unique.fields for unique in people.uniques] == [("name", "age")]
    read_again(tmp_path, url, fresh)


READ_AS_ANOTHER = ("turso",)
"""Databases that are read as their kin is; ``database/test_turso.py`` does so."""


def test_every_database_that_can_be_read_is_read_here() -> None:
    here = [str(kind.values[0]) for kind in READ]
    assert sorted(readable()) == sorted([*here, *READ_AS_ANOTHER])


@pytest.mark.parametrize("database", sorted({*available()} - {*readable()}))
def test_a_database_that_cannot_be_read_yet_is_told(
    tmp_path: Path, database: str
) -> None:
    line = line_on(tmp_path, f"{database}://ada@localhost:1/shop")
    for command in ("db-diff", "db2schema"):
        answer = line(command)
        assert answer.code == 1
        assert f"{dialect(database).title} cannot be read yet" in answer.err
        assert "this version reads " in answer.err


def asked(url: str, folder: Path) -> tuple[int, int]:
    """How many questions reading a database takes, and comparing it.

    That a table is made beside it to be compared with is no question.
    """
    project = Project.find(folder)
    url = url.replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(url.replace("mysql:", "mysql+pymysql:"))
    counts: list[int] = []
    heard: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def hear(*words: object) -> None:
        if not str(words[2]).startswith("CREATE TABLE"):
            heard.append(str(words[2]))

    for verb in (project.inspect, project.drift):
        heard.clear()
        verb(engine)
        counts.append(len(heard))
    engine.dispose()
    reading, comparing = counts
    return reading, comparing


def test_the_number_of_questions_does_not_grow_with_tables(
    tmp_path: Path, fresh: Fresh
) -> None:
    found = []
    for count in (2, 40):
        folder = tmp_path / str(count)
        text = "".join(table(name=f"t{number}") for number in range(count))
        with fresh() as url:
            migrated(folder, url, tables(text))
            found.append(asked(url, folder))
    assert found[0] == found[1]
    assert max(found[0]) < 40
