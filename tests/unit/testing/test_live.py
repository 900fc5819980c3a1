"""The live suite for authors of dialects, on files of SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from mm_engine.testing import LiveSuite

pytestmark = pytest.mark.database("sqlite")


class TestSQLite(LiveSuite):
    database = "sqlite"

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/app.db"
