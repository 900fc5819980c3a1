"""Projects to run commands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import SCHEMA, SETTINGS, Line
from postgresql import postgresql_url
from postgresql_runs import url

__all__ = ["made", "migrated", "mm", "postgresql_url", "url"]


@pytest.fixture
def mm(tmp_path: Path) -> Line:
    """A command line in a project with one table and no migration."""
    line = Line(tmp_path)
    line.schema(SETTINGS, "migrations/makemigrations.config.yaml")
    line.schema(SCHEMA)
    return line


@pytest.fixture
def made(mm: Line) -> Line:
    """The same with its first migration."""
    mm.fine("makemigrations")
    return mm


@pytest.fixture
def migrated(made: Line) -> Line:
    """The same with that migration applied."""
    made.fine("migrate", "up")
    return made
