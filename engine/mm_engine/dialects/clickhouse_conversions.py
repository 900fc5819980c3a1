"""How ClickHouse turns values of one type into another, and which it would spoil.

CAST rounds, cuts and wraps around without a word, and a day that no month has becomes
one of the next. So each change comes with the condition of the values that do not
survive it.
"""

from __future__ import annotations

from typing import assert_never

import attrs

from mm_engine.dialects.conversions import Kept, Kind
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL

_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL, Kind.DIGITS)
_EXACT = (Kind.DECIMAL, Kind.DIGITS)
_TEXTUAL = (Kind.TEXT, Kind.UUID, Kind.JSON, Kind.ARRAY, Kind.ENUM)
_TRUE = "('1', 't', 'true', 'y', 'yes', 'on')"
_FALSE = "('0', 'f', 'false', 'n', 'no', 'off')"
_MOMENT = "DateTime64(6, \\'UTC\\')"
_WIDEST = "Decimal(76, 38)"
_HOURS = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"


@attrs.frozen
class Conversion:
    """The SQL of the new value, and the condition of old values that do not survive."""

    value: ExpressionSQL
    misfit: ExpressionSQL | None = None


def conversion(x: str, old: Kept, new: Kept, words: TypeSQL) -> Conversion | None:
    """How a value is turned; None where nobody could say without being told.

    >>> conversion("`a`", Kept(Kind.REAL), Kept(Kind.WHOLE), TypeSQL("Int32")).misfit
    "accurateCastOrNull(`a`, 'Int32') IS NULL"
    """
    if old.kind is Kind.OWN or new.kind is Kind.OWN:
        return _made(x)
    match new.kind:
        case Kind.TEXT:
            return _to_text(x, old)
        case Kind.WHOLE:
            return _to_whole(x, old, words)
        case Kind.REAL:
            return _to_real(x, old, words)
        case Kind.DECIMAL | Kind.DIGITS:
            return _to_decimal(x, old, new, words)
        case Kind.TRUTH:
            return _to_truth(x, old)
        case Kind.DATE | Kind.TIME | Kind.MOMENT:
            return _to_timed(x, old, new)
        case Kind.UUID | Kind.JSON | Kind.ENUM:
            return _to_word(x, old, new)
        case Kind.ARRAY:
            return _to_array(x, old, words)
        case Kind.BYTES:
            return _made(x) if old.kind is Kind.BYTES else None
        case _:
            assert_never(new.kind)


def is_list(words: TypeSQL) -> bool:
    """Whether a type is one of lists, which are never null."""
    return words.startswith("Array(")


def mapped_list(x: str, words: TypeSQL) -> Conversion:
    """How a list is turned whose type the schema has other words for now."""
    if is_list(words):
        return _made(f"CAST(ifNull(toString({x}), '[]') AS {words})")
    return _made(f"toString({x})")


def _made(value: str, misfit: str | None = None) -> Conversion:
    return Conversion(ExpressionSQL(value), ExpressionSQL(misfit) if misfit else None)


def _cast(x: str, words: str) -> str:
    return f"accurateCastOrNull({x}, '{words}')"


def _to_text(x: str, old: Kept) -> Conversion | None:
    match old.kind:
        case Kind.BYTES:
            return None
        case Kind.DECIMAL | Kind.DIGITS:
            return _made(f"toDecimalString({x}, {old.scale})")
        case Kind.MOMENT:
            # All six digits of the second are written out, whatever is in them.
            return _made(f"replaceRegexpOne(toString({x}), '[.]?0+$', '')")
        case Kind.ARRAY:
            return _made(f"toJSONString({x})")
        case _:
            return _made(f"toString({x})")


def _to_whole(x: str, old: Kept, words: str) -> Conversion | None:
    gone = f"{_cast(x, words)} IS NULL"
    match old.kind:
        case Kind.TRUTH:
            return _made(x)
        case Kind.WHOLE | Kind.REAL | Kind.TEXT:
            return _made(_cast(x, words), gone)
        case Kind.DECIMAL | Kind.DIGITS:
            return _made(_cast(x, words), f"{gone} OR {x} <> trunc({x})")
        case _:
            return None


