"""The files that a page of the documentation shows, for those who write them down.

Needs nothing but the standard library, so that a clean room can use it.
"""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_FILE = re.compile(r"^```\w+\n# file: (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page_files(page: str, ending: str) -> dict[str, str]:
    """Texts by path, of the files whose path ends so; of two the later one."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {name: body for name, body in _FILE.findall(text) if name.endswith(ending)}
