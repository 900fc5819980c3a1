"""The test files of the documentation, on a project made by ``init``."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from doc_pages import DOCS
from suites import Suite

FILE = re.compile(
    r"^```python\n# file: (tests/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
WRITTEN = re.compile(
    r"^<!-- write (migrations/\S+)\n(.*?)^-->$", re.MULTILINE | re.DOTALL
)
DOMAIN = """
      - name: domain
        type: varchar
        length: 255
"""


@pytest.fixture
def made(
    suite: Suite, postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Suite:
    """A project made by ``init``, with a server for its tests."""
    suite.folder = tmp_path_factory.mktemp("made")
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    command(suite, "init")
    command(suite, "makemigrations", "--name", "initial")
    return suite


def command(suite: Suite, *words: str) -> None:
    """One command of the project's."""
    called = [sys.executable, "-m", "mm_engine", *words]
    subprocess.run(called, cwd=suite.folder, check=True, capture_output=True)


def page(name: str) -> str:
    """The text of a how-to."""
    return (DOCS / "how-to" / name).read_text(encoding="utf-8")


def test_a_test_file_of_the_page_passes_on_every_database(made: Suite) -> None:
    for name, text in FILE.findall(page("test-with-a-database.md")):
        if name != "tests/test_domain.py":
            made.write(name, text)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "2 passed" in said


def test_the_assertions_of_the_page_pass_on_every_database(made: Suite) -> None:
    for name, text in FILE.findall(page("check-migrations-in-tests.md")):
        made.write(name, text)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "5 passed" in said


def test_the_migration_of_data_of_the_page_passes_on_every_database(
    made: Suite,
) -> None:
    text = page("test-with-a-database.md")
    schema = made.folder / "schema" / "schema.yaml"
    before, line, after = schema.read_text("utf-8").partition("may be empty\n")
    made.write("schema/schema.yaml", before + line + DOMAIN[1:] + after)
    command(made, "makemigrations", "--name", "domain")
    for name, written in (*WRITTEN.findall(text), *FILE.findall(text)):
        if "domain" in name:
            made.write(name, written)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "2 passed" in said
