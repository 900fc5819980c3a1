"""Constants as catalogs and dialects write them: what they are, and what they hold."""

from __future__ import annotations

import re

import attrs

_TEXT = re.compile(r"'((?:[^']|'')*)'(?:::(.+))?", re.DOTALL)
_WORD = re.compile(r"\(?([+-]?\d[\d.eE+-]*|true|false)\)?", re.IGNORECASE)
_NEGATIVE = re.compile(r"-\d+(\.\d+)?")
_LIMITS = (("integer", 2**31), ("bigint", 2**63))


@attrs.frozen
class Constant:
    """A value, in quotes or bare: that decides what type it has by itself."""

    text: str
    is_quoted: bool


def constant(sql: str, type_: str, *, escapes: bool = False) -> Constant | None:
    r"""The constant that an expression is, if it says no more than its column does.

    ``type_`` is the column's. PostgreSQL writes down the type of every constant in
    quotes, and has negative numbers in quotes too; a constant of another type than
    the column's would not come back from the bare value. ``escapes`` says that a
    backslash is two, as MySQL writes it.

    >>> constant("'it''s'::character varying", "character varying(20)")
    Constant(text="it's", is_quoted=True)
    >>> constant("'-5'::integer", "smallint"), constant("'-5'::smallint", "smallint")
    (Constant(text='-5', is_quoted=False), Constant(text='-5', is_quoted=True))
    >>> constant("'x'::text", "character varying(20)") is None
    True
    >>> constant(r"'a\\b'", "varchar(20)", escapes=True)
    Constant(text='a\\b', is_quoted=True)
    """
    if match := _TEXT.fullmatch(sql):
        text, cast = match[1].replace("''", "'"), match[2]
        if escapes:
            text = text.replace("\\\\", "\\")
        if cast is not None and cast == _bare_type(text):
            return Constant(text, is_quoted=False)
        return Constant(text, is_quoted=True) if _is_own(cast, type_) else None
    match = _WORD.fullmatch(sql)
    return Constant(match[1].casefold(), is_quoted=False) if match else None


def _bare_type(text: str) -> str | None:
    """The type of a negative number that is written without quotes."""
    if not _NEGATIVE.fullmatch(text):
        return None
    if "." in text:
        return "numeric"
    fitting = (name for name, limit in _LIMITS if -int(text) <= limit)
    return next(fitting, "numeric")


def _is_own(cast: str | None, type_: str) -> bool:
    """Whether a constant is of the type of its column; an enum's is, whatever it says.

    Enums stand in quotes, as no other type does.
    """
    plain = re.sub(r"\([^)]*\)", "", type_)
    called = re.sub(r"^character(?=$|\[)", "bpchar", plain)
    return cast is None or type_.startswith('"') or cast == called
