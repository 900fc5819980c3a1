"""A second migrator, which stands still in the middle of a migration until told on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mm_engine as mm
from mm_engine.model.schema import Schema
from mm_engine.testing.database import LiveDatabase

_TOLD = "MM_ENGINE_TESTING_HOLDS"
"""The variable that is set in the process which shall stand still, and in no other."""

_PROGRAM = """
import sys
from mm_engine.testing.holding import held
held(*sys.argv[1:])
"""


def hold(connection: object, schema: Schema) -> None:
    """Say that the lock is held, and wait for a word; nothing in other processes."""
    del connection, schema
    if _TOLD in os.environ:
        os.write(1, b"held\n")
        os.read(0, 1)


def holding() -> tuple[mm.CreateTable, mm.RunPython]:
    """The operations of a migration that stands still in its middle."""
    table = mm.CreateTable(
        "held",
        fields=[mm.Field("id", mm.Integer(), nullable=False)],
        primary_key=mm.PrimaryKey(["id"], name="held_pkey"),
    )
    return table, mm.RunPython(hold, hold)


def held(url: str, database: str, root: str) -> None:
    """Apply that migration; what the other process runs."""
    with LiveDatabase.opened(url, database, Path(root)) as live:
        live.up(holding())


@contextmanager
def another_migrator(url: str, database: str, root: Path) -> Iterator[int]:
    """Its process identifier, while it stands still; at the end it has gone on.

    Raises ``AssertionError`` if it does not get as far as that, or fails afterwards.
    """
    words = (sys.executable, "-c", _PROGRAM, url, database, str(root))
    process = subprocess.Popen(
        words,
        env={**os.environ, _TOLD: "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    try:
        assert process.stdout is not None
        if process.stdout.readline() == "held\n":
            yield process.pid
        _, said = process.communicate("\n")
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, said