def _to_real(x: str, old: Kept, words: str) -> Conversion | None:
    match old.kind:
        case Kind.WHOLE | Kind.REAL | Kind.TEXT:
            return _made(_cast(x, words), f"{_cast(x, words)} IS NULL")
        case Kind.DECIMAL | Kind.DIGITS | Kind.TRUTH:
            return _made(x)
        case _:
            return None


def _to_decimal(x: str, old: Kept, new: Kept, words: str) -> Conversion | None:
    cast = _cast(x, words)
    if old.kind is Kind.TRUTH:
        return _made(x)
    if old.kind not in (*_NUMBERS, Kind.TEXT):
        return None
    whole = new.precision - new.scale
    fits = new.scale >= old.scale and whole >= old.precision - old.scale
    if old.kind in _EXACT and fits:
        return _made(x)
    exact = x if old.kind in _NUMBERS else _cast(x, _WIDEST)
    return _made(
        cast,
        f"{cast} IS NULL OR {cast} <> {exact} OR abs({cast}) >= {10**whole}",
    )


def _to_truth(x: str, old: Kept) -> Conversion | None:
    if old.kind is Kind.TRUTH:
        return _made(x)
    if old.kind in _NUMBERS:
        return _made(f"{x} <> 0", f"{x} NOT IN (0, 1)")
    if old.kind is Kind.TEXT:
        word = f"lower({x})"
        return _made(
            f"{word} IN {_TRUE}", f"{word} NOT IN {_TRUE} AND {word} NOT IN {_FALSE}"
        )
    return None


def _to_timed(x: str, old: Kept, new: Kept) -> Conversion | None:
    match old.kind, new.kind:
        case a, b if a is b:
            return _made(x)
        case Kind.DATE, Kind.MOMENT:
            return _made(_cast(f"toString({x})", _MOMENT))
        case Kind.MOMENT, Kind.DATE:
            return _made(
                f"toDate32({x})", f"toTime64({x}, 6) <> toTime64('00:00:00', 6)"
            )
        case Kind.TEXT, Kind.TIME:
            return _made(x, f"NOT match({x}, '^{_HOURS}$')")
        case Kind.TEXT, Kind.DATE:
            cast = _cast(x, "Date32")
            return _made(cast, f"{cast} IS NULL OR toString({cast}) <> {x}")
        case Kind.TEXT, Kind.MOMENT:
            cast = _cast(f"replaceOne({x}, 'T', ' ')", _MOMENT)
            day = f"substring(toString({cast}), 1, 10) <> substring({x}, 1, 10)"
            return _made(cast, f"{cast} IS NULL OR {day}")
        case _:
            return None


def _to_word(x: str, old: Kept, new: Kept) -> Conversion | None:
    if old.kind not in _TEXTUAL:
        return None
    if old.kind is new.kind and new.kind is not Kind.ENUM:
        return _made(x)
    text = f"toJSONString({x})" if old.kind is Kind.ARRAY else f"toString({x})"
    if new.kind is Kind.UUID:
        return _made(_cast(text, "UUID"), f"{_cast(text, 'UUID')} IS NULL")
    if new.kind is Kind.JSON:
        return _made(text, f"NOT isValidJSON({text})")
    escaped = (w.replace("\\", "\\\\").replace("'", "''") for w in new.allowed)
    allowed = ", ".join(f"'{word}'" for word in escaped)
    return _made(text, f"{text} NOT IN ({allowed})")


def _to_array(x: str, old: Kept, words: str) -> Conversion | None:
    """A list out of a document; null becomes the empty one."""
    if old.kind is Kind.ARRAY:
        return _made(x)
    if old.kind not in _TEXTUAL:
        return None
    text = f"ifNull(toString({x}), '[]')"
    inside = words.replace("\\", "\\\\").replace("'", "\\'")
    is_list = f"isValidJSON({text}) AND JSONType({text}) = 'Array'"
    return _made(f"JSONExtract({text}, '{inside}')", f"NOT ({is_list})")
