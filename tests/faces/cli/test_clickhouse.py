"""The command line on a ClickHouse database in a folder, each command a process.

A process can hold one engine, and that of the tests is another.
"""

from __future__ import annotations

import pytest

from clickhouse import why_not
from command_line import Line

pytestmark = pytest.mark.database("clickhouse")

SCHEMA = """
tables:
  - name: users
    fields:
      - {name: id, type: uuid, primary_key: true, default: new_uuid}
      - {name: email, type: varchar, length: 255, nullable: false}
  - name: posts
    fields:
      - {name: id, type: uuid, primary_key: true, default: new_uuid}
      - {name: user_id, type: foreign_key, foreign_key: {table: users}}
"""
AGE = "      - {name: age, type: integer}\n"


def test_a_project_goes_up_down_and_up(mm: Line) -> None:
    if reason := why_not():
        pytest.skip(reason)
    url = f"clickhouse:///?interface=chdb&path={mm.folder / 'data'}"

    def said(*words: str) -> str:
        answer = mm.process(*words, DATABASE_URL=url)
        assert answer.code == 0, answer.err
        return answer.out

    mm.schema(SCHEMA)
    mm.fine("makemigrations")
    assert "applied 0001_initial" in said("migrate", "up")
    mm.schema(SCHEMA + AGE)
    mm.fine("makemigrations")
    assert "applied 0002_add_posts_age" in said("migrate", "up")
    assert "undid 0002_add_posts_age" in said("migrate", "down", "--yes")
    assert "0002_add_posts_age  pending" in said("migrate", "status")
    assert "applied 0002_add_posts_age" in said("migrate", "up")
