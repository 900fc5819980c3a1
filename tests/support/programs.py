"""Other processes of Python that tests talk to, line by line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUPPORT = Path(__file__).parent


@contextmanager
def program(code: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Another Python that runs a piece of code; killed at the end if it still does.

    Its first word is the folder that this module lies in.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(SUPPORT), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str]) -> str:
    """The next line that a program says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(process: subprocess.Popen[str], line: str) -> None:
    """Tell a program something."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
