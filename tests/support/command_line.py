"""Commands run as a user runs them: in this process, in their own, at a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from click.testing import CliRunner

from mm_engine.cli.app import app

SETTINGS = "database:\n  default_url: sqlite:///app.db\n"
SCHEMA = """\
tables:
  - name: users
    fields:
      - {name: id, type: integer, primary_key: true}
      - {name: email, type: varchar, length: 255, nullable: false}
      - {name: fullname, type: varchar, length: 100}
"""
PATIENCE = 20.0
"""Seconds after which a command at a terminal has failed."""


@attrs.frozen
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """Its one document of JSON."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        assert found["version"] == 1
        return found


@attrs.frozen
class Line:
    """A command line in a project's folder."""

    folder: Path

    def __call__(self, *words: str, typed: str | None = None) -> Answer:
        """Run a command in this process."""
        result = CliRunner().invoke(app, ["-C", str(self.folder), *words], input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    def fine(self, *words: str) -> str:
        """What a command that has to end well says on stdout."""
        answer = self(*words)
        assert answer.code == 0, answer.err + answer.out
        return answer.out

    def process(self, *words: str, **environment: str) -> Answer:
        """Run a command in a process of its own, where no terminal is."""
        done = subprocess.run(
            [sys.executable, "-m", "mm_engine", *words],
            cwd=self.folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def schema(self, text: str, name: str = "schema/schema.yaml") -> None:
        """Write a schema file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str, name: str = "schema/schema.yaml") -> None:
        """Change a file that is there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def migrations(self) -> list[str]:
        """The names of the migration files."""
        return sorted(path.stem for path in (self.folder / "migrations").glob("0*.py"))

    def source(self, name: str) -> str:
        """The text of a migration file."""
        return (self.folder / "migrations" / f"{name}.py").read_text(encoding="utf-8")


def at_terminal(
    folder: Path,
    words: Sequence[str],
    answers: Sequence[tuple[str, str]],
    *,
    columns: int = 80,
) -> Answer:
    """Run a command at a terminal; everything it says is in ``out``.

    An answer is typed as soon as the text before it has been seen.
    """
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.chdir(folder)
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)}
        arguments = [sys.executable, "-m", "mm_engine", *words]
        os.execve(sys.executable, arguments, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    seen, said = "", ""
    left = list(answers)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if not ready:
            continue
        try:
            piece = os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        seen, said = seen + piece, said + piece
        if left and left[0][0] in said:
            text, said = left.pop(0)[1], ""
            # A signal between the prompt and the reading of an answer goes unnoticed
            # until a key is pressed; people are not that quick.
            time.sleep(0 if text.isprintable() or text.endswith("\n") else 0.3)
            os.write(terminal, text.encode())
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert time.monotonic() < end, f"it never ended:\n{seen}"
    assert not left, f"never asked: {left[0][0]}\n{seen}"
    return Answer(os.waitstatus_to_exitcode(status), seen.replace("\r\n", "\n"))
