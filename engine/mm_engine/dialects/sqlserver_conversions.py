"""How SQL Server turns values of one type into another, and which it would spoil.

ALTER COLUMN turns what it can by itself, and refuses texts that are too long and
numbers that are too great; but it rounds, cuts times off days and zones off moments,
and reads a text as whatever the language of the session makes of it.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

import attrs

from mm_engine.dialects.conversions import Kept, Kind, kept
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL
from mm_engine.model.types import Char, FieldType, TimestampTZ

_NUMBERS = (Kind.WHOLE, Kind.REAL, Kind.DECIMAL, Kind.DIGITS)
_TRUE = "(N'1', N't', N'true', N'y', N'yes', N'on')"
_FALSE = "(N'0', N'f', N'false', N'n', N'no', N'off')"
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_FORMS = {
    Kind.DATE: f"N'{_DAY}'",
    Kind.TIME: "N'[0-9][0-9]:[0-9][0-9]%'",
    Kind.MOMENT: f"N'{_DAY}%'",
}
_DIGITS = 38
_LETTERS_OF_A_UUID = 36


@attrs.frozen
class Side:
    """A type as one side of a change: how it lies, its words, and what it is."""

    kept: Kept
    words: TypeSQL
    type: FieldType

    @property
    def kind(self) -> Kind:
        """What it has in common with others."""
        return self.kept.kind

    @property
    def is_zoned(self) -> bool:
        """Whether a moment says its zone."""
        return isinstance(self.type, TimestampTZ)


@attrs.frozen
class Conversion:
    """The SQL of the new value; none where ALTER COLUMN finds it by itself.

    ``misfit`` is the condition of old values that would be spoiled.
    """

    value: ExpressionSQL | None = None
    misfit: ExpressionSQL | None = None


Found: TypeAlias = Conversion | None
"""How values are turned; None where nobody could say without being told."""


def side(
    type_: FieldType, words: TypeSQL, allowed: tuple[str, ...], *, is_mapped: bool
) -> Side:
    """A type as one side; of the user's own words nothing is known."""
    lies = Kept(Kind.OWN) if is_mapped else kept(type_, as_text=False, allowed=allowed)
    return Side(lies, words, type_)


def conversion(x: str, old: Side, new: Side) -> Found:
    """How values are turned; None where nobody could say without being told."""
    if Kind.OWN in (old.kind, new.kind) and Kind.BYTES in (old.kind, new.kind):
        return _made(f"CAST({x} AS {new.words})")  # no text becomes bytes unsaid
    if old.kind is Kind.OWN:
        return Conversion()
    match new.kind:
        case Kind.OWN:
            return Conversion()
        case Kind.TEXT:
            return _to_text(x, old)
        case Kind.WHOLE | Kind.REAL | Kind.DECIMAL | Kind.DIGITS:
            return _to_number(x, old, new)
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


def _made(value: str | None, misfit: str | None = None) -> Conversion:
    texts = (ExpressionSQL(text) if text else None for text in (value, misfit))
    return Conversion(*texts)


def _to_text(x: str, old: Side) -> Found:
    match old.kind:
        case Kind.BYTES:
            return None
        case Kind.TEXT if isinstance(old.type, Char):
            return _made(f"RTRIM({x})")  # or its blanks would be letters
        case Kind.TRUTH:
            return _made(f"CASE {x} WHEN 1 THEN N'true' WHEN 0 THEN N'false' END")
        case Kind.REAL:
            # Six digits are written unless more are asked for.
            plain = f"CONVERT(NVARCHAR(50), {x})"
            whole = f"CONVERT(NVARCHAR(50), {x}, 3)"
            return _made(
                f"CASE WHEN CAST({plain} AS {old.words}) = {x}"
                f" THEN {plain} ELSE {whole} END"
            )
        case Kind.UUID:
            return _made(f"LOWER(CONVERT(NVARCHAR({_LETTERS_OF_A_UUID}), {x}))")
        case Kind.DATE:
            return _made(f"CONVERT(NVARCHAR(10), {x}, 23)")
        case Kind.TIME:
            return _made(f"CONVERT(NVARCHAR(15), {x}, 114)")
        case Kind.MOMENT:
            value = f"SWITCHOFFSET({x}, '+00:00')" if old.is_zoned else x
            return _made(f"CONVERT(NVARCHAR(40), {value}, 121)")
        case _:
            return Conversion()


