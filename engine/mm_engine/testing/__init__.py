"""The tests that the author of a dialect runs: their own classes, below ours.

Nothing else of the engine imports this room, which needs pytest.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("mm_engine.testing.offline")

from mm_engine.testing.offline import OfflineSuite  # noqa: E402 - rewritten first

__all__ = ["OfflineSuite"]
