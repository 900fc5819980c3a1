"""The test files of the documentation, on a project made by ``init``."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from page_files import DOCS, page_files
from suites import Suite

HOW_TO = "how-to/test-with-a-database.md"
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


def shown(page: str) -> dict[str, str]:
    """The test files of a page."""
    files = page_files(page, ".py")
    return {name: text for name, text in files.items() if name.startswith("tests/")}


def test_a_test_file_of_the_page_passes_on_every_database(made: Suite) -> None:
    for name, text in shown(HOW_TO).items():
        if name != "tests/test_domain.py":
            made.write(name, text)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "11 passed" in said  # one test names its database


def test_the_assertions_of_the_page_pass_on_every_database(made: Suite) -> None:
    for name, text in shown("how-to/check-migrations-in-tests.md").items():
        made.write(name, text)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "7 passed" in said


def test_the_migration_of_data_of_the_page_passes_on_every_database(
    made: Suite,
) -> None:
    text = (DOCS / HOW_TO).read_text(encoding="utf-8")
    schema = made.folder / "schema" / "schema.yaml"
    before, line, after = schema.read_text("utf-8").partition("may be empty\n")
    made.write("schema/schema.yaml", before + line + DOMAIN[1:] + after)
    command(made, "makemigrations", "--name", "domain")
    for name, written in (*WRITTEN.findall(text), *shown(HOW_TO).items()):
        if "domain" in name:
            made.write(name, written)
    said = made.passed("-W", "error", "--mm-databases", "sqlite,postgresql")
    assert "2 passed" in said
