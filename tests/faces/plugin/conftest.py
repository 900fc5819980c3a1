"""The project whose tests are run, and the server they may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from mariadb import mariadb_server
from postgresql import postgresql_url
from suites import Suite

__all__ = ["mariadb_server", "postgresql_url", "suite"]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """A project with one table and one migration, whose tests are still to be said."""
    return Suite(tmp_path)
