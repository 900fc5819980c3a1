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
    name = "wrong"
    title = "Wrong"
    drops = 0
{method}

class Files(sqlite.SQLite):
    database = "wrong"

DIALECT = Wrong
BACKEND = Files
WIRE = Wire("wrong", "sqlite", "pysqlite", ("wrong",), is_file=True)
"""
SUITE = """
import pytest
from mm_engine.testing import LiveSuite, OfflineSuite

class TestWrong(OfflineSuite, LiveSuite):
    database = "wrong"

    @pytest.fixture
    def url(self, tmp_path):
        return f"wrong:///{tmp_path}/app.db"
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
    "half quoted": (HALF_QUOTED, "test_a_text_is_quoted[it's]"),
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
@pytest.mark.parametrize("name", WRONG)
def test_a_dialect_that_is_wrong_fails(name: str, tmp_path: Path) -> None:
    method, test = WRONG[name]
    code, said = _suites(tmp_path, method, test)
    assert code == 1, said
    assert f"FAILED test_wrong.py::TestWrong::{test}" in said


@pytest.mark.database("sqlite")
def test_the_same_tests_pass_where_nothing_is_wrong(tmp_path: Path) -> None:
    code, said = _suites(tmp_path, "", *(test for _, test in WRONG.values()))
    assert code == 0, said


def _suites(folder: Path, method: str, *tests: str) -> tuple[int, str]:
    """How these tests of the suites end on a dialect with a method of its own."""
    told = folder / "mm_wrong-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[mm_engine.dialects]\nwrong = mm_wrong\n")
    (folder / "mm_wrong.py").write_text(BROUGHT.replace("{method}", method))
    (folder / "test_wrong.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\n")
    words = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q")
    done = subprocess.run(
        [
            *(sys.executable, *words),
            *(f"test_wrong.py::TestWrong::{test}" for test in tests),
        ],
        cwd=folder,
        env={**as_typed(), "PYTHONPATH": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout
