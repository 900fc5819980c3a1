"""The user's own SQL for PostgreSQL, taken apart into statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_CONTROL = re.compile(
    r"(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"VACUUM\b|(CREATE|DROP|ALTER)\s+(DATABASE|TABLESPACE|SYSTEM)\b"
    r"|(CREATE\s+(UNIQUE\s+)?|DROP\s+|RE)INDEX\s.*?\bCONCURRENTLY\b",
    re.IGNORECASE | re.DOTALL,
)
_STREAM = re.compile(r"COPY\b.*\bSTDIN\b", re.IGNORECASE | re.DOTALL)
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_WORD = re.compile(r"[^\W\d][\w$]*")


def statements(text: str, *, transactional: bool = True) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    Raises ``UnsupportedError`` for a text that ends in the middle, for what would begin
    or end a transaction, and for what cannot be said inside of one if it has to be.

    >>> statements("DELETE FROM a; -- all;\nDO $$ BEGIN NULL; END $$;")
    ('DELETE FROM a', '-- all;\nDO $$ BEGIN NULL; END $$')
    """
    found: list[str] = []
    text = encodable(text, "the SQL")
    start = 0
    said: list[str] = []
    for word, begin, end in tokens(text):
        if word == ";" and not _is_in_body(said):
            if said:
                found.append(_checked(text[start:begin].strip(), said, transactional))
            start, said = end, []
        else:
            said.append(word)
    if said:
        found.append(_checked(text[start:].strip(), said, transactional))
    return tuple(found)


def _is_in_body(said: list[str]) -> bool:
    """Whether the words so far are in a function body of BEGIN ATOMIC.

    https://www.postgresql.org/docs/current/sql-createfunction.html
    """
    depth = 0
    for before, word in zip(["", *said], said, strict=False):
        if before == "BEGIN" and word == "ATOMIC":
            depth = 1
        elif depth and word == "CASE":
            depth += 1
        elif depth and word == "END":
            depth -= 1
    return depth > 0


def _checked(piece: str, said: list[str], transactional: bool) -> str:  # noqa: FBT001 - handed on
    plain = " ".join(said)
    if control := _CONTROL.match(plain):
        raise refusals.of_control(control[0])
    if _STREAM.match(plain):
        raise UnsupportedError(
            f"nobody feeds this while it runs: {piece[:40]}",
            hint="insert the rows, or read them from a file in a RunPython",
        )
    if transactional and _ALONE.match(plain):
        raise refusals.of_standing_alone(piece[:40])
    if _is_in_body(said):
        raise UnsupportedError(f"the SQL ends in the middle: {piece[-40:]!r}")
    return piece


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words in capitals and single signs, and where they stand; comments are passed."""
    at = 0
    while at < len(text):
        if text.startswith("--", at):
            line = text.find("\n", at)
            at = len(text) if line < 0 else line + 1
        elif text.startswith("/*", at):
            at = _comment_end(text, at)
        elif text[at].isspace():
            at += 1
        else:
            end = _token_end(text, at)
            yield text[at:end].upper(), at, end
            at = end


def _token_end(text: str, at: int) -> int:
    if text[at] in "eE" and text.startswith("'", at + 1):
        return _quote_end(text, at + 1, escapes=True)
    if text[at] in "'\"":
        return _quote_end(text, at, escapes=False)
    if match := _DOLLAR.match(text, at):
        end = text.find(match[0], match.end())
        if end < 0:
            raise _cut_off(text, at)
        return end + len(match[0])
    if match := _WORD.match(text, at):
        return match.end()
    return at + 1


def _quote_end(text: str, at: int, *, escapes: bool) -> int:
    quote, end = text[at], at + 1
    while end < len(text):
        if escapes and text[end] == "\\":
            end += 2
        elif text[end] != quote:
            end += 1
        elif text.startswith(quote, end + 1):
            end += 2
        else:
            return end + 1
    raise _cut_off(text, at)


def _comment_end(text: str, at: int) -> int:
    """Where a comment ends; on PostgreSQL comments nest."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise _cut_off(text, at)


def _cut_off(text: str, at: int) -> UnsupportedError:
    return UnsupportedError(f"the SQL ends in the middle: {text[at : at + 40]!r}")
