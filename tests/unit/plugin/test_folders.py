"""A folder stays while somebody holds it, and goes when nobody does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mm_pytest import folders
from programs import program, told

HOLDS = """
import sys
sys.path[:] = sys.argv[2].split(":")
from pathlib import Path
from mm_pytest import folders
hold = folders.joined(Path(sys.argv[3]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have folders made where other runs do not sweep."""
    monkeypatch.setattr(folders, "base_folder", lambda: tmp_path)


@pytest.fixture
def other() -> Iterator[tuple[Path, int]]:
    """A folder that only another process holds, and that process."""
    folder, hold = folders.made()
    with program(HOLDS, ":".join(sys.path), str(folder)) as process:
        assert told(process) == "held"
        hold.let_go()
        yield folder, process.pid


def test_a_folder_that_is_held_is_not_swept(other: tuple[Path, int]) -> None:
    folder, _ = other
    mine, hold = folders.made()
    assert folder.exists()
    hold.let_go()
    folders.removed(mine)
    assert not mine.exists()


def test_a_folder_is_swept_whose_processes_were_killed(
    other: tuple[Path, int],
) -> None:
    folder, process = other
    (folder / "data").mkdir()
    (folder / "data" / "rows").touch()
    os.kill(process, signal.SIGKILL)
    folders.wait_until_free(folder)
    _, hold = folders.made()
    assert not folder.exists()
    hold.let_go()


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    unfinished = tmp_path / f"{folders.PREFIX}unfinished"
    unfinished.mkdir()
    others = tmp_path / "others"
    others.mkdir()
    (others / "held").touch()
    _, hold = folders.made()
    assert unfinished.exists()
    assert others.exists()
    hold.let_go()


def test_what_hangs_on_a_folder_has_time_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "PATIENCE", 0.05)
    folder, hold = folders.made()
    assert folder.parent == tmp_path
    hanging = folders.hanging(folder)
    hold.let_go()
    folders.removed(folder)
    assert not folder.exists()
    hanging.let_go()


def test_one_that_cannot_be_written_to_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(folders, "_MEMORY", tmp_path / "nowhere")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert folders.base_folder() == tmp_path
