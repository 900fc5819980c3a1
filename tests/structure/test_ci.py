"""The guards of a CI run really guard: counts, floors and required databases."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from source_tree import ROOT

SUITE = """
import pytest

@pytest.mark.database("sqlite")
def test_that_runs(): ...

@pytest.mark.database("sqlite")
@pytest.mark.xfail(strict=True)
def test_that_runs_and_fails(): raise ValueError

@pytest.mark.database("vertica")
def test_that_is_skipped(): pytest.skip("not reached")

@pytest.mark.database("mysql")
def test_that_is_left_out_unless_it_is_asked_for(): ...

def test_without_a_database(): ...
"""
FLOORS = tomllib.loads((ROOT / ".ci" / "floors.toml").read_text("utf-8"))
VERSIONS = tomllib.loads((ROOT / "tests" / "databases.toml").read_text("utf-8"))
RAN = {database: {"ran": 9999, "skipped": 0} for database in FLOORS["live"]}
RAN_TOO = {database: {"ran": 9999, "skipped": 0} for database in FLOORS["versions"]}


OURS = {"MAKEMIGRATIONS_REQUIRE_DATABASES": "", "MM_TEST_SUMMARY": ""}
"""What the run of these tests was told, and none of those that they start is."""


def run_suite(folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    """How pytest ends on a small suite that has this project's conftest."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = database(name)\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder,
        env=os.environ | OURS | environment,
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


def judge_counts(
    folder: Path,
    counts: dict[str, dict[str, int]],
    versions: dict[str, dict[str, int]] = RAN_TOO,
) -> tuple[int, str]:
    (folder / "python3.11.json").write_text(json.dumps(counts), encoding="utf-8")
    for name, count in versions.items():
        file = folder / f"{name} on python3.11.json"
        file.write_text(json.dumps({name: count}), encoding="utf-8")
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
        "sqlite": {"ran": 2, "skipped": 0},
        "vertica": {"ran": 0, "skipped": 1},
    }


def test_a_skip_fails_where_its_database_is_required(tmp_path: Path) -> None:
    required = {"MAKEMIGRATIONS_REQUIRE_DATABASES": "sqlite,vertica"}
    code, said = run_suite(tmp_path, **required)
    assert code == 1
    assert "skipped, but required" in said


def test_an_old_server_is_asked_for_by_name(tmp_path: Path) -> None:
    code, said = run_suite(tmp_path, "--database=mysql-5.6")
    assert code == 0
    assert "live tests on mysql-5.6: 1 ran, 0 skipped" in said


def test_a_run_on_one_version_is_of_its_database_alone(tmp_path: Path) -> None:
    counts = tmp_path / "counts"
    asked = "sqlite-" + ".".join(sqlite3.sqlite_version.split(".")[:2])
    words = (f"--database={asked}", "-n2")
    code, said = run_suite(tmp_path, *words, MM_TEST_SUMMARY=str(counts))
    assert code == 0
    assert f"live tests on {asked}: 2 ran, 0 skipped" in said
    [file] = counts.iterdir()
    assert file.name.startswith(f"{asked} on python3.")
    assert json.loads(file.read_text("utf-8")) == {asked: {"ran": 2, "skipped": 0}}


@pytest.mark.parametrize("required", ["", "sqlite"])
def test_a_version_that_is_not_there_is_skipped_or_fails(
    tmp_path: Path, required: str
) -> None:
    environment = {"MAKEMIGRATIONS_REQUIRE_DATABASES": required}
    code, said = run_suite(tmp_path, "--database=sqlite-3.1", "-rs", **environment)
    assert code == (1 if required else 0)
    assert f"Python's SQLite is {sqlite3.sqlite_version}, not sqlite-3.1" in said
    counted = "live tests on sqlite-3.1: 0 ran, 2 skipped" in said
    assert counted == (not required)


def test_every_version_of_a_database_has_a_floor() -> None:
    pinned = [f"{name}-{version}" for name in VERSIONS for version in VERSIONS[name]]
    newest = f"postgresql-{list(VERSIONS['postgresql'])[-1]}"
    assert set(FLOORS["versions"]) == {*pinned} - {newest}, "nox -s tests runs that one"


def test_every_database_has_a_floor_on_the_newest_python_too() -> None:
    assert FLOORS["newest"].keys() == FLOORS["live"].keys()


def test_a_version_that_nobody_ran_fails(tmp_path: Path) -> None:
    fewer = {name: count for name, count in RAN_TOO.items() if name != "sqlite-3.35"}
    code, said = judge_counts(tmp_path, RAN, fewer)
    assert code == 1
    assert "FAILED: sqlite-3.35 on one Python: 0 ran" in said


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


def test_the_oldest_and_the_newest_python_are_held_to_the_floors(
    tmp_path: Path,
) -> None:
    for between in ("3.9", "3.12", "3.13"):
        (tmp_path / f"python{between}.json").write_text(json.dumps({}), "utf-8")
    _, said = judge_counts(tmp_path, RAN)
    assert "FAILED: sqlite on python3.9: 0 ran" in said
    assert "FAILED: sqlite on python3.13: 0 ran" in said
    assert "python3.12" not in said


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
