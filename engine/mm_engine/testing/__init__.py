"""The tests that the author of a dialect runs: their own classes, below ours.

Nothing else of the engine imports this room, which needs pytest.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "mm_engine.testing.holding", "mm_engine.testing.live", "mm_engine.testing.offline"
)

from mm_engine.testing.live import LiveSuite  # noqa: E402 - rewritten first
from mm_engine.testing.offline import OfflineSuite  # noqa: E402

__all__ = ["LiveSuite", "OfflineSuite"]
