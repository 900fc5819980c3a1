"""The user's own SQL for PostgreSQL, taken apart into statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_REFUSED = (
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"),
    *("VACUUM", "PREPARE TRANSACTION"),
)
_ALONE = re.compile(
    r"(CREATE|DROP|ALTER)\s+(DATABASE|TABLESPACE|SYSTEM)\b"
    r"|(CREATE\s+(UNIQUE\s+)?|DROP\s+|RE)INDEX\s.*?\bCONCURRENTLY\b"
    r"|COPY\b.*\bSTDIN\b",
    re.IGNORECASE | re.DOTALL,
)
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_WORD = re.compile(r"[^\W\d][\w$]*")


def statements(text: str) -> tuple[str, ...]:
    r"""The single statements of a text, without the semicolons between them.

    Raises ``UnsupportedError`` for a text that ends in the middle, and for what cannot
    be said inside of the migration's transaction.

    >>> statements("DELETE FROM a; -- all;\nDO $$ BEGIN NULL; END $$;")
    ('DELETE FROM a', '-- all;\nDO $$ BEGIN NULL; END $$')
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


def _checked(piece: str, said: list[str]) -> str:
    plain = " ".join(said)
    refused = next((w for w in _REFUSED if f"{plain} ".startswith(f"{w} ")), None)
    if refused:
        raise UnsupportedError(
            f"{refused} cannot be said here: the migration runs in one transaction",
            hint="leave it out; what must stand outside is no part of a migration",
        )
    if _ALONE.match(plain):
        raise UnsupportedError(
            f"this cannot be said inside of a transaction: {piece[:40]}",
            hint="do it by hand; the migration runs in one transaction",
        )
    if _is_in_body(said):
        raise UnsupportedError(f"the SQL ends in the middle: {piece[-40:]!r}")
    return piece


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
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
