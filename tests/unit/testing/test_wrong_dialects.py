"""Dialects that are wrong on purpose, each of which a test of the suites finds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from surroundings import as_typed

BROUGHT = """
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.runner import sqlite
from mm_engine.runner.wires import Wire

class Wrong(SQLite):
    name = "{name}"
    title = "Wrong"
    drops = 0
{method}

class Files(sqlite.SQLite):
    database = "{name}"

DIALECT = Wrong
BACKEND = Files
WIRE = Wire("{name}", "sqlite", "pysqlite", ("{name}",), is_file=True)
"""
SUITE = """
import pytest
from mm_engine.testing import LiveSuite, OfflineSuite

class Test{name}(OfflineSuite, LiveSuite):
    database = "{name}"

    @pytest.fixture
    def url(self, tmp_path):
        return f"{name}:///{tmp_path}/app.db"
"""
UNQUOTED = """
    def quote(self, name):
        return name
"""
HALF_QUOTED = """
    def literal(self, text, field, schema):
        return f"'{text}'"
"""
SULKING = """
    def rename_table(self, move, operation):
        raise UnsupportedError("no")
"""
MOODY = """
    def drop_table(self, name, *, tolerant):
        Wrong.drops += 1
        yield from super().drop_table(f"{name}{Wrong.drops}", tolerant=tolerant)
"""
FORGETFUL = """
    def drop_table(self, name, *, tolerant):
        return ()
"""
CARELESS = """
    def restore_data(self, move, operation):
        return ()
"""
MISNAMED = """
    title = ""
"""


WRONG = {
    "unquoted": (UNQUOTED, "test_a_name_is_quoted[semi;colon]"),
    "halfquoted": (HALF_QUOTED, "test_a_text_is_quoted[it's]"),
    "sulking": (
        SULKING,
        "test_everything_is_told_or_refused_with_a_way_out[RenameTable]",
    ),
    "moody": (MOODY, "test_the_same_is_told_twice"),
    "forgetful": (
        FORGETFUL,
        "test_it_goes_up_down_and_up_with_rows[CreateTable-varchar]",
    ),
    "careless": (
        CARELESS,
        "test_it_goes_up_down_and_up_with_rows[UpsertData-varchar]",
    ),
    "misnamed": (MISNAMED, "test_the_engine_finds_the_dialect_under_its_name"),
}
"""What is wrong with each, and the test that finds it."""


@pytest.mark.database("sqlite")
def test_each_wrong_dialect_fails_its_test_and_a_right_one_passes_all(
    tmp_path: Path,
) -> None:
    for name, (method, _) in {**WRONG, "right": ("", "")}.items():
        _bring(tmp_path, name, method)
    failing = [
        f"test_{name}.py::Test{name}::{test}" for name, (_, test) in WRONG.items()
    ]
    passing = [f"test_right.py::Testright::{test}" for _, test in WRONG.values()]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *("-p", "no:xdist", "-q", "--tb=no", *failing, *passing),
        ],
        cwd=tmp_path,
        env={**as_typed(), "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    failed = [line.split(" - ")[0] for line in lines if line.startswith("FAILED ")]
    assert failed == [f"FAILED {test}" for test in failing], done.stdout
    assert lines[-1].startswith(f"{len(failing)} failed, {len(passing)} passed")


def _bring(folder: Path, name: str, method: str) -> None:
    """A package of others with a dialect that has one method of its own."""
    told = folder / f"mm_{name}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    points = f"[mm_engine.dialects]\n{name} = mm_{name}\n"
    (told / "entry_points.txt").write_text(points)
    module = BROUGHT.replace("{method}", method).replace("{name}", name)
    (folder / f"mm_{name}.py").write_text(module)
    (folder / f"test_{name}.py").write_text(SUITE.replace("{name}", name))
    (folder / "pytest.ini").write_text("[pytest]\n")
