"""The user's own SQL for SQLite, taken apart into statements by SQLite's own rule."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

CONTROL = ("BEGIN", "COMMIT", "END", "ROLLBACK")
"""What begins or ends a transaction."""

ALONE = ("VACUUM",)
"""What no transaction can hold."""

OTHER_FILES = ("ATTACH", "DETACH")
"""What reaches beyond the database that is migrated."""

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def statements(text: str, *, transactional: bool = True) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    Raises ``UnsupportedError`` for a text that ends in the middle, for what would begin
    or end a transaction, and for what cannot be said inside of one if it has to be.

    >>> statements("DELETE FROM a; -- all\nINSERT INTO b VALUES (';');")
    ('DELETE FROM a', "-- all\nINSERT INTO b VALUES (';')")
    """
    pieces = (piece.strip() for piece in _pieces(encodable(text, "the SQL")))
    return tuple(_checked(piece, transactional) for piece in pieces if _said(piece))


def _pieces(text: str) -> Iterator[str]:
    """The text cut at every semicolon that ends a statement."""
    start = look = 0
    while (end := text.find(";", look)) >= 0:
        look = end + 1
        if sqlite3.complete_statement(text[start:look]):
            yield text[start:end]
            start = look
    yield text[start:]


def _checked(piece: str, transactional: bool) -> str:  # noqa: FBT001 - handed on
    word = _said(piece).split()[0].upper()
    if word in CONTROL:
        raise refusals.of_control(word)
    if word in OTHER_FILES:
        raise UnsupportedError(
            f"{word} cannot be said here: a migration is of one database",
            hint="leave it out, or use a connection of your own in a RunPython",
        )
    if transactional and word in ALONE:
        raise refusals.of_standing_alone(word)
    if sqlite3.complete_statement(f"{piece};"):
        return piece
    if sqlite3.complete_statement(f"{piece}\n;"):
        # It ends in a comment, which would swallow the semicolon.
        return f"{piece}\n"
    raise UnsupportedError(f"the SQL ends in the middle: {piece[-40:]!r}")


def _said(piece: str) -> str:
    """What is left without the comments before the first word."""
    rest = piece
    while match := _COMMENT.match(rest := rest.lstrip()):
        rest = rest[match.end() :]
    return rest
