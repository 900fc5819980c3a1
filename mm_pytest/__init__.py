"""Databases with every migration applied, for tests under pytest."""

from __future__ import annotations

from mm_pytest.assertions import (
    assert_migrations_match_schema,
    assert_no_drift,
    assert_one_leaf,
    assert_reversible,
    live_schema,
)
from mm_pytest.orders import assert_commutes, assert_no_trace, assert_squash_equals

__all__ = [
    "assert_commutes",
    "assert_migrations_match_schema",
    "assert_no_drift",
    "assert_no_trace",
    "assert_one_leaf",
    "assert_reversible",
    "assert_squash_equals",
    "live_schema",
]
