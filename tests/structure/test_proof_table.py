"""The script that writes the table of proofs writes what the runs told, or nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from source_tree import ROOT

FILES = (".ci/proof_table.py", "engine/mm_engine/model/databases.py")
RUN = {"database": "sqlite", "version": "3.40.1", "claim": "run", "prover": "itself"}
PARSED = {**RUN, "database": "mysql", "version": "newest", "claim": "parsed"}
OTHER = {**RUN, "version": "3.54"}
COUNTS = {"cells taken": 990, "cells refused": 10, "cases taken": 5}
DAY = {"date": "2026-11-23"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with the script and an empty table."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    page = tmp_path / "docs" / "reference" / "databases.md"
    page.parent.mkdir(parents=True)
    text = "Before\n\n<!-- proofs -->\n<!-- end of proofs -->\n\nAfter\n"
    page.write_text(text, encoding="utf-8")
    return tmp_path


def told(tree: Path, *rows: dict[str, object], words: tuple[str, ...] = ()) -> str:
    """What the script says of results; the page it leaves is ``page(tree)``."""
    file = tree / "results" / "proofs" / "python3.11.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([{**row, **DAY} for row in rows]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, tree / FILES[0], *words, tree / "results"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout


def page(tree: Path) -> str:
    return (tree / "docs" / "reference" / "databases.md").read_text("utf-8")


def test_each_database_has_its_rows_and_the_rest_of_the_page_stays(tree: Path) -> None:
    assert told(tree, {**RUN, **COUNTS}) == ""
    row = "| `sqlite` | 3.40.1 | run | itself | 990 | 10 | 5 | 2026-11-23 |\n"
    assert row in page(tree)
    assert "| `ydb` |  | not there yet |  |  |  |  |  |\n" in page(tree)
    assert page(tree).startswith("Before\n")
    assert page(tree).endswith("\nAfter\n")


def test_a_database_that_was_not_reached_keeps_its_rows(tree: Path) -> None:
    assert told(tree, {**RUN, **COUNTS}) == ""
    assert told(tree, {**PARSED, **COUNTS}) == ""
    assert "| `sqlite` | 3.40.1 | run |" in page(tree)
    assert told(tree, {**OTHER, **COUNTS}) == ""
    assert "| `sqlite` | 3.40.1 | run |" not in page(tree)


def test_a_run_that_left_cells_out_writes_nothing(tree: Path) -> None:
    before = page(tree)
    said = told(tree, {**RUN, **COUNTS}, {**PARSED, **COUNTS, "cells taken": 80})
    assert "mysql newest, parsed: 90 cells of 1000\n" in said
    assert "the tests wrote no proofs\n" in told(tree)
    assert page(tree) == before


def test_a_stand_in_may_leave_cells_out(tree: Path) -> None:
    stood = {**PARSED, **COUNTS, "claim": "run by a stand-in", "cells taken": 80}
    assert told(tree, {**RUN, **COUNTS}, stood) == ""
    assert "| `mysql` | newest | run by a stand-in | itself | 80 |" in page(tree)


def test_a_stale_page_is_found_by_its_shape(tree: Path) -> None:
    assert told(tree, {**RUN, **COUNTS}) == ""
    newer = {**RUN, **COUNTS, "version": "3.41", "cells taken": 991}
    assert told(tree, newer, words=("--check",)) == ""
    said = told(tree, {**PARSED, **COUNTS}, words=("--check",))
    assert "the page does not say: `mysql`, newest, parsed, itself\n" in said
    assert "the page says what no test did: `sqlite`, 3, run, itself\n" in said
