"""The suite for authors of dialects, on one of ours, and on such as are wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mm_engine.testing import OfflineSuite
from surroundings import as_typed

BROUGHT = """
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError

class Wrong(SQLite):
    name = "wrong"
    title = "Wrong"
    told = 0
{method}

DIALECT = Wrong
"""
SUITE = """
from mm_engine.testing import OfflineSuite

class TestWrong(OfflineSuite):
    database = "wrong"
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
        Wrong.told += 1
        yield from super().drop_table(f"{name}{Wrong.told}", tolerant=tolerant)
"""
MISNAMED = """
    title = ""
"""


class TestSQLite(OfflineSuite):
    database = "sqlite"


@pytest.mark.parametrize(
    ("method", "test"),
    [
        (UNQUOTED, "test_a_name_is_quoted[semi;colon]"),
        (HALF_QUOTED, "test_a_text_is_quoted[it's]"),
        (SULKING, "test_everything_is_told_or_refused_with_a_way_out[RenameTable]"),
        (MOODY, "test_the_same_is_told_twice"),
        (MISNAMED, "test_the_engine_finds_the_dialect_under_its_name"),
    ],
    ids=["unquoted", "half quoted", "sulking", "moody", "misnamed"],
)
def test_a_dialect_that_is_wrong_fails(method: str, test: str, tmp_path: Path) -> None:
    told = tmp_path / "mm_wrong-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: mm-wrong\nVersion: 1\n"
    )
    (told / "entry_points.txt").write_text("[mm_engine.dialects]\nwrong = mm_wrong\n")
    (tmp_path / "mm_wrong.py").write_text(BROUGHT.replace("{method}", method))
    (tmp_path / "test_wrong.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"),
            *("-p", "no:xdist", f"test_wrong.py::TestWrong::{test}"),
        ],
        cwd=tmp_path,
        env={**as_typed(), "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert f"FAILED test_wrong.py::TestWrong::{test}" in done.stdout
