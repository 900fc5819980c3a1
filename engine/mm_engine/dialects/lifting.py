"""A dialect's type table read backwards: neutral types for a database's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from mm_engine.model.types import (
    SIMPLE_TYPES,
    Char,
    Decimal,
    FieldType,
    Varchar,
)

_NUMBER = re.compile(r"\\\{(length|precision|scale)\\\}")
_SIMPLE: Mapping[str, FieldType] = {
    type_.yaml_name: type_()  # type: ignore[misc]  # none of them is the base
    for type_ in SIMPLE_TYPES
}


def neutral_types(types: Mapping[str, str], words: str) -> tuple[FieldType, ...]:
    """The types that a table has these words for, the likeliest first.

    What has no number in it comes before what has: 36 characters are a UUID.

    >>> table = {"varchar": "VARCHAR({length})", "time": "TIME", "json": "TIME"}
    >>> neutral_types(table, "varchar(20)"), neutral_types(table, "TIME")
    ((Varchar(length=20),), (Time(), Json()))
    """
    found = [
        _made(word, {name: int(number) for name, number in match.groupdict().items()})
        for word, pattern in _patterns(tuple(types.items()))
        if (match := pattern.fullmatch(words)) and _is_possible(match)
    ]
    return tuple(type_ for type_ in found if type_ is not None)


@cache
def _patterns(
    types: tuple[tuple[str, str], ...],
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    plain = [item for item in types if "{" not in item[1]]
    numbered = [item for item in types if "{" in item[1]]
    return tuple((word, _pattern(template)) for word, template in (*plain, *numbered))


def _pattern(template: str) -> re.Pattern[str]:
    text = _NUMBER.sub(r"(?P<\1>\\d{1,9})", re.escape(template))
    return re.compile(text.replace(r",\ ", r",\ ?"), re.IGNORECASE)


def _is_possible(match: re.Match[str]) -> bool:
    """No text is of zero characters, and no number of zero digits."""
    return all(
        int(number) > 0 for name, number in match.groupdict().items() if name != "scale"
    )


def _made(word: str, numbers: Mapping[str, int]) -> FieldType | None:
    """The type of that word and these numbers, if it takes them."""
    match word, numbers:
        case "varchar", {"length": length}:
            return Varchar(length)
        case "char", {"length": length}:
            return Char(length)
        case "decimal", {"precision": precision, **rest}:
            return Decimal(precision, rest.get("scale", 0))
        case _ if not numbers:
            return _SIMPLE.get(word)
        case _:
            return None
