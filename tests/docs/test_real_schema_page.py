"""The tutorial about the shop shows what is in the shop."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from command_line import Line
from doc_pages import DOCS, blocks
from histories import PROJECTS, Example

SHOP = Example(PROJECTS / "shop")
PAGE = (DOCS / "tutorial" / "a-real-schema.md").read_text(encoding="utf-8")
SHOWN = [block for block in blocks(PAGE) if block.language in ("yaml", "python")]


def files() -> list[str]:
    """Every text of the shop, each line without its indentation."""
    paths = [path for path in SHOP.folder.rglob("*") if path.suffix in (".py", ".yaml")]
    return [bare(path.read_text(encoding="utf-8")) for path in sorted(paths)]


def bare(text: str) -> str:
    return "\n".join(line.strip() for line in textwrap.dedent(text).splitlines())


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_what_is_shown_is_there(number: int) -> None:
    assert any(bare(SHOWN[number].text) in text for text in files())


def test_the_graph_is_that_of_the_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(SHOP.packages)
    [shown] = [block.text for block in blocks(PAGE) if block.language == "text"]
    assert Line(SHOP.copy(tmp_path)).fine("migrate", "dag") == shown
