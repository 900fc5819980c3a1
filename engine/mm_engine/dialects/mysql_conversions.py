"""How MySQL turns values of one type into another, and which it would spoil unsaid.

MODIFY turns them by itself and refuses most of what does not fit, but it rounds
numbers, cuts times off days, and knows no truth but 0 and 1.
"""

from __future__ import annotations

from typing import assert_never

import attrs

from mm_engine.dialects.conversions import Kept, Kind
from mm_engine.dialects.sql import ExpressionSQL, Identifier

_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL, Kind.DIGITS)
_TEXTUAL = (Kind.TEXT, Kind.UUID, Kind.JSON, Kind.ARRAY, Kind.ENUM)
_TRUE = "('1', 't', 'true', 'y', 'yes', 'on')"
_FALSE = "('0', 'f', 'false', 'n', 'no', 'off')"
_WHOLE = "^ *[+-]?[0-9]+ *$"
_NUMBER = "^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *$"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOURS = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_FORMS = {
    Kind.DATE: (f"^{_DAY}$", "DATE"),
    Kind.TIME: (f"^{_HOURS}$", "TIME(6)"),
    Kind.MOMENT: (f"^{_DAY}([ T]{_HOURS})?$", "DATETIME(6)"),
}
_UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


@attrs.frozen
class Conversion:
    """What MODIFY needs around it.

    ``misfit`` is the condition of old values that would be spoiled; ``before`` is what
    they are written as first, ``after`` what they are written as at the end.
    """

    misfit: ExpressionSQL | None = None
    before: ExpressionSQL | None = None
    after: ExpressionSQL | None = None


def conversion(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    """How values are turned; None where nobody could say without being told.

    >>> conversion(Identifier("`a`"), Kept(Kind.REAL), Kept(Kind.WHOLE)).misfit
    '`a` <> ROUND(`a`)'
    """
    if old.kind is Kind.OWN:
        return Conversion()
    match new.kind:
        case Kind.OWN:
            return Conversion()
        case Kind.TEXT:
            return _to_text(x, old)
        case Kind.WHOLE:
            rounded = None if old.kind is Kind.WHOLE else f"ROUND({x})"
            return _to_number(x, old, rounded, _WHOLE)
        case Kind.REAL:
            return _to_number(x, old, None, _NUMBER)
        case Kind.DECIMAL | Kind.DIGITS:
            exact = old.kind in (Kind.WHOLE, Kind.DECIMAL) and old.scale <= new.scale
            rounded = None if exact else f"ROUND({x}, {new.scale})"
            return _to_number(x, old, rounded, _NUMBER)
        case Kind.TRUTH:
            return _to_truth(x, old)
        case Kind.DATE | Kind.TIME | Kind.MOMENT:
            return _to_timed(x, old, new)
        case Kind.UUID | Kind.JSON | Kind.ARRAY | Kind.ENUM:
            return _to_word(x, old, new)
        case Kind.BYTES:
            return Conversion() if old.kind is Kind.BYTES else None
        case _:
            assert_never(new.kind)


def _made(
    misfit: str | None = None, before: str | None = None, after: str | None = None
) -> Conversion:
    texts = (ExpressionSQL(text) if text else None for text in (misfit, before, after))
    return Conversion(*texts)


def _to_text(x: Identifier, old: Kept) -> Conversion | None:
    if old.kind is Kind.BYTES:
        return None
    if old.kind is Kind.TRUTH:
        return _made(
            after=f"CASE {x} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE {x} END"
        )
    if old.kind in (Kind.TIME, Kind.MOMENT):
        # All six digits of the second are written out, whatever is in them.
        bare = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {x}))"
        return _made(after=f"IF({x} LIKE '%.%', {bare}, {x})")
    return Conversion()


def _to_number(
    x: Identifier, old: Kept, rounded: str | None, form: str
) -> Conversion | None:
    match old.kind:
        case Kind.TRUTH:
            return Conversion()
        case Kind.WHOLE | Kind.REAL | Kind.DECIMAL | Kind.DIGITS:
            return _made(f"{x} <> {rounded}" if rounded else None)
        case Kind.TEXT:
            odd = f"{x} NOT REGEXP '{form}'"
            return _made(f"{odd} OR {x} <> {rounded}" if rounded else odd)
        case _:
            return None


def _to_truth(x: Identifier, old: Kept) -> Conversion | None:
    if old.kind is Kind.TRUTH:
        return Conversion()
    if old.kind in _NUMBERS:
        return _made(f"{x} NOT IN (0, 1)")
    if old.kind is Kind.TEXT:
        word = f"LOWER({x})"
        return _made(
            f"{word} NOT IN {_TRUE} AND {word} NOT IN {_FALSE}",
            before=f"CASE WHEN {word} IN {_TRUE} THEN '1'"
            f" WHEN {word} IN {_FALSE} THEN '0' END",
        )
    return None


def _to_timed(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    match old.kind, new.kind:
        case a, b if a is b:
            return Conversion()
        case Kind.DATE, Kind.MOMENT:
            return Conversion()
        case Kind.MOMENT, Kind.DATE:
            return _made(f"{x} <> DATE({x})")
        case Kind.TEXT, _:
            form, words = _FORMS[new.kind]
            return _made(f"{x} NOT REGEXP '{form}' OR CAST({x} AS {words}) IS NULL")
        case _:
            return None


def _to_word(x: Identifier, old: Kept, new: Kept) -> Conversion | None:
    if old.kind not in _TEXTUAL:
        return None
    if new.kind is Kind.UUID and old.kind is not Kind.UUID:
        return _made(f"{x} NOT REGEXP '{_UUID}'")
    if new.kind is Kind.JSON and old.kind not in (Kind.JSON, Kind.ARRAY):
        return _made(f"NOT JSON_VALID({x})")
    if new.kind is Kind.ARRAY and old.kind is not Kind.ARRAY:
        return _made(f"IF(JSON_VALID({x}), JSON_TYPE({x}) <> 'ARRAY', 1)")
    return Conversion()
