"""Names inside pieces of SQL, found without understanding the SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<skip> '(?:[^']|'')*' | --[^\n]* | /\*.*?\*/ | \d[\w.]* )
  | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*`
        | (?<![\w\]"]) \[[^\]]*\] ) # after a word it is an array, or a part of one
  | (?P<word> [^\W\d]\w* )(?P<call> \s*\( )?
    """,
    re.VERBOSE | re.DOTALL,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = _words(
    "all and any as asc between by case cast collate desc distinct else end exists"
    " false from group having in is like limit not null on or order select then true"
    " union when where"
)
"""Words that no database lets a field be called without quotes."""

_KEYWORDS_SOMEWHERE = _KEYWORDS | _words(
    "add alter analyze array before both cascade check column constraint create cross"
    " current_date current_time current_timestamp current_user database default"
    " deferrable delete describe do drop except explain fetch for foreign full"
    " function grant groups ilike index inner insert intersect interval into join key"
    " keys lateral leading left natural of offset only outer over partition primary"
    " procedure range rank read references rename replace restrict returning revoke"
    " right row rows schema session_user set show similar some symmetric system table"
    " to trailing trigger unique update usage user using values variadic view window"
    " with write"
)
"""Words that some database wants in quotes where they are the name of a field."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def identifiers(sql: str) -> tuple[str, ...]:
    r"""Every word that could name a field, once, in order of appearance.

    Literals, comments, functions and the commonest keywords are passed over; other
    words of SQL are not, so compare the result with the names that exist.

    >>> identifiers("lower(email) <> 'email' AND \"the age\" > 3")
    ('email', 'the age')
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


@lru_cache(maxsize=4096)
def canonical(sql: str | None) -> str | None:
    """The same SQL with its names in one style of quotes, for comparing.

    >>> canonical('"price" > `the age`') == canonical('price > [the age]')
    True
    """
    if sql is None:
        return None
    pieces: list[str] = []
    last = 0
    for match, name in _names(sql):
        if match["quoted"] is not None:
            pieces += [sql[last : match.start("quoted")], _like("", name)]
            last = match.end("quoted")
    return "".join([*pieces, sql[last:]])


def plainly_quoted(name: str) -> str:
    """A name as it stands inside of SQL: bare where every database reads it alike.

    >>> plainly_quoted("price"), plainly_quoted("the age")
    ('price', '"the age"')
    """
    return _like("", name)


def _names(sql: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _TOKEN.finditer(sql):
        if match["quoted"] is not None:
            opening, closing = match["quoted"][0], match["quoted"][-1]
            doubled = closing * 2 if opening == closing else closing
            yield match, match["quoted"][1:-1].replace(doubled, closing)
        elif _may_be_a_name(match):
            yield match, match["word"]


def _may_be_a_name(match: re.Match[str]) -> bool:
    word = match["word"]
    return word is not None and not match["call"] and word.lower() not in _KEYWORDS


def _like(old: str, name: str) -> str:
    """A name in the quotes of the word it replaces, or in quotes if it needs them."""
    match old[:1]:
        case "`":
            return f"`{name.replace('`', '``')}`"
        case "[" if "]" not in name:
            return f"[{name}]"
        case "" if _is_plain(name):
            return name
        case '"' | "[" | "":
            return '"{}"'.format(name.replace('"', '""'))
        case _:
            return _like("", name)


def _is_plain(name: str) -> bool:
    """Whether every database reads the name alike without quotes."""
    return _PLAIN.fullmatch(name) is not None and name not in _KEYWORDS_SOMEWHERE
