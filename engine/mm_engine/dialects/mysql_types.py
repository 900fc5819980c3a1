"""Types and defaults of MySQL where words of one table for each type do not do."""

from __future__ import annotations

import re

from mm_engine.dialects.features import Features
from mm_engine.dialects.sql import (
    ExpressionSQL,
    TypeSQL,
    ValueSQL,
    in_parentheses,
    is_constant,
    is_null,
    text_literal,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.objects import Enum
from mm_engine.model.table import Field
from mm_engine.model.types import (
    Array,
    Char,
    Decimal,
    FieldType,
    Json,
    Jsonb,
    Text,
    Varchar,
)

_BYTES_A_LETTER = 4
"""Of utf8mb4, the only character set that holds all of Unicode."""

_TEXTS = (("TINYTEXT", 1 << 8), ("TEXT", 1 << 16), ("MEDIUMTEXT", 1 << 24))
_LONGEST = {Varchar: 65532 // _BYTES_A_LETTER, Char: 255}
_DOCUMENTS = re.compile(r"(TINY|MEDIUM|LONG)?(TEXT|BLOB)\b|JSON\b", re.IGNORECASE)
_LAST = "\uffff"
"""The last sign of the basic plane, beyond which no name goes."""

_NUMBERS = re.compile(r"(TINY|SMALL|MEDIUM|BIG)?INT(EGER)?\b", re.IGNORECASE)
_SHOWN = re.compile(r"(?P<word>\w+)\((?P<width>\d+)\)")
_WIDTHS = {"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20}
"""How wide whole numbers are shown where nobody said it."""

_CLOCKED = re.compile(r"(DATETIME|TIMESTAMP)(\(\d\))?", re.IGNORECASE)
_NOW = re.compile(
    r"\(*(CURRENT_TIMESTAMP|NOW|LOCALTIME|LOCALTIMESTAMP|(UTC_TIMESTAMP))"
    r"(\(\d?\))?\)*",
    re.IGNORECASE,
)


def is_document(words: str) -> bool:
    """Whether a type is kept beside its row, so that no key holds all of it."""
    return _DOCUMENTS.match(words) is not None


def is_number(words: str) -> bool:
    """Whether a type can be counted up."""
    return _NUMBERS.match(words) is not None


def text_words(type_: FieldType) -> TypeSQL | None:
    """The smallest text that holds so many letters; None for all other types.

    >>> text_words(Text(length=500)), text_words(Text())
    ('TEXT', None)
    """
    if not isinstance(type_, Text) or type_.length is None:
        return None
    needed = type_.length * _BYTES_A_LETTER
    fitting = (word for word, limit in _TEXTS if needed < limit)
    return TypeSQL(next(fitting, "LONGTEXT"))


def texts(words: str) -> tuple[Text, ...]:
    """The longest text that becomes a column of these words.

    >>> texts("mediumtext"), texts("varchar(20)")
    ((Text(length=4194303),), ())
    """
    found = [limit for word, limit in _TEXTS if word == words.upper()]
    return tuple(Text(length=(limit - 1) // _BYTES_A_LETTER) for limit in found)


def told_type(words: str) -> str:
    """A type as the catalog tells it, as we would.

    Older servers tell how wide a whole number is shown if nobody said, and where a 1 is
    said a truth value is meant.
    https://dev.mysql.com/doc/refman/8.4/en/numeric-type-attributes.html

    >>> [told_type(said) for said in ("int(11)", "DECIMAL(10, 2)", "tinyint(1)")]
    ['int', 'decimal(10,2)', 'tinyint(1)']
    >>> told_type("ENUM('A, B')")
    "ENUM('A, B')"
    """
    if "'" in words:
        return words
    plain = words.casefold().replace(", ", ",")
    shown = _SHOWN.fullmatch(plain)
    if shown is None or _WIDTHS.get(shown["word"]) != int(shown["width"]):
        return plain
    return shown["word"]


def enum_words(enum: Enum, facts: Features) -> TypeSQL:
    """The type of a column of an enum, which is the list of its values.

    Raises ``UnsupportedError`` for values that a column could not tell apart.
    """
    seen: dict[str, str] = {}
    for value in enum.values:
        same = seen.setdefault(value.rstrip(" ").casefold(), value)
        if same != value or value != value.rstrip(" "):
            raise UnsupportedError(
                f'MySQL does not tell "{value}" of enum "{enum.name}" from'
                f' "{same.rstrip(" ")}"',
                hint="it passes over case and blanks at the end; call one otherwise",
            )
    return TypeSQL(f"ENUM({', '.join(text_literal(v, facts) for v in enum.values)})")


def check_type(type_: FieldType, field: Field, facts: Features, title: str) -> None:
    """Refuse more letters or digits than a column can have, and JSON before 5.7.8.

    https://dev.mysql.com/doc/relnotes/mysql/5.7/en/news-5-7-8.html
    """
    match type_:
        case Json() | Jsonb() | Array() if not facts.reads_json:
            raise UnsupportedError(
                f'{title} has no JSON, which "{field.name}" would be',
                at=field.at,
                hint="make the field text, or map its type to LONGTEXT",
            )
        case Varchar(length) | Char(length) if length > _LONGEST[type(type_)]:
            said, most, hint = f"{length} letters", _LONGEST[type(type_)], "text"
        case Decimal(precision=digits) if digits > 65:  # noqa: PLR2004 - of the manual
            said, most, hint = f"{digits} digits", 65, "a decimal of fewer digits"
        case Decimal(scale=digits) if digits > 30:  # noqa: PLR2004 - of the manual
            said, most, hint = f"{digits} digits after the point", 30, "fewer of them"
        case _:
            return
    raise UnsupportedError(
        f'{title} takes at most {most}, and "{field.name}" has {said}',
        at=field.at,
        hint=f"make it {hint}",
    )


def bare(text: str) -> str:
    """A word that stands in SQL without quotes, as the name of an engine does."""
    if not text.isascii() or not text.replace("_", "").isalnum():
        raise UnsupportedError(f'"{text}" is not one word')
    return text


def check_name(name: str, title: str) -> None:
    """Refuse a name that the server would not take, or would cut."""
    if name.endswith(" ") or (not name.isascii() and max(name) > _LAST):
        raise UnsupportedError(
            f'{title} cannot call anything "{name}"',
            hint="let it not end in a blank, nor hold signs beyond U+FFFF",
        )


def default_words(made: ValueSQL, words: TypeSQL) -> ExpressionSQL:
    """A default as the column of a type takes it: what is no constant in parentheses.

    The moment of now stands bare, with as many digits as the column keeps; see
    https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html

    >>> default_words(ExpressionSQL("NOW()"), TypeSQL("DATETIME(6)"))
    'CURRENT_TIMESTAMP(6)'
    >>> default_words(ExpressionSQL("'a'"), TypeSQL("LONGTEXT"))
    "('a')"
    """
    clocked, now = _CLOCKED.fullmatch(words), _NOW.fullmatch(made)
    if clocked and now:
        digits = clocked[2] or ""
        if now[2] and clocked[1].upper() == "DATETIME":
            return ExpressionSQL(f"(UTC_TIMESTAMP{digits or '()'})")
        return ExpressionSQL(f"CURRENT_TIMESTAMP{digits}")
    if is_null(made) or (is_constant(made) and not is_document(words)):
        return ExpressionSQL(made)
    term = in_parentheses(made)
    return term if term.startswith("(") else ExpressionSQL(f"({term})")
