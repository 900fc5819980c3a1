"""Pages of documentation as scenarios: what they show is done, in their order.

A page is played from top to bottom in a scratch project of its own.

- A ``console`` block is a session: each line that begins with ``$ `` is run, and what
  is printed has to be what follows it. ``\\`` at the end of a line goes on in the next.
- A block that begins with ``# file: PATH`` is written to that file, without this line.
  One of the language ``diff`` changes the file instead.
- ``<!-- file: PATH -->`` on the line before a block says the same out of sight.
- ``<!-- run`` begins a comment of commands that the reader need not see; each of them
  has to end well. ``<!-- write PATH`` begins a comment that is a file,
  ``<!-- change PATH`` one that is a diff.

Other blocks are only looked at. Durations, times, versions and the folder's name are
told alike everywhere by ``normalised``.

``MM_DOCS_WRITE=1`` writes what is printed into the pages instead of comparing it.
"""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import attrs
from click.testing import CliRunner

from mm_engine.cli.app import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OURS = ("makemigrations", "mm")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(
    r"^<!-- (run|(?:write|change) \S+)\n(.*?)^-->$", re.DOTALL | re.MULTILINE
)
_NAMED = re.compile(r"<!-- file: (\S+) -->\n$")
_FILE = re.compile(r"# file: (\S+)\n")
_SETTING = re.compile(r"[A-Z_]+=")
_ALIKE = (
    (re.compile(r"\(\d+ ms\)"), "(5 ms)"),
    (re.compile(r'("(?:milliseconds|duration_ms)"): \d+'), r"\1: 5"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "2026-01-31 12:00:00"),
    (re.compile(r"\bsqlite 3\.\d+\.\d+"), "sqlite 3.45.1"),
    (re.compile(r'("server_version"): "[\d.]+"'), r'\1: "3.45.1"'),
    (re.compile(r'("python"): "[^"]+"'), r'\1: "3.12.4"'),
    (re.compile(r'("platform"): "[^"]+"'), r'\1: "Linux"'),
    (re.compile(r'("makemigrations"): "[^"]+"'), r'\1: "0.1.0"'),
    (re.compile(r"^makemigrations \d\S*$", re.MULTILINE), "makemigrations 0.1.0"),
    (re.compile(r"\bin \d+\.\d\ds\b"), "in 0.12s"),
    (re.compile(r"^nox > uv binary not found\.\n", re.MULTILINE), ""),
    (re.compile(r"process \d+ \([^)]*\)"), "process 4711 (python)"),
)


def pages() -> list[Path]:
    """The README and every page of the documentation."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


@attrs.frozen
class Block:
    """A piece of a page that is set apart; ``start`` is where its text begins.

    ``file`` is the file that it is, ``hidden`` that the reader does not see it.
    """

    language: str
    text: str
    start: int
    file: str | None = None
    hidden: bool = False


def blocks(page: str) -> list[Block]:
    """The blocks of a page's text in their order, those out of sight too."""
    return sorted([*_shown(page), *_hidden(page)], key=lambda block: block.start)


def _shown(page: str) -> Iterator[Block]:
    for match in _FENCE.finditer(page):
        language, text = match[1], match[2]
        named = _NAMED.search(page, 0, match.start())
        first = _FILE.match(text)
        if first:
            yield Block(language, text[first.end() :], match.start(2), first[1])
        elif named:
            yield Block(language, text, match.start(2), named[1])
        else:
            yield Block(language, text, match.start(2))


def _hidden(page: str) -> Iterator[Block]:
    for match in _COMMENT.finditer(page):
        what, _, path = match[1].partition(" ")
        language = {"run": "console", "change": "diff"}.get(what, "")
        yield Block(language, match[2], match.start(2), path or None, hidden=True)


def of_language(page: str, language: str) -> list[str]:
    """The texts of all blocks in one language."""
    return [block.text for block in blocks(page) if block.language == language]


