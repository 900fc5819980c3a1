"""The user's own SQL for MySQL, taken apart into statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_CONTROL = re.compile(
    r"(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|XA"
    r"|(UN)?LOCK TABLES?)\b"
)
_ELSEWHERE = re.compile(r"USE\b|DELIMITER\b|SOURCE\b")
_ROUTINE = re.compile(
    r"(CREATE|ALTER)\b.*?\b(TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b"
)
_OPENS = ("BEGIN", "CASE", "IF", "LOOP", "REPEAT", "WHILE")
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*|--(?=\s|\Z)[^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`)
    |(?P<word>[^\W\d][\w$]*)|(?P<sign>\S)""",
    re.VERBOSE | re.DOTALL,
)


def statements(text: str) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    Raises ``UnsupportedError`` for a text that ends in the middle, for what would begin
    or end a transaction, and for what only a client program understands.

    >>> statements("DELETE FROM a; # all;\nINSERT INTO b VALUES ('it\\'s;');")
    ('DELETE FROM a', "# all;\nINSERT INTO b VALUES ('it\\'s;')")
    """
    found: list[str] = []
    text = encodable(text, "the SQL")
    start = 0
    said: list[str] = []
    for word, begin, end in _tokens(text):
        if word == ";" and not _is_in_body(said):
            if said:
                found.append(_checked(text[start:begin].strip(), said))
            start, said = end, []
        else:
            said.append(word)
    if said:
        found.append(_checked(text[start:].strip(), said))
    return tuple(found)


def _is_in_body(said: list[str]) -> bool:
    """Whether the words so far are inside of a routine that has not ended."""
    if not _ROUTINE.match(" ".join(said[:12])):
        return False
    depth = 0
    for number, word in enumerate(said):
        before = said[number - 1] if number else ""
        follows = said[number + 1] if number + 1 < len(said) else ""
        if before == "END" and word in _OPENS:
            continue  # END IF, END CASE
        if word == "IF" and (follows in {"(", "EXISTS", "NOT"} and before != ";"):
            # A function, or IF EXISTS; at the start of a statement it opens a block.
            depth += before in {"BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"}
        elif word in _OPENS:
            depth += 1
        elif word == "END":
            depth -= 1
    return depth > 0


def _checked(piece: str, said: list[str]) -> str:
    plain = " ".join(said)
    if control := _CONTROL.match(plain):
        raise refusals.of_control(control[0])
    if client := _ELSEWHERE.match(plain):
        raise UnsupportedError(
            f"{client[0]} cannot be said here: a migration is of one database, and"
            " every statement is sent by itself",
            hint="leave it out; bodies of routines are kept together by themselves",
        )
    if _is_in_body(said):
        raise UnsupportedError(f"the SQL ends in the middle: {piece[-40:]!r}")
    return piece


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words in capitals and single signs, and where they stand; comments are passed."""
    for match in _TOKEN.finditer(text):
        if match["sign"] and match["sign"] in "'\"`":
            begun = text[match.start() : match.start() + 40]
            raise UnsupportedError(f"the SQL ends in the middle: {begun!r}")
        if not match["comment"] or match[0].startswith("/*!"):
            yield match[0].upper(), match.start(), match.end()
