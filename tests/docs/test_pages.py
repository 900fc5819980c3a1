"""What the pages show is what happens; see ``tests/support/doc_pages.py``."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from doc_pages import DOCS, ROOT, Scratch, changed, pages

WRITES = os.environ.get("MM_DOCS_WRITE") == "1"
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[\w-]*)?\)")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_a_page_shows_what_its_commands_print(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    told = Scratch(tmp_path).play(text)
    if WRITES:
        page.write_text(told, encoding="utf-8")
    else:
        assert told == text


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_in_the_index() -> None:
    index = DOCS / "README.md"
    linked = [index.parent / link for link in LINK.findall(index.read_text("utf-8"))]
    assert [page for page in sorted(DOCS.rglob("*.md")) if page not in linked] == [
        index
    ]


def test_a_wrong_output_would_be_found(tmp_path: Path) -> None:
    page = "```console\n$ echo one\ntwo\n```\n"
    assert Scratch(tmp_path).play(page) == "```console\n$ echo one\none\n```\n"


def test_a_diff_changes_lines_and_keeps_the_others() -> None:
    assert changed("a\nb\nc\n", " a\n-b\n+B\n") == "a\nB\nc\n"
