"""What the page on databases without transactional DDL shows is what MariaDB does."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import attrs
import pytest

from doc_pages import DOCS, Scratch
from mariadb import mariadb_server, mariadb_url, rows
from mm_engine.runner.url import Url

__all__ = ["mariadb_server", "mariadb_url"]

PAGE = DOCS / "explanation" / "without-transactions.md"
SHOWN = "mysql://you@db.example/shop"


@attrs.define(eq=False)
class Live(Scratch):
    """A page's project whose database is a live one."""

    url: str = ""

    def run(self, line: str) -> str:
        """What a command prints, with the database called as the page calls it."""
        words = shlex.split(line)
        if words[0] == "mariadb":
            rows(self.url, words[-1])
            return ""
        said = super().run(f"DATABASE_URL={self.url} {line}")
        said = said.replace(self.url, SHOWN).replace(Url.of(self.url).database, "shop")
        said = re.sub(r"\(mysql [^)]+\)", "(mysql 10.11.19-MariaDB)", said)
        return re.sub(r"(\d\d:\d\d:\d\d)\.\d{6}", r"\1", said)


@pytest.mark.database("mariadb")
def test_the_page_shows_what_happens(mariadb_url: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    asked = text.replace("```shell", "```console")
    told = Live(tmp_path, url=mariadb_url).play(asked)
    if os.environ.get("MM_DOCS_WRITE") == "1":
        hidden = text.count("```console")
        assert hidden == 0
        PAGE.write_text(told.replace("```console", "```shell"), encoding="utf-8")
    else:
        assert told == asked
