"""Who takes part: we first, then the peers, then the floor."""

from __future__ import annotations

from pathlib import Path

from benchmarks.floor import Floor
from benchmarks.ours import Ours
from benchmarks.peers.alembic import Alembic
from benchmarks.peers.django import Django
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Tool

OURS = "ours"
"""The folder of our own projects."""


def tools(folder: Path, server: PostgreSQL | None) -> tuple[Tool, ...]:
    """Every contestant, each with a folder of its own for its projects."""
    homes = [folder / name for name in (OURS, "alembic", "django", "floor")]
    for home in homes:
        home.mkdir()
    ours = Ours(homes[0], server)
    peers = (Alembic(homes[1], server), Django(homes[2]))
    return (ours, *peers, Floor(homes[3], server, ours))
