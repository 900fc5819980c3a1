"""The server that live tests run on."""

from __future__ import annotations

from postgresql import live_postgresql, postgresql_url
from postgresql_runs import url

__all__ = ["live_postgresql", "postgresql_url", "url"]
