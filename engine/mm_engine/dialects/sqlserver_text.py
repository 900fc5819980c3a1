"""The user's own SQL for SQL Server, taken apart into what is sent at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mm_engine.dialects import refusals
from mm_engine.dialects.sql import encodable
from mm_engine.errors import UnsupportedError

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<quoted>N?'(?:[^']|'')*'|"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\])
    |(?P<go>^[ \t]*GO[ \t]*;?[ \t]*(?:--[^\n]*)?$)
    |(?P<word>[@\#]*[^\W\d][\w$@\#]*)|(?P<sign>\S)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_CONTROL = re.compile(
    r"(BEGIN (DISTRIBUTED )?TRAN(SACTION)?|COMMIT|ROLLBACK|SAVE TRAN(SACTION)?)\b"
)
_ELSEWHERE = re.compile(r"USE\b|: ?(R|SETVAR|ON|CONNECT|OUT|QUIT)\b")
_ALONE = re.compile(
    r"((CREATE|ALTER|DROP) (DATABASE|FULLTEXT \w+)|BACKUP|RESTORE|RECONFIGURE)\b"
)
_WHOLE = ("DECLARE", "BEGIN", "IF", "WHILE", "TRY", "CATCH", "RETURN")
_MODULE = re.compile(
    r"(CREATE|ALTER|CREATE OR ALTER)"
    r" (PROC|PROCEDURE|FUNCTION|TRIGGER|VIEW|SCHEMA|RULE|DEFAULT)\b"
)


def check_joining(text: str) -> None:
    """Refuse texts joined by ||, which is a word of SQL Server 2025 alone."""
    bare = (m.group("sign") for m in _TOKEN.finditer(text))
    signs = "".join(sign or " " for sign in bare)
    if "||" in signs:
        raise UnsupportedError(
            f"SQL Server joins no texts by ||, as in {text}",
            hint="say concat(a, b), or for this database alone what else it is",
        )


def statements(text: str, *, transactional: bool) -> tuple[str, ...]:
    r"""What is sent at once: a batch whose parts need each other, else a statement.

    GO on a line of its own ends a batch. One that declares variables, has blocks or
    makes a module stays whole; of all others each statement is sent for itself, so
    that none of its errors is passed over.

    >>> statements("DELETE FROM a; DELETE FROM b\nGO\nSELECT 1", transactional=True)
    ('DELETE FROM a', 'DELETE FROM b', 'SELECT 1')
    """
    found: list[str] = []
    for batch in _batches(encodable(text, "the SQL")):
        words = [word for word, _, _ in _tokens(batch)]
        for said in _pieces(words):
            _check(" ".join(said), transactional=transactional)
        plain = " ".join(words[:5])
        is_whole = _MODULE.match(plain) or any(word in _WHOLE for word in words)
        found += [batch.strip()] if is_whole else _apart(batch)
    return tuple(found)


def _batches(text: str) -> Iterator[str]:
    start, is_empty = 0, True
    for word, begin, end in _tokens(text):
        if word == "GO" and _is_own_line(text, begin, end):
            if not is_empty:
                yield text[start:begin]
            start, is_empty = end, True
        else:
            is_empty = False
    if not is_empty:
        yield text[start:]


def _is_own_line(text: str, begin: int, end: int) -> bool:
    before = text[:begin].rpartition("\n")[2]
    after = text[end:].partition("\n")[0].partition("--")[0]
    return not before.strip() and not after.strip(" \t\r;")


def _apart(batch: str) -> list[str]:
    found: list[str] = []
    start, is_empty = 0, True
    for word, begin, end in _tokens(batch):
        if word == ";":
            if not is_empty:
                found.append(_ended(batch[start:begin].strip()))
            start, is_empty = end, True
        else:
            is_empty = False
    return found if is_empty else [*found, _ended(batch[start:].strip())]


def _ended(sql: str) -> str:
    """MERGE alone must end in a semicolon."""
    first = next((word for word, _, _ in _tokens(sql)), "")
    return f"{sql};" if first in ("MERGE", "WITH") else sql


def _pieces(words: list[str]) -> Iterator[list[str]]:
    said: list[str] = []
    for word in words:
        if word == ";":
            yield said
            said = []
        else:
            said.append(word)
    yield said


def _check(plain: str, *, transactional: bool) -> None:
    if control := _CONTROL.match(plain):
        raise refusals.of_control(control[0])
    if client := _ELSEWHERE.match(plain):
        raise UnsupportedError(
            f"{client[0]} cannot be said here: a migration is of one database, and"
            " no client program reads it",
            hint="leave it out; GO on a line of its own ends a batch",
        )
    if transactional and (alone := _ALONE.match(plain)):
        raise refusals.of_standing_alone(alone[0])


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words in capitals and single signs, and where they stand; comments are passed."""
    for match in _TOKEN.finditer(text):
        if match["sign"] and match["sign"] in "'\"[":
            begun = text[match.start() : match.start() + 40]
            raise UnsupportedError(f"the SQL ends in the middle: {begun!r}")
        if not match["comment"]:
            yield match[0].strip().upper(), match.start(), match.end()
