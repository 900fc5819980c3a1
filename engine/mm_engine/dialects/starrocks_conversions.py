"""How StarRocks turns values of one type into another, and which it would bend unsaid.

A CAST that fails gives NULL, so what does not survive can be asked for beforehand.
"""

from __future__ import annotations

import attrs

from mm_engine.dialects.conversions import Kept, Kind
from mm_engine.dialects.sql import ExpressionSQL, Identifier
from mm_engine.dialects.starrocks_types import shrinks

_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL, Kind.DIGITS)
_TEXTUAL = (Kind.TEXT, Kind.UUID, Kind.TIME)
_DOCUMENTS = (Kind.JSON, Kind.ARRAY)
_FORMS = {
    Kind.WHOLE: "^ *[+-]?[0-9]+ *$",
    Kind.UUID: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    Kind.TIME: "^[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$",
    Kind.TRUTH: "^(true|false|0|1)$",
}


@attrs.frozen
class Turned:
    """The SQL of the new value, and the condition of old values that would be bent."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


def turned(x: Identifier, old: Kept, new: Kept, was: str, words: str) -> Turned | None:
    """How a value of one type, ``was``, becomes one of ``words``.

    None where nobody could say without being told.

    >>> sides = Kept(Kind.REAL), Kept(Kind.WHOLE), "DOUBLE", "INT"
    >>> turned(Identifier("`a`"), *sides).misfit
    'CAST(`a` AS INT) IS NULL OR CAST(CAST(`a` AS INT) AS DOUBLE) <> `a`'
    """
    cast = f"CAST({x} AS {words})"
    there_and_back = f"{cast} IS NULL OR CAST({cast} AS {was}) <> {x}"
    match old.kind, new.kind:
        case (Kind.BYTES, Kind.BYTES) | (Kind.JSON | Kind.ARRAY, Kind.JSON):
            return _made(x)
        case (Kind.BYTES, _) | (_, Kind.BYTES):
            return None
        case Kind.TRUTH, Kind.TEXT:
            return _made(f"CASE WHEN {x} THEN 'true' WHEN NOT {x} THEN 'false' END")
        case Kind.JSON | Kind.ARRAY, Kind.TEXT:
            return _made(f"JSON_STRING({x})")
        case a, b if a in _TEXTUAL and b in _TEXTUAL:
            return _text(x, new, was, words)
        case a, Kind.TEXT if a not in _DOCUMENTS:
            size = shrinks("", words)
            return _made(cast, f"LENGTH({cast}) > {size}" if size else None)
        case Kind.TEXT, b if b in _DOCUMENTS:
            return _made(f"PARSE_JSON({x})", f"PARSE_JSON({x}) IS NULL")
        case Kind.TEXT, b:
            form = _FORMS.get(b)
            misfit = f"{cast} IS NULL"
            if form:
                misfit = f"LOWER({x}) NOT REGEXP '{form}' OR {misfit}"
            return _made(cast, misfit)
        case a, b if a in _NUMBERS and b in (*_NUMBERS, Kind.TRUTH):
            return _made(cast, there_and_back)
        case Kind.TRUTH, b if b in _NUMBERS:
            return _made(cast)
        case a, b if {a, b} <= {Kind.DATE, Kind.MOMENT}:
            return _made(cast, there_and_back)
        case a, b if Kind.OWN in (a, b):
            return _made(cast, f"{cast} IS NULL")
        case _:
            return None


def _text(x: Identifier, new: Kept, was: str, words: str) -> Turned:
    odd = []
    if form := _FORMS.get(new.kind):
        odd.append(f"{x} NOT REGEXP '{form}'")
    if (size := shrinks(was, words)) is not None:
        odd.append(f"LENGTH({x}) > {size}")
    return _made(x, " OR ".join(odd) or None)


def _made(value: str, misfit: str | None = None) -> Turned:
    bent = ExpressionSQL(misfit) if misfit else None
    return Turned(ExpressionSQL(value), bent)
