"""The suite for authors of dialects, on one of ours."""

from __future__ import annotations

from mm_engine.testing import OfflineSuite


class TestSQLite(OfflineSuite):
    database = "sqlite"