def sections(page: str) -> dict[str, str]:
    """The text below each heading, up to the next one, by the heading's words."""
    parts = re.split(r"^#+ (.*)\n", page, flags=re.MULTILINE)
    return {
        heading.replace("`", ""): text
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def rows(section: str) -> list[list[str]]:
    """The cells of all tables in a section, without the headings of columns."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines
    ]
    ruled = [n for n, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    return [
        row
        for number, row in enumerate(cells)
        if number not in ruled and number + 1 not in ruled
    ]


def codes(text: str) -> list[str]:
    """What stands between backticks, outside of blocks."""
    return re.findall(r"`([^`]+)`", _FENCE.sub("", text))


def normalised(text: str, folder: Path) -> str:
    """What a command printed, with everything the same that differs from run to run."""
    text = text.replace(str(folder), "/home/you/app")
    for pattern, words in _ALIKE:
        text = pattern.sub(words, text)
    lines = [line.rstrip() for line in text.splitlines()]
    return "".join(f"{line}\n" for line in lines).strip("\n")


@attrs.define(eq=False)
class Scratch:
    """A project that a page is played in."""

    folder: Path
    code: int = 0

    def run(self, line: str) -> str:
        """What a command line prints, on both streams."""
        words = shlex.split(line)
        variables: dict[str, str | None] = {}
        while words and _SETTING.match(words[0]):
            name, _, value = words.pop(0).partition("=")
            variables[name] = value
        if words[:1] in ([word] for word in OURS):
            return self._ours(words[1:], variables)
        if words[:1] == ["sqlite3"]:
            return self._sqlite(*words[1:])
        if line == "echo $?":
            return f"{self.code}\n"
        return self._shell(line)

    def _ours(self, words: list[str], variables: dict[str, str | None]) -> str:
        with chdir(self.folder):
            done = CliRunner().invoke(
                app, words, prog_name="makemigrations", env=variables
            )
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.code = done.exit_code
        return done.output

    def _sqlite(self, file: str, sql: str) -> str:
        with closing(sqlite3.connect(self.folder / file)) as connection, connection:
            found = connection.execute(sql).fetchall()
        self.code = 0
        return "".join("|".join(map(_cell, row)) + "\n" for row in found)

    def _shell(self, line: str) -> str:
        # The Python that is meant is the one that has us.
        scripts = str(Path(sys.executable).parent)
        path = os.pathsep.join([scripts, os.environ.get("PATH", "")])
        env = os.environ | {"LC_ALL": "C", "PATH": path}
        env.pop("CI", None)  # pytest cuts no lines there
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.code = done.returncode
        return done.stdout

    def write(self, block: Block) -> None:
        """Do with a file what a block says."""
        path = self.folder / str(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = block.text
        if block.language == "diff":
            text = changed(path.read_text(encoding="utf-8"), block.text)
        path.write_text(text, encoding="utf-8")

    def play(self, page: str) -> str:
        """The page's text as it is when everything it says has been done."""
        told, done = "", 0
        for block in blocks(page):
            end = block.start + len(block.text)
            if block.file:
                self.write(block)
            elif block.language == "console":
                told += page[done : block.start] + self._session(block)
                done = end
        return told + page[done:]

    def _session(self, block: Block) -> str:
        if "$ " not in block.text:
            return block.text
        told = ""
        for shown, line in _commands(block.text):
            printed = normalised(self.run(line), self.folder)
            if block.hidden and self.code:
                raise AssertionError(f"{line}\n{printed}")
            said = "" if block.hidden or not printed else f"{printed}\n"
            told += shown + said
        return told


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command as it is shown, and as it is run."""
    for match in re.finditer(r"^\$ (?:.*\\\n)*.*\n", text, re.MULTILINE):
        yield match[0], match[0].removeprefix("$ ").replace("\\\n", "").strip()


def changed(text: str, diff: str) -> str:
    """A file after a diff without line numbers, whose old lines have to be there."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if not line.startswith("+"))
    new = "".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(old) == 1, f"there {text.count(old)} times:\n{old}"
    return text.replace(old, new)
