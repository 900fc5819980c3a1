"""The packages of others in fixtures/dialects: installed, and their own tests run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from clean_rooms import Room
from source_tree import ROOT

DIALECTS = sorted((ROOT / "fixtures" / "dialects").iterdir())


@pytest.fixture(scope="module")
def with_pytest(constraints: Path, reachable: Path) -> Room:
    """An environment as the author of a dialect has it."""
    room = Room.made(reachable / "dialects", constraints)
    wanted = ("makemigrations[pytest]", "pytest-xdist")
    room.passed("python", "-m", "pip", "install", "--quiet", *wanted)
    return room


@pytest.mark.parametrize("package", DIALECTS, ids=lambda path: path.name)
def test_a_dialect_of_others_passes_the_suite_with_nothing_skipped(
    package: Path, with_pytest: Room, tmp_path: Path
) -> None:
    copied = shutil.copytree(package, tmp_path / package.name)
    room = with_pytest.on(copied)
    room.passed("python", "-m", "pip", "install", "--quiet", ".")
    said = room.passed("python", "-m", "pytest", "-p", "no:cacheprovider", "-n2")
    counted = said.splitlines()[-1]
    assert re.search(r"\b\d{3} passed\b", counted), said
    assert re.search("skipped|failed|xfailed|deselected|warning", counted) is None
