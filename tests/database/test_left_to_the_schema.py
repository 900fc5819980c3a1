"""What a database cannot keep, left to the schema: up, quiet, altered, down again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import mm_engine as mm
from clickhouse import own_database
from command_line import Line
from mariadb import rows
from mm_engine.dialects import dialect
from mm_engine.dialects.features import Declarable
from mm_engine.model import types as t
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import session
from runs import chain, migration

SCHEMA = """\
tables:
  - name: seats
    fields:
      - {name: id, type: bigint, primary_key: true}
      - {name: place, type: varchar, length: 20, nullable: false}
      - {name: freed, type: boolean, nullable: false, default: "false"}
    indexes:
      - {name: one_holder, fields: [place], unique: true, where: NOT freed}
"""
CONFIG = "migrations/makemigrations.config.yaml"
SETTINGS = "database:\n  type: mariadb\n  default_url: {url}\n"
LEFT = "unsupported: {uniques: declare-only}\n"


@pytest.fixture
def line(tmp_path: Path, mariadb_url: str) -> Line:
    """A project whose database has no unique index that leaves rows out."""
    line = Line(tmp_path)
    line.schema(
        SETTINGS.format(url=mariadb_url), "migrations/makemigrations.config.yaml"
    )
    line.schema(SCHEMA)
    line.fine("makemigrations")
    return line


@pytest.mark.database("mariadb")
def test_a_refusal_names_the_setting_that_ends_it(line: Line, mariadb_url: str) -> None:
    answer = line("migrate", "up")
    assert answer.code == 1
    assert "no partial indexes" in answer.err
    assert "unsupported.uniques: declare-only" in answer.err
    line.schema(SETTINGS.format(url=mariadb_url) + LEFT, CONFIG)
    line.fine("migrate", "up")
    rows(mariadb_url, "INSERT INTO seats VALUES (1, 'a', 0), (2, 'a', 0)")
    checked = line("check", "--drift")
    assert (checked.code, checked.out.count("one_holder")) == (0, 1), checked
    assert "cannot keep it, so only the schema knows of it" in checked.out
    line.schema(SCHEMA.replace("one_holder", "only_holder"))
    line.fine("makemigrations", "--yes")
    line.schema(
        SCHEMA.replace(", where: NOT freed", "").replace(
            "fields: [place]", "fields: [id]"
        )
    )
    line.fine("makemigrations", "--yes")
    line.fine("migrate", "up")
    assert line("check", "--drift").code == 0
    line.fine("migrate", "down", "--yes", "--to", "zero")


@pytest.fixture
def clickhouse(clickhouse_connection: sa.Connection) -> Iterator[sa.Connection]:
    """A connection to an empty database."""
    with own_database(clickhouse_connection):
        yield clickhouse_connection


PEOPLE = mm.Table(
    "people",
    [
        mm.Field("id", t.BigInt(), nullable=False),
        mm.Field("mail", t.Varchar(80), nullable=False),
        mm.Field("seen", t.Timestamp(), auto_update=True),
    ],
    primary_key=mm.PrimaryKey(["id"], name="people_pkey"),
    uniques=[mm.Unique(["mail"], name="one_mail")],
)


@pytest.mark.database("clickhouse")
def test_a_table_of_clickhouse_is_made_and_altered_without_it(
    clickhouse: sa.Connection,
) -> None:
    graph = chain(
        migration("0001_a", mm.CreateTable.of(PEOPLE)),
        migration(
            "0002_b",
            mm.RenameField("people", "mail", new="address"),
            mm.RenameConstraint("people", "one_mail", new="one_address"),
            mm.DropUnique("people", "one_address"),
        ),
    )
    clickhouse.rollback()
    left = dialect("clickhouse").treating(frozenset(Declarable))
    with session(clickhouse, lock_timeout=1) as opened:
        one = Migrator(session=opened, graph=graph, dialect=left)
        one.up(target="0001_a")
        insert = "INSERT INTO people (id, mail) VALUES (1, 'a'), (2, 'a')"
        opened.connection.exec_driver_sql(insert).close()
        one.up()
        one.down(target="0001_a")
        found = opened.connection.exec_driver_sql("SELECT mail FROM people")
        assert [tuple(row) for row in found] == [("a",), ("a",)]
