from __future__ import annotations

from pathlib import Path

import pytest

from begun_projects import begun, quick_start
from mm_engine.dialects import available

EVERY = pytest.mark.parametrize("database", available())


@EVERY
def test_the_example_of_init_is_told_as_it_is(database: str, tmp_path: Path) -> None:
    line = begun(database, tmp_path)
    line.fine("makemigrations")
    told = line.fine("migrate", "showsql", "--database", database)
    assert "users" in told
    assert "posts" in told


@EVERY
def test_the_quick_start_is_told_unchanged(database: str, tmp_path: Path) -> None:
    line = quick_start(database, tmp_path)
    told = line.fine("migrate", "showsql", "--database", database, "--all")
    assert "display_name" in told
    back = line.fine("migrate", "showsql", "--database", database, "--all", "--down")
    assert "DROP TABLE" in back


@EVERY
def test_what_is_left_to_the_schema_is_said_where_it_is_configured(
    database: str, tmp_path: Path
) -> None:
    line = begun(database, tmp_path)
    config = (tmp_path / "migrations" / "makemigrations.config.yaml").read_text("utf-8")
    line.fine("makemigrations")
    noted = "cannot keep it" in line("check").out
    if database in ("clickhouse", "starrocks", "ydb"):
        assert noted  # there are no foreign keys, or something else is missing
    assert noted or "unsupported:" not in config
