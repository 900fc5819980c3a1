"""The words of SQLite's DDL: names in any quotes, texts, signs, without comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mm_engine.model import sqltext

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t\n\f\r]+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<text> [xX]?'(?:[^']|'')*' )
  | (?P<name> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<number> 0[xX][0-9a-fA-F]+ | (?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<word> [A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]* )
  | (?P<sign> ->>|->|\|\||<<|>>|<=|>=|<>|!=|==|. )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)

_KEYWORDS = frozenset(
    [
        "ALL",
        "AND",
        "AS",
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "DISTINCT",
        "ELSE",
        "END",
        "ESCAPE",
        "EXISTS",
        "FALSE",
        "FILTER",
        "FROM",
        "GLOB",
        "IN",
        "IS",
        "ISNULL",
        "LIKE",
        "MATCH",
        "NOT",
        "NOTNULL",
        "NULL",
        "OR",
        "REGEXP",
        "SELECT",
        "THEN",
        "TRUE",
        "WHEN",
        "WHERE",
    ]
)
"""Words of an expression that SQLite itself understands, in any case."""

_VALUES = frozenset(
    ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "END", "FALSE", "NULL")
) | frozenset(("TRUE",))
"""Keywords behind which a sign stands between two values."""


class Token(NamedTuple):
    """One word, name, text, number or sign."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """A bare word in upper case, as SQLite reads it; nothing for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The name that it is, out of its quotes; texts serve as names in SQLite."""
        return unquoted(self.text)


def tokens(sql: str) -> list[Token]:
    """The tokens of a text, without blanks and comments."""
    return [
        Token(match.lastgroup or "", match[0])
        for match in _TOKEN.finditer(sql)
        if match.lastgroup != "blank"
    ]


def unquoted(text: str) -> str:
    """A name or a text without its quotes.

    >>> unquoted("`a ``b```"), unquoted("[a b]"), unquoted("plain")
    ('a `b`', 'a b', 'plain')
    """
    opening = text[:1]
    if opening == "[":
        return text[1:-1]
    if opening in ('"', "`", "'"):
        return text[1:-1].replace(opening * 2, opening)
    return text


def normal(found: Sequence[Token], columns: Mapping[str, str]) -> str:
    """An expression in one style, so that two that are the same have the same text.

    ``columns`` are the names of a table's columns by their folded form: SQLite takes
    names and its own words in any case and in any quotes.

    >>> normal(tokens("PRICE>- 1 and [price] IN(1,2)"), {"price": "price"})
    'price > -1 AND price IN (1, 2)'
    """
    pieces: list[str] = []
    before: Token | None = None
    for token in unwrapped(found):
        if before is not None and _is_apart(before, token, pieces):
            pieces.append(" ")
        pieces.append(_in_style(token, columns))
        before = token
    return "".join(pieces)


def unwrapped(found: Sequence[Token]) -> Sequence[Token]:
    """The tokens without parentheses that enclose all of them."""
    while (
        len(found) > 1 and found[0].text == "(" and closing(found, 0) == len(found) - 1
    ):
        found = found[1:-1]
    return found


def closing(found: Sequence[Token], start: int) -> int:
    """Where the parenthesis that opens at *start* is closed."""
    depth = 0
    for place in range(start, len(found)):
        if found[place].kind == "sign":
            depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place
    return len(found)


def split(found: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens between commas that stand in no parentheses."""
    start = place = 0
    while place < len(found):
        if found[place].text == "(":
            place = closing(found, place)
        elif found[place].text == ",":
            yield found[start:place]
            start = place + 1
        place += 1
    yield found[start:]


def names(found: Iterable[Token]) -> tuple[str, ...]:
    """The names in a list of names."""
    return tuple(token.name for token in found if token.text != ",")


def _in_style(token: Token, columns: Mapping[str, str]) -> str:
    if token.kind in ("word", "name"):
        if token.word in _KEYWORDS:
            return token.word
        column = columns.get(token.name.casefold())
        if column is not None:
            return sqltext.plainly_quoted(column)
    return token.text


def _is_apart(before: Token, token: Token, pieces: Sequence[str]) -> bool:
    if before.text in ("(", ".") or token.text in (")", ",", "."):
        return False
    if token.text == "(":
        is_call = before.kind in ("word", "name") and before.word not in _KEYWORDS
        return not is_call
    if before.text in ("-", "+", "~"):
        return not _is_unary(pieces)
    return True


def _is_unary(pieces: Sequence[str]) -> bool:
    """Whether the sign at the end of the pieces belongs to what follows it."""
    earlier = [piece for piece in pieces[:-1] if piece != " "]
    if not earlier:
        return True
    last = earlier[-1]
    if last in _KEYWORDS:
        return last not in _VALUES
    return not (last[-1].isalnum() or last[-1] in "_)\"'`]$" or last[-1] > "\x7f")
