"""The user's own SQL for ClickHouse, taken apart into statements."""

from __future__ import annotations

import re

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_PIECES = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|\#[!\x20][^\n]*|/\*.*?\*/)
    |(?P<closed>'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`\\]|``|\\.)*`
      |\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<open>['"`]|/\*)|(?P<end>;)|(?P<word>\w+)|(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONTROL = re.compile(r"(BEGIN|COMMIT|ROLLBACK|START TRANSACTION)\b")
_ELSEWHERE = re.compile(r"(USE|SET)\b")


def statements(text: str) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    Raises ``UnsupportedError`` for a text that ends in the middle, for what would begin
    or end a transaction, and for what holds for a session.

    >>> statements("ALTER TABLE a DELETE WHERE b = ';'; -- all\nSELECT 'it\\'s;'")
    ("ALTER TABLE a DELETE WHERE b = ';'", "-- all\nSELECT 'it\\'s;'")
    """
    found: list[str] = []
    begun, said = 0, ""
    whole = encodable(text, "the SQL")
    for piece in _PIECES.finditer(whole):
        if piece["open"]:
            rest = whole[piece.start() : piece.start() + 40]
            raise UnsupportedError(f"the SQL ends in the middle: {rest!r}")
        if piece["end"]:
            if said:
                found.append(_checked(whole[begun : piece.start()].strip(), said))
            begun, said = piece.end(), ""
        elif not piece["blank"]:
            said += f"{piece[0].upper()} " if piece["word"] else "."
    if said:
        found.append(_checked(whole[begun:].strip(), said))
    return tuple(found)


def _checked(piece: str, said: str) -> str:
    if control := _CONTROL.match(said):
        raise refusals.of_control(control[0])
    if session := _ELSEWHERE.match(said):
        raise UnsupportedError(
            f"{session[0]} cannot be said here: nothing holds from one statement to the"
            " next",
            hint="name the database before the table, and write settings at the end of"
            " the statement: SETTINGS name = value",
        )
    return piece
