"""A dialect's type table read backwards: neutral types for a database's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import get_args

from mm_engine.model.types import (
    Char,
    Decimal,
    EnumOf,
    FieldType,
    Text,
    Varchar,
)

_NUMBER = re.compile(r"\\\{(length|precision|scale)\\\}")
_BY_WORD: Mapping[str, type[FieldType]] = {
    kind.yaml_name: kind for kind in get_args(FieldType)
}
_BUILT_FROM_OTHERS = (EnumOf.yaml_name, "array", "native")


def neutral_types(types: Mapping[str, str], words: str) -> tuple[FieldType, ...]:
    """The types that a table has these words for, the likeliest first.

    What has no number in it comes before what has: 36 characters are a UUID.

    >>> table = {"varchar": "VARCHAR({length})", "text": "TEXT", "json": "TEXT"}
    >>> neutral_types(table, "varchar(20)"), neutral_types(table, "TEXT")
    ((Varchar(20),), (Text(), Json()))
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
    return tuple(
        (word, _pattern(template))
        for word, template in (*plain, *numbered)
        if word not in _BUILT_FROM_OTHERS
    )


def _pattern(template: str) -> re.Pattern[str]:
    text = _NUMBER.sub(r"(?P<\1>\\d{1,9})", re.escape(template))
    return re.compile(text.replace(r",\ ", r",\ ?"), re.IGNORECASE)


def _is_possible(match: re.Match[str]) -> bool:
    """No text is of zero characters, and no number of zero digits."""
    return all(
        int(number) > 0 for name, number in match.groupdict().items() if name != "scale"
    )


def _made(word: str, numbers: Mapping[str, int]) -> FieldType | None:
    kind = _BY_WORD[word]
    if kind is Varchar or kind is Char:
        return kind(numbers["length"]) if "length" in numbers else None
    if kind is Decimal:
        return Decimal(**numbers) if "precision" in numbers else None
    if kind is Text:
        return Text(**numbers)
    return kind() if not numbers else None
