"""Names inside pieces of SQL, found without understanding the SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"""
    (?P<skip> '(?:[^']|'')*' | --[^\n]* | /\*.*?\*/ | \d[\w.]* )
  | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<word> [^\W\d]\w* )(?P<call> \s*\( )?
    """,
    re.VERBOSE | re.DOTALL,
)


def identifiers(sql: str) -> tuple[str, ...]:
    r"""Every word that could name a field, once, in order of appearance.

    Literals, comments and names of functions are passed over; keywords are not,
    so compare the result with the names that exist.

    >>> identifiers("lower(email) <> 'email' AND \"the age\" > 3")
    ('email', 'AND', 'the age')
    """
    return tuple(dict.fromkeys(name for _, name in _names(sql)))


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """The same SQL with every identifier renamed that the mapping holds.

    >>> renamed("price > 0 AND note <> 'price'", {"price": "amount"})
    "amount > 0 AND note <> 'price'"
    """
    pieces: list[str] = []
    last = 0
    for match, name in _names(sql):
        if name in names:
            kind = "quoted" if match["quoted"] is not None else "word"
            pieces += [sql[last : match.start(kind)], _like(match[kind], names[name])]
            last = match.end(kind)
    return "".join([*pieces, sql[last:]])


def _names(sql: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _TOKEN.finditer(sql):
        if match["quoted"] is not None:
            opening, closing = match["quoted"][0], match["quoted"][-1]
            doubled = closing * 2 if opening == closing else closing
            yield match, match["quoted"][1:-1].replace(doubled, closing)
        elif match["word"] is not None and match["call"] is None:
            yield match, match["word"]


def _like(old: str, name: str) -> str:
    """A name in the quotes of the word it replaces, or in quotes if it needs them."""
    match old[0]:
        case "`":
            return f"`{name.replace('`', '``')}`"
        case "[":
            return f"[{name}]"
        case '"':
            return '"{}"'.format(name.replace('"', '""'))
        case _ if name.isidentifier():
            return name
        case _:
            return '"{}"'.format(name.replace('"', '""'))
