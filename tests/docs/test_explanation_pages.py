"""What the explanations say of the tree is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doc_pages import DOCS, ROOT, codes, rows, sections
from source_tree import engine_sources, imports

EXPLANATION = DOCS / "explanation"
ENGINE = ROOT / "engine" / "mm_engine"
ROOMS = sections((EXPLANATION / "architecture.md").read_text("utf-8"))["The rooms"]
UNLISTED = ("__init__.py", "__main__.py", "py.typed", "__pycache__/")


def _rooms() -> list[str]:
    return [codes(row[0])[0] for row in rows(ROOMS)]


def test_every_room_is_told_and_no_other() -> None:
    inside = [
        f"{path.name}/" if path.is_dir() else path.name for path in ENGINE.iterdir()
    ]
    there = [name for name in inside if name not in UNLISTED]
    assert sorted(_rooms()) == sorted([*there, "mm_nox/", "mm_pytest/"])


@pytest.mark.parametrize("page", ["architecture.md", "dependencies.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    said = codes((EXPLANATION / page).read_text("utf-8"))
    paths = [word for word in said if word.endswith((".py", "/"))]
    assert [path for path in paths if not _is_there(Path(path))] == []


def _is_there(path: Path) -> bool:
    places = (ROOT, ROOT / "engine", ENGINE)
    if any((place / path).exists() for place in places):
        return True
    return path.name == "engine.py" or any(ENGINE.rglob(path.name))


def test_every_arrow_between_rooms_is_an_import() -> None:
    drawn = re.findall(r"^    (\w+) --> (\w+)$", ROOMS, re.MULTILINE)
    found = {
        (source.room, rest.split(".")[0])
        for source in engine_sources()
        for one in imports(source)
        for package, _, rest in [one.module.partition(".")]
        if package == "mm_engine"
    }
    assert drawn
    assert [arrow for arrow in drawn if arrow not in found] == []
