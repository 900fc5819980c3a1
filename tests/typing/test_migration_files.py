"""Migration files are checked by mypy and pyright, and both find the same mistakes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.py"))
ROOT = Path(__file__).parents[2]


def output(*words: str) -> str:
    """What a checker says, whatever it thinks of it."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode in {0, 1}, done.stderr or done.stdout
    return done.stdout


def marked_lines(sample: Path) -> list[int]:
    lines = sample.read_text("utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if "# wrong" in line]


def lines_told_by_mypy(sample: Path) -> list[int]:
    said = output("mypy", "--strict", "--no-warn-unused-configs", str(sample))
    here = re.escape(sample.name)
    return sorted({int(n) for n in re.findall(rf"{here}:(\d+): error", said)})


@cache
def told_by_pyright() -> tuple[tuple[str, int], ...]:
    """The file and line of every error; with a project of its own for the samples."""
    words = ("--outputjson", "--pythonpath", sys.executable, "--project")
    report = json.loads(output("pyright", *words, str(SAMPLES[0].parent)))
    return tuple(
        (Path(told["file"]).name, told["range"]["start"]["line"] + 1)
        for told in report["generalDiagnostics"]
        if told["severity"] == "error"
    )


def lines_told_by_pyright(sample: Path) -> list[int]:
    return sorted({line for name, line in told_by_pyright() if name == sample.name})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_mypy_points_at_every_mistake_and_at_nothing_else(sample: Path) -> None:
    assert lines_told_by_mypy(sample) == marked_lines(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_pyright_points_at_every_mistake_and_at_nothing_else(sample: Path) -> None:
    assert lines_told_by_pyright(sample) == marked_lines(sample)


def test_the_samples_hold_mistakes() -> None:
    assert sum(len(marked_lines(sample)) for sample in SAMPLES) > 15
