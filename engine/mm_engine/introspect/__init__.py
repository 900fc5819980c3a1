"""Introspection: from what a database holds to a schema, and to what drifted."""

from __future__ import annotations

from mm_engine.introspect.drift import Drift, drift
from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift import lift
from mm_engine.introspect.native import Native, Unread
from mm_engine.introspect.reader import expected, reflect

__all__ = [
    "Drift",
    "Guide",
    "Native",
    "Unread",
    "drift",
    "expected",
    "lift",
    "reflect",
]
