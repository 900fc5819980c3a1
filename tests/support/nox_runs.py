"""Real nox on a real project, as somebody types it there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from surroundings import as_typed

NOXFILE = """
import mm_nox

NAMES = mm_nox.register({arguments})
"""
SCHEMA = """
tables:
  - name: users
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: email, type: varchar, length: 255}
"""


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command of this environment, as typed in the project's folder."""
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    return subprocess.run(
        words,
        cwd=project,
        env=as_typed() | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def nox(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Nox, as the Python that runs these tests has it."""
    return run(project, sys.executable, "-m", "nox", *words)


def write_noxfile(project: Path, arguments: str = "") -> None:
    """A noxfile that registers our sessions, with those arguments."""
    text = NOXFILE.format(arguments=arguments)
    (project / "noxfile.py").write_text(text, encoding="utf-8")


def listed(project: Path, tag: str) -> list[dict[str, object]]:
    """What nox says of the sessions that have a tag."""
    answer = nox(project, "--list", "--json", "--tags", tag)
    assert answer.returncode == 0, answer.stderr
    sessions = json.loads(answer.stdout)
    assert isinstance(sessions, list)
    return sessions
