"""MySQL and MariaDB at the command line, with no server and no driver."""

from __future__ import annotations

import pytest

from command_line import Line

SCHEMA = """
tables:
  - name: things
    fields:
      - {name: id, type: serial, primary_key: true}
      - {name: size, type: integer, check: size > 0}
"""
WITHOUT = SCHEMA.replace(", check: size > 0", "")


@pytest.mark.parametrize(
    ("database", "words"),
    [("mysql", "DROP CHECK"), ("mariadb", "DROP CONSTRAINT")],
)
def test_each_of_the_two_is_told_in_its_own_words(
    mm: Line, database: str, words: str
) -> None:
    mm.schema(SCHEMA)
    mm.fine("makemigrations")
    mm.schema(WITHOUT)
    mm.fine("makemigrations")
    told = mm.fine("migrate", "showsql", "--database", database)
    assert "`id` INT NOT NULL AUTO_INCREMENT" in told
    assert f"ALTER TABLE `things` {words}" in told


@pytest.mark.parametrize("database", ["mysql", "mariadb"])
def test_what_is_shown_says_for_which_of_the_two_it_is(mm: Line, database: str) -> None:
    mm.schema(SCHEMA)
    mm.fine("makemigrations")
    answer = mm("migrate", "showsql", "--database", database)
    assert f"-- every migration, for {database}: " in answer.err
