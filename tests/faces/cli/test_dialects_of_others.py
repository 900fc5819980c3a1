"""A database that a package of others brings, from its schema to its drift."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import Answer, Line
from doc_pages import DOCS
from surroundings import as_typed

PAGE = (DOCS / "how-to" / "bring-a-database.md").read_text(encoding="utf-8")
MODULE, SUITE = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SCHEMA = """\
defaults:
  lite: {greeting: "'hello'"}
  sqlite: {greeting: "'hi'"}
tables:
  - name: users
    fields:
      - {name: id, type: serial, primary_key: true}
      - {name: word, type: text, default: greeting}
      - {name: made, type: timestamp, default: now}
"""
SETTINGS = "database: {default_url: 'lite:///app.db'}\n"


class Runner:
    """A command line beside which the package is installed."""

    def __init__(self, line: Line, site: Path) -> None:
        self.line, self.site = line, site

    def __call__(self, *words: str) -> Answer:
        """Run a command in a process of its own."""
        return self.line.process(*words, PYTHONPATH=str(self.site))

    def fine(self, *words: str) -> str:
        """What a command that has to end well says."""
        answer = self(*words)
        assert answer.code == 0, answer.err + answer.out
        return answer.out


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages, with one that brings a database."""
    site = tmp_path / "site"
    told = site / "mm_lite-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: mm-lite\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[mm_engine.dialects]\nlite = mm_lite\n")
    (site / "mm_lite.py").write_text(MODULE)
    return site


@pytest.fixture
def run(tmp_path: Path, site: Path) -> Runner:
    """Commands in a project on that database."""
    line = Line(tmp_path / "project")
    line.schema(SCHEMA)
    line.schema(SETTINGS, "migrations/makemigrations.config.yaml")
    return Runner(line, site)


@pytest.mark.database("sqlite")
def test_it_goes_all_the_way(run: Runner) -> None:
    run.fine("makemigrations")
    assert "'hello'" in run.fine("migrate", "showsql")
    assert "wrote" not in run.fine("makemigrations")
    up = run.fine("migrate", "up")
    assert "0001_initial" in up
    assert "0001_initial" in run.fine("migrate", "status")
    assert json.loads(run.fine("db-diff", "--json"))["drift"] is False
    assert "name: users" in run.fine("db2schema")
    run.fine("check", "--drift", "--portable")
    run.fine("migrate", "down", "--to", "zero", "--yes")


def test_its_words_for_a_symbol_are_those_of_its_dialect(run: Runner) -> None:
    run.fine("makemigrations")
    assert "DEFAULT CURRENT_TIMESTAMP" in run.fine("migrate", "showsql", "--all")


def test_without_the_package_its_name_is_unknown(run: Runner) -> None:
    answer = run.line.process("makemigrations")
    assert answer.code == 1
    assert 'schema/schema.yaml:2:3: unknown database "lite"' in answer.err


def test_what_its_module_raises_is_shown(run: Runner) -> None:
    (run.site / "mm_lite.py").write_text("raise RuntimeError('too old')\n")
    answer = run("migrate", "up")
    assert answer.code != 0
    assert "too old" in answer.err
    assert "mm_lite" in answer.err


def test_a_module_without_a_dialect_is_told(run: Runner) -> None:
    (run.site / "mm_lite.py").write_text(MODULE.replace("DIALECT =", "DIALEKT ="))
    answer = run("dump_sql", "--database", "lite")
    assert answer.code == 1
    assert "lite cannot be told anything yet" in answer.err


def test_it_cannot_take_the_name_of_a_database_of_ours(run: Runner) -> None:
    points = run.site / "mm_lite-1.0.dist-info" / "entry_points.txt"
    points.write_text("[mm_engine.dialects]\nlite = mm_lite\nsqlite = nowhere\n")
    assert "CREATE TABLE" in run.fine("dump_sql", "--database", "sqlite")


@pytest.mark.database("sqlite")
def test_the_suites_of_the_page_pass_on_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "test_lite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    chosen = "finds or twice or CreateTable or second or history or drift or fails"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", chosen],
        cwd=tmp_path,
        env={**as_typed(), "PYTHONPATH": str(site)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