def _to_number(x: str, old: Side, new: Side) -> Found:
    cast = f"CAST({x} AS {new.words})"
    match old.kind, new.kind:
        case Kind.TRUTH, _:
            return _made(cast)
        case Kind.WHOLE, Kind.WHOLE:
            return Conversion()
        case Kind.DECIMAL, Kind.DECIMAL if old.kept.scale <= new.kept.scale:
            return Conversion()
        case Kind.WHOLE, Kind.DECIMAL:
            return Conversion()
        case ((Kind.WHOLE | Kind.REAL | Kind.DECIMAL), _):
            return _made(cast, f"CAST({cast} AS {old.words}) <> {x}")
        case Kind.TEXT, _:
            return _made(cast, _no_number(x, new))
        case _:
            return None


def _no_number(x: str, new: Side) -> str:
    """An empty text would be zero, and digits too many would be rounded."""
    odd = f"LTRIM({x}) = N'' OR TRY_CAST({x} AS {new.words}) IS NULL"
    if new.kind is not Kind.DECIMAL:
        return odd
    scale = _DIGITS - new.kept.precision + new.kept.scale
    longest = f"TRY_CAST({x} AS DECIMAL({_DIGITS}, {scale}))"
    return f"{odd} OR {longest} <> TRY_CAST({x} AS {new.words})"


def _to_truth(x: str, old: Side) -> Found:
    if old.kind is Kind.TRUTH:
        return Conversion()
    if old.kind in _NUMBERS:
        return _made(f"CAST({x} AS BIT)", f"{x} NOT IN (0, 1)")
    if old.kind is not Kind.TEXT:
        return None
    word = f"LOWER({x})"
    return _made(
        f"CASE WHEN {word} IN {_TRUE} THEN 1 WHEN {word} IN {_FALSE} THEN 0 END",
        f"{word} NOT IN {_TRUE} AND {word} NOT IN {_FALSE}",
    )


def _to_timed(x: str, old: Side, new: Side) -> Found:
    utc = f"SWITCHOFFSET({x}, '+00:00')" if old.is_zoned else x
    cast = f"CAST({utc} AS {new.words})"
    match old.kind, new.kind:
        case Kind.MOMENT, Kind.MOMENT:
            return Conversion() if old.is_zoned is new.is_zoned else _made(cast)
        case a, b if a is b:
            return Conversion()
        case Kind.DATE, Kind.MOMENT:
            return _made(cast)
        case Kind.MOMENT, Kind.DATE:
            plain = f"CAST({utc} AS DATETIME2(6))"
            return _made(cast, f"{plain} <> CAST({cast} AS DATETIME2(6))")
        case Kind.TEXT, _:
            form = _FORMS[new.kind]
            odd = f"{x} NOT LIKE {form} OR TRY_CAST({x} AS {new.words}) IS NULL"
            return _made(f"CAST({x} AS {new.words})", odd)
        case _:
            return None


def _to_word(x: str, old: Side, new: Side) -> Found:
    match old.kind, new.kind:
        case Kind.UUID, Kind.UUID:
            return Conversion()
        case Kind.TEXT, Kind.UUID:
            odd = f"LEN({x}) <> {_LETTERS_OF_A_UUID}"
            cast = f"CAST({x} AS {new.words})"
            return _made(cast, f"{odd} OR TRY_{cast} IS NULL")
        case Kind.TEXT, Kind.JSON:
            return _made(None, f"ISJSON({x}) = 0")
        case ((Kind.TEXT | Kind.JSON), Kind.ARRAY):
            return _made(None, f"ISJSON({x}) = 0 OR LEFT(LTRIM({x}), 1) <> N'['")
        case ((Kind.JSON | Kind.ARRAY), (Kind.JSON | Kind.ARRAY)):
            return Conversion()
        case ((Kind.TEXT | Kind.ENUM), Kind.ENUM):
            # What is no word of it the check refuses; what is too long, ALTER COLUMN.
            return _made(f"RTRIM({x})") if isinstance(old.type, Char) else Conversion()
        case _:
            return None
