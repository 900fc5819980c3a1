"""Databases with every migration applied, for tests under pytest."""

from __future__ import annotations

from mm_pytest.assertions import (
    assert_migrations_match_schema,
    assert_no_drift,
    assert_one_leaf,
    assert_reversible,
)

__all__ = [
    "assert_migrations_match_schema",
    "assert_no_drift",
    "assert_one_leaf",
    "assert_reversible",
]
