"""The user's own YQL, taken apart into statements that can be sent alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|@@.*?@@)
    |(?P<word>[^\W\d]\w*)|(?P<sign>\S)""",
    re.VERBOSE | re.DOTALL,
)
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK")
_OPENING = ("$", "PRAGMA", "DECLARE", "DEFINE", "IMPORT")
"""What a statement begins with that only names something for those behind it."""


def statements(text: str) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    What is named for a statement stays before it: both are sent as one.

    >>> statements("$a = (SELECT 1); DELETE FROM t ON SELECT * FROM $a;\nSELECT ';'")
    ('$a = (SELECT 1);\nDELETE FROM t ON SELECT * FROM $a', "SELECT ';'")
    """
    found: list[str] = []
    opening: list[str] = []
    for piece, first in _pieces(encodable(text, "the SQL")):
        if first in _CONTROL:
            raise refusals.of_control(first)
        if first in _OPENING:
            opening.append(f"{piece};\n")
        else:
            found.append("".join([*opening, piece]))
            opening = []
    if opening:
        raise UnsupportedError(
            f"this names something that nothing uses: {opening[0][:40]}",
            hint="put what uses it into the same text",
        )
    return tuple(found)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The texts between semicolons, and the first word of each."""
    start, first = 0, ""
    for match in _TOKEN.finditer(text):
        if match["comment"]:
            continue
        if match["sign"] and match["sign"] in "'\"`":
            said = text[match.start() : match.start() + 40]
            raise UnsupportedError(f"the SQL ends in the middle: {said!r}")
        if match[0] == ";":
            if first:
                yield text[start : match.start()].strip(), first
            start, first = match.end(), ""
        elif not first:
            first = match[0].upper()
    if first:
        yield text[start:].strip(), first
