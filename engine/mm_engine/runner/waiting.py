"""Waiting for somebody else, for as long as one was told."""

from __future__ import annotations

import time
from collections.abc import Iterator

GLANCE = 0.25
"""Seconds a reader waits: as long as a commit takes, not as long as a migration."""

PAUSE = 0.05
"""Seconds between two tries."""


def tries(patience: float) -> Iterator[None]:
    """Once, and again after a pause each until so many seconds are over."""
    deadline = time.monotonic() + patience
    while True:
        yield
        if time.monotonic() >= deadline:
            return
        time.sleep(PAUSE)
