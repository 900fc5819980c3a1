"""Four kinds of SQL text that must not be mistaken for each other, nor for plain text.

A plain ``str`` becomes one of them only through the functions that quote, escape or
check it; mypy refuses it everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NewType, TypeAlias

from mm_engine.dialects.features import Features
from mm_engine.errors import UnsupportedError

Identifier = NewType("Identifier", str)
"""A name, in quotes."""

LiteralSQL = NewType("LiteralSQL", str)
"""A constant, escaped."""

ExpressionSQL = NewType("ExpressionSQL", str)
"""SQL of the user's, or ours, that gives one value."""

TypeSQL = NewType("TypeSQL", str)
"""The type of a column, in a database's own words."""

ValueSQL: TypeAlias = LiteralSQL | ExpressionSQL
"""What gives one value."""

_PLAIN = re.compile(r"\w+( \w+)*(\([\d, ]+\))?", re.ASCII)
"""What most types are; there is nothing in it to look at."""

_BARE = re.compile(
    r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)? | [xX]?'(?:[^']|'')*'"
    r"| NULL | TRUE | FALSE | CURRENT_(?:TIMESTAMP|DATE|TIME)",
    re.VERBOSE | re.IGNORECASE,
)


def encodable(text: str, what: str) -> str:
    """The text, if a database can be sent it at all."""
    if "\0" in text:
        raise UnsupportedError(f"{what} holds a NUL, which no statement can carry")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnsupportedError(f"{what} is not Unicode text: {text!r}") from None
    return text


def text_literal(text: str, facts: Features) -> LiteralSQL:
    """A text as a constant.

    Raises ``UnsupportedError`` where it holds what no statement can carry.
    """
    escaped = encodable(text, "a text").replace("'", "''")
    if facts.backslash_escapes:
        escaped = escaped.replace("\\", "\\\\")
    return LiteralSQL(f"'{escaped}'")


def expression(text: str, facts: Features) -> ExpressionSQL:
    """SQL that can stand where one value is wanted, and cannot end the statement.

    Raises ``UnsupportedError`` for an open quote, parentheses that do not match, a
    semicolon, or a comment to the end of the line.
    """
    return ExpressionSQL(_whole(text, facts, "the expression"))


def type_text(text: str, facts: Features) -> TypeSQL:
    """A type in a database's own words, checked like an expression.

    Raises ``UnsupportedError`` for a comma outside of all brackets as well, since what
    follows it would be another column.
    """
    whole = _whole(text, facts, "the type")
    depth = 0
    for piece in _pieces(whole, facts):
        depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(piece, 0)
        if piece == "," and depth < 1:
            raise UnsupportedError(f"the type is more than one type: {text}")
    return TypeSQL(whole)


def in_parentheses(text: ExpressionSQL | str) -> ExpressionSQL:
    """The expression as one term, whatever stands beside it."""
    if _BARE.fullmatch(text) or _is_enclosed(text):
        return ExpressionSQL(text)
    return ExpressionSQL(f"({text})")


def is_constant(value: ValueSQL) -> bool:
    """Whether a default is the same for every row, and known without a clock.

    >>> is_constant(LiteralSQL("'a'")), is_constant(ExpressionSQL("CURRENT_DATE"))
    (True, False)
    """
    return _BARE.fullmatch(value) is not None and "CURRENT_" not in value.upper()


def is_null(value: ValueSQL | None) -> bool:
    """Whether a default is none, or NULL outright."""
    return value is None or value.strip("() ").upper() == "NULL"


def _is_enclosed(text: str) -> bool:
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for match in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]", text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end() == len(text)
    return False


def _whole(text: str, facts: Features, what: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    depth = 0
    for piece in _pieces(encodable(text, what), facts):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth < 0 or piece in {"'", '"', ";", "--", "/*"}:
            said = "an open quote" if piece in {"'", '"'} else f'"{piece}"'
            raise UnsupportedError(
                f"{what} cannot stand inside of a statement, it holds {said}: {text}",
                hint="RunSQL takes statements",
            )
    if depth or not text.strip():
        raise UnsupportedError(f"{what} is not complete: {text!r}")
    return text.strip()


def _pieces(text: str, facts: Features) -> Iterator[str]:
    """What could end an expression or a type early: brackets, commas, open quotes."""
    pattern = _pattern(facts.identifier_quotes, facts.backslash_escapes)
    for match in pattern.finditer(text):
        if match["piece"]:
            yield match["piece"]


@cache
def _pattern(
    quotes: tuple[tuple[str, str], ...],
    backslash_escapes: bool,  # noqa: FBT001 - a fact
) -> re.Pattern[str]:
    text = r"'(?:[^'\\]|''|\\.)*'" if backslash_escapes else r"'(?:[^']|'')*'"
    names = (
        rf"{left}(?:[^{right}]|{right * 2})*{right}"
        if left == right
        else rf"{left}[^{right}]*{right}"
        for left, right in ((re.escape(a), re.escape(b)) for a, b in quotes)
    )
    closed = "|".join((text, *names, r"/\*.*?\*/"))
    return re.compile(rf"(?:{closed})|(?P<piece>['\"(),;<>]|--|/\*)", re.DOTALL)
