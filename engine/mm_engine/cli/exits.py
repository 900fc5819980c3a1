"""What a command exits with."""

from __future__ import annotations

FINE, ERROR, USAGE, FOUND, LOCKED = 0, 1, 2, 3, 4
"""Found: a check that found something. Locked: somebody else is migrating."""

INTERRUPTED = 130
