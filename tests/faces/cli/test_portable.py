"""One schema for several databases, told to each on paper."""

from __future__ import annotations

import json

import pytest

from command_line import Line

CONFIG = """\
database: {type: postgresql}
databases:
  shop: {type: mysql}
  lite: {type: sqlite}
"""
SCHEMA = """\
tables:
  - name: users
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: email, type: varchar, length: 99}
    indexes:
      - {name: uq_email, fields: [email], unique: true, where: id > 3}
"""
WHOLE = SCHEMA.replace(", where: id > 3", "")
HAND = """\
import mm_engine as mm

migration = mm.Migration(
    name="0003_hand",
    dependencies=["0001_initial"],
    operations=[mm.RunSQL({"postgresql": "SELECT 1", "sqlite": ""}, "")],
)
"""


@pytest.fixture
def several(mm: Line) -> Line:
    """A project of three databases, whose schema one of them cannot be told."""
    mm.schema(CONFIG, "migrations/makemigrations.config.yaml")
    mm.schema(SCHEMA)
    mm.fine("makemigrations")
    return mm


def test_what_one_database_refuses_is_found_with_its_line(several: Line) -> None:
    assert several("check").code == 0
    answer = several("check", "--portable")
    assert answer.code == 3
    assert answer.out.count("[not-portable]") == 1
    told = "schema/schema.yaml:7:16: shop (mysql): create table users: MySQL has no "
    assert told in answer.out


def test_it_is_found_before_a_migration_is_made(several: Line) -> None:
    more = SCHEMA.replace("users", "people").replace("uq_email", "uq_people")
    several.schema(SCHEMA + more.removeprefix("tables:\n"))
    found = json.loads(several("check", "--portable", "--json").out)["findings"]
    assert [(one["code"], one.get("line")) for one in found] == [
        ("unwritten-changes", None),
        ("not-portable", 13),
        ("not-portable", 7),
    ]


def test_a_migration_is_told_to_every_database_too(several: Line) -> None:
    several.schema(WHOLE)
    several.fine("makemigrations", "--name", "whole")
    several.schema(
        HAND.replace("0001_initial", "0002_whole"), "migrations/0003_hand.py"
    )
    answer = several("check", "--portable")
    assert answer.code == 3
    lines = [line for line in answer.out.splitlines() if "[not-portable]" in line]
    assert [line.partition(": ")[0].rpartition("/")[2] for line in lines] == [
        "0001_initial.py:9:9",
        "0003_hand.py:6:17",
    ]
    assert "shop (mysql): 0003_hand: run SQL: SELECT 1: there is no text" in lines[1]


def test_what_every_database_takes_agrees(several: Line) -> None:
    several.schema(
        CONFIG.replace("mysql", "sqlite"), "migrations/makemigrations.config.yaml"
    )
    assert several("check", "--portable").code == 0
