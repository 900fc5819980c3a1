"""Plain values as Python writes them: texts, numbers, moments.

What stands here is what ruff and black would write, so that neither changes a file.
"""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
import zoneinfo
from collections.abc import Iterable, Iterator

from mm_engine.errors import MigrationFileError
from mm_engine.migrations.layout import Piece, call

MODULES = {
    "dt": "import datetime as dt",
    "decimal": "import decimal",
    "uuid": "import uuid",
    "zoneinfo": "import zoneinfo",
}
"""What a literal needs, by the name that it starts with, in the order of imports."""

_UTC = "dt.UTC"


def literal(value: object) -> Piece:
    """The expression that gives this value; subclasses are written as their base.

    >>> literal(1e16), literal("USD"), literal(None)
    ('1e16', '"USD"', 'None')
    """
    match value:
        case None | bool():
            return repr(value)
        case int():
            return int.__repr__(value)
        case float():
            return _float(value)
        case str():
            return text_literal(str.__str__(value))
        case bytes():
            return "b" + _in_quotes(repr(b"'\"" + value)[5:-1])
        case decimal.Decimal():
            return call("decimal.Decimal", [("", f'"{value}"')])
        case uuid.UUID():
            return call("uuid.UUID", [("", f'"{value}"')])
        case dt.datetime() | dt.date() | dt.time():
            return _moment(value)
        case _:
            raise MigrationFileError(
                f"a migration file cannot hold {value!r}"
                f" ({type(value).__module__}.{type(value).__qualname__})",
                hint="give a text, a number, bytes, a date, a time or a UUID",
            )


def modules(piece: Piece) -> tuple[str, ...]:
    """The keys of ``MODULES`` that an expression needs.

    >>> modules(literal(dt.time(1, 2, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))))
    ('dt', 'zoneinfo')
    """
    if isinstance(piece, str):
        return ("dt",) if piece == _UTC else ()
    own = piece.opening.partition(".")[0]
    needed = [own, *(name for _, part in piece.parts for name in modules(part))]
    return tuple(name for name in dict.fromkeys(needed) if name in MODULES)


def text_literal(text: str) -> str:
    r"""A text on one line, in the quotes that need fewer escapes, double by choice.

    >>> print(text_literal('say "hi"\n'))
    'say "hi"\n'
    """
    return _in_quotes(repr(f"'\"{text}")[4:-1])


def block_literal(text: str) -> str | None:
    r"""A text of several lines as it reads, in triple quotes; None where that fails.

    It fails where an editor or Python itself would change the text: blanks at the end
    of a line, carriage returns, backslashes, characters that cannot be seen.

    >>> block_literal("one line"), block_literal("SELECT 1\nFROM x\n").splitlines()[1]
    (None, 'SELECT 1')
    """
    lines = text.split("\n")
    if len(text.strip("\n").split("\n")) == 1 or not all(map(_is_plain, lines)):
        return None
    if text.endswith('"') or any(line != line.rstrip() for line in lines[:-1]):
        return None
    start = "" if text.startswith("\n") else "\\\n"
    return f'"""{start}{text}"""'


def _is_plain(line: str) -> bool:
    clean = line.replace("\t", " ")
    return clean.isprintable() and "\\" not in clean and '"""' not in clean


def _in_quotes(escaped: str) -> str:
    """What ``repr`` wrote between single quotes, in the quotes that suit it best."""
    plain = escaped.replace("\\'", "'")
    if plain.count('"') > plain.count("'"):
        return "'" + plain.replace("'", "\\'") + "'"
    return '"' + plain.replace('"', '\\"') + '"'


def _float(value: float) -> str:
    if not math.isfinite(value):
        return f'float("{float.__repr__(value)}")'
    return float.__repr__(value).replace("e+", "e")


def _moment(value: dt.datetime | dt.date | dt.time) -> Piece:
    match value:
        case dt.datetime():
            numbers = [value.year, value.month, value.day, *_clock(value)]
            return call("dt.datetime", [*_plain(numbers), *_zone(value)])
        case dt.date():
            return call("dt.date", _plain([value.year, value.month, value.day]))
        case dt.time():
            return call("dt.time", [*_plain(_clock(value)), *_zone(value)])


def _plain(numbers: Iterable[int]) -> list[tuple[str, Piece]]:
    return [("", str(number)) for number in numbers]


def _clock(value: dt.datetime | dt.time) -> list[int]:
    """Hours and minutes, and what follows them down to the last that is not zero."""
    rest = [value.second, value.microsecond]
    while rest and rest[-1] == 0:
        rest.pop()
    return [value.hour, value.minute, *rest]


def _zone(value: dt.datetime | dt.time) -> Iterator[tuple[str, Piece]]:
    if value.tzinfo is not None:
        yield "tzinfo=", _tzinfo(value.tzinfo)
    if value.fold:
        yield "fold=", "1"


def _tzinfo(zone: dt.tzinfo) -> Piece:
    if zone is dt.UTC:
        return _UTC
    if isinstance(zone, zoneinfo.ZoneInfo) and zone.key:
        return call("zoneinfo.ZoneInfo", [("", text_literal(zone.key))])
    if isinstance(zone, dt.timezone):
        offset = zone.utcoffset(None)
        named = str(zone) != str(dt.timezone(offset))
        name = [("", text_literal(str(zone)))] if named else []
        return call("dt.timezone", [("", _timedelta(offset)), *name])
    raise MigrationFileError(
        f"a migration file cannot hold the time zone {zone!r}",
        hint="use dt.UTC, a zoneinfo.ZoneInfo, or dt.timezone with an offset",
    )


def _timedelta(offset: dt.timedelta) -> Piece:
    parts = {
        "days=": offset.days,
        "seconds=": offset.seconds,
        "microseconds=": offset.microseconds,
    }
    return call(
        "dt.timedelta",
        [(name, str(number)) for name, number in parts.items() if number],
    )
