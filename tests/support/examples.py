"""How many examples a law is tried with that takes a database for each of them."""

from __future__ import annotations

from hypothesis import settings

_USUAL = settings.default.max_examples if settings.default else 100

FEW = settings(max_examples=max(25, _USUAL // 10))
"""A tenth of what other laws get: 200 in a thorough run."""
