"""Help: what it says, so that a change of it is seen, and how quickly."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import Line

SNAPSHOTS = Path(__file__).with_name("help")
COMMANDS = [
    (),
    ("init",),
    ("makemigrations",),
    ("empty",),
    ("squash",),
    ("check",),
    ("schema-diff",),
    ("db-diff",),
    ("current-state",),
    ("dump_sql",),
    ("db2schema",),
    ("json-schema",),
    ("config",),
    ("version",),
    ("migrate",),
    ("migrate", "up"),
    ("migrate", "down"),
    ("migrate", "resume"),
    ("migrate", "status"),
    ("migrate", "showsql"),
    ("migrate", "fake"),
    ("migrate", "dag"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "root")
def test_help_says_what_it_said(words: tuple[str, ...], tmp_path: Path) -> None:
    """To take over a change: delete the file, run this twice, read the new one."""
    path = SNAPSHOTS / f"{'-'.join(words) or 'makemigrations'}.txt"
    if words == ("makemigrations",):
        path = SNAPSHOTS / "makemigrations-makemigrations.txt"
    said = Line(tmp_path).fine(*words, "--help")
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8", newline="\n")
        pytest.fail(f"{path.name} is new: read it")
    assert said == path.read_text(encoding="utf-8")


def test_every_command_has_its_snapshot(tmp_path: Path) -> None:
    assert len(list(SNAPSHOTS.glob("*.txt"))) == len(COMMANDS)
    shown = Line(tmp_path).fine("--help")
    for words in COMMANDS:
        assert not words or words[0] == "empty" or f"  {words[0]} " in shown


def test_no_command_at_all_gets_help(tmp_path: Path) -> None:
    assert Line(tmp_path).fine() == Line(tmp_path).fine("--help")
    assert Line(tmp_path).fine("migrate") == Line(tmp_path).fine("migrate", "--help")


def test_help_fits_into_eighty_columns() -> None:
    for path in sorted(SNAPSHOTS.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert max(map(len, lines)) <= 80, path.name


def test_an_unknown_command_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    answer = Line(tmp_path)("makemigration")
    assert answer.code == 2
    assert 'Did you mean "makemigrations"?' in answer.err


@pytest.mark.parametrize("words", [("version",), ("--version",)])
def test_the_version_is_one_line(words: tuple[str, ...], tmp_path: Path) -> None:
    name, number = Line(tmp_path).fine(*words).split()
    assert name == "makemigrations"
    assert number[0].isdigit() or number == "unknown"


def seconds(*words: str) -> float:
    """The quickest of a few starts of Python."""
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def test_help_takes_little_longer_than_the_library_that_prints_it() -> None:
    library = seconds("-c", "import click")
    assert seconds("-m", "mm_engine", "--help") < library + 0.2
