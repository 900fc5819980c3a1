"""Expressions laid out over lines as black and ruff lay them out.

What fits into 79 columns stands on one line; what does not is opened, one part a line,
each with a comma behind it, and then no formatter closes it again at any width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import attrs

WIDTH = 79

_INDENT = "    "


@attrs.frozen
class Bracket:
    """Something between brackets: its parts, each behind a label.

    ``is_open`` says that it is laid out over lines even where it would fit into one.
    """

    opening: str
    parts: tuple[tuple[str, Piece], ...] = attrs.field(
        converter=tuple["tuple[str, Piece]", ...]
    )
    closing: str
    is_open: bool = False


Piece: TypeAlias = str | Bracket
"""An expression: on one line, as a block of several, or between brackets."""


def call(name: str, arguments: Iterable[tuple[str, Piece]]) -> Bracket:
    """A call, its arguments behind labels such as ``name=``, or behind nothing."""
    return Bracket(f"{name}(", arguments, ")")


def listed(opening: str, parts: Iterable[Piece], closing: str) -> Bracket:
    """Parts without labels between brackets."""
    return Bracket(opening, (("", part) for part in parts), closing)


def lines(piece: Piece, before: str, after: str, depth: int) -> Iterator[str]:
    """A piece on one line if it fits, else with one part a line."""
    indent = _INDENT * depth
    whole = flat(piece)
    if whole is not None and (
        _width(f"{indent}{before}{whole}{after}") <= WIDTH or not _can_open(piece)
    ):
        yield f"{indent}{before}{whole}{after}"
    elif isinstance(piece, str):
        yield f"{indent}{before}{piece}{after}"
    else:
        yield f"{indent}{before}{piece.opening}"
        for label, part in piece.parts:
            yield from lines(part, label, ",", depth + 1)
        yield f"{indent}{piece.closing}{after}"


def _can_open(piece: Piece) -> bool:
    return isinstance(piece, Bracket) and bool(piece.parts)


def flat(piece: Piece) -> str | None:
    """A piece on one line; None where that cannot or shall not be."""
    if isinstance(piece, str):
        return None if "\n" in piece else piece
    if piece.is_open and piece.parts:
        return None
    parts: list[str] = []
    for label, part in piece.parts:
        one = flat(part)
        if one is None:
            return None
        parts.append(f"{label}{one}")
    return f"{piece.opening}{', '.join(parts)}{piece.closing}"


def _width(line: str) -> int:
    """Columns, at the most: formatters differ on what is wide beyond ASCII.

    A bracket opened early stays as it is; one opened late would be changed.
    """
    return len(line) if line.isascii() else sum(1 if c.isascii() else 2 for c in line)
