"""The guards of a CI run really guard: counts, floors and required databases."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from source_tree import ROOT

SUITE = """
import pytest

@pytest.mark.database("sqlite")
def test_that_runs(): ...

@pytest.mark.database("sqlite")
def test_that_runs_too(): ...

@pytest.mark.database("mysql")
def test_that_is_skipped(): pytest.skip("not reached")

def test_without_a_database(): ...
"""
RAN = {
    "postgresql": {"ran": 9999, "skipped": 0},
    "sqlite": {"ran": 9999, "skipped": 0},
}


def run_suite(folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    """How pytest ends on a small suite that has this project's conftest."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = database(name)\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder,
        env=os.environ | {"MAKEMIGRATIONS_REQUIRE_DATABASES": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def judge(folder: Path) -> tuple[int, str]:
    """What CI says of the counts in a folder."""
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "live_tests.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def judge_counts(folder: Path, counts: dict[str, dict[str, int]]) -> tuple[int, str]:
    (folder / "python3.11.json").write_text(json.dumps(counts), encoding="utf-8")
    return judge(folder)


@pytest.mark.parametrize("words", [(), ("-n2",)], ids=["alone", "in processes"])
def test_live_tests_are_counted_by_database(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    counts = tmp_path / "counts"
    code, said = run_suite(tmp_path, *words, MM_TEST_SUMMARY=str(counts))
    assert code == 0
    assert "live tests on sqlite: 2 ran, 0 skipped" in said
    [file] = counts.iterdir()
    assert json.loads(file.read_text("utf-8")) == {
        "mysql": {"ran": 0, "skipped": 1},
        "sqlite": {"ran": 2, "skipped": 0},
    }


def test_a_skip_fails_where_its_database_is_required(tmp_path: Path) -> None:
    required = {"MAKEMIGRATIONS_REQUIRE_DATABASES": "sqlite,mysql"}
    code, said = run_suite(tmp_path, **required)
    assert code == 1
    assert "skipped, but required" in said


def test_counts_that_reach_the_floors_pass(tmp_path: Path) -> None:
    code, said = judge_counts(tmp_path, RAN)
    assert code == 0
    assert "sqlite on python3.11: 9999 ran" in said


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"sqlite": {"ran": 0, "skipped": 0}},
        RAN | {"mysql": {"ran": 5, "skipped": 1}},
    ],
    ids=["nothing counted", "under the floor", "a skip"],
)
def test_counts_that_fall_short_fail(
    tmp_path: Path, counts: dict[str, dict[str, int]]
) -> None:
    code, said = judge_counts(tmp_path, counts)
    assert code == 1
    assert "FAILED" in said


def test_no_counts_at_all_fail(tmp_path: Path) -> None:
    assert judge(tmp_path)[0] == 1


def test_the_readme_has_both_commands() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    for session in ("quickstart", "tests"):
        command = f"python3 -m pip install nox && python3 -m nox -s {session}"
        assert command in lines


def test_ci_runs_the_readme_s_own_command() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    [pattern] = re.findall(r"grep -m 1 -E '(.+)' README\.md", script)
    found = re.search(pattern, (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    assert "nox -s tests" not in script.replace(pattern, "")
