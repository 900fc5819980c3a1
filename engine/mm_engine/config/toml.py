"""Settings in a ``pyproject.toml``, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mm_engine.config.entries import Entry, Path_
from mm_engine.errors import ConfigError, Position

SECTION = ("tool", "makemigrations")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w.\s-])+?)\s*=""")
_HEADER = re.compile(r"\s*\[([^\[\]]+|.*\".*)\]\s*(?:#.*)?$")
_PLACE_OF_FAULT = re.compile(r" \(at line (\d+), column (\d+)\)$")


def toml_entries(path: Path, shown: str) -> tuple[Entry, ...] | None:
    """The settings of ``[tool.makemigrations]``; None where there is no such section.

    Raises ``ConfigError`` for a file that speaks of us and cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    if SECTION[-1] not in text:
        return None
    section: object = _document(text, shown)
    for word in SECTION:
        if not isinstance(section, Mapping) or word not in section:
            return None
        section = section[word]
    places = _places(text)
    if not isinstance(section, Mapping):
        raise ConfigError(
            "[tool.makemigrations] has to be a table",
            at=_position(SECTION, places, shown),
        )
    return tuple(_entries(section, SECTION, places, shown))


def _document(text: str, shown: str) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = _PLACE_OF_FAULT.search(str(fault))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise ConfigError(
            f"not valid TOML: {_PLACE_OF_FAULT.sub('', str(fault))}",
            at=Position(shown, line, column),
        ) from None


def _entries(
    section: Mapping[str, object],
    above: Path_,
    places: Mapping[Path_, tuple[int, int]],
    shown: str,
) -> Iterator[Entry]:
    for word, value in section.items():
        path = (*above, word)
        if isinstance(value, Mapping):
            yield from _entries(value, path, places, shown)
        else:
            at = _position(path, places, shown)
            yield Entry(path[len(SECTION) :], _plain(value), at)


def _plain(value: object) -> str | bool | tuple[str, ...] | None:
    """A value of TOML as settings hold it; None for what no setting can hold."""
    match value:
        case bool() | str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case _:
            return None


def _position(
    path: Path_, places: Mapping[Path_, tuple[int, int]], shown: str
) -> Position:
    """Where the key stands, or else what it stands in."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return Position(shown, *places[path[:length]])
    return Position(shown, 1, 1)


def _places(text: str) -> dict[Path_, tuple[int, int]]:
    """Line and column of every header and key; ``tomllib`` keeps none."""
    found: dict[Path_, tuple[int, int]] = {}
    above: Path_ = ()
    for number, line in enumerate(text.splitlines(), start=1):
        column = len(line) - len(line.lstrip()) + 1
        if header := _HEADER.match(line):
            above = _path(header[1])
            found.setdefault(above, (number, column))
        elif key := _KEY.match(line):
            found.setdefault((*above, *_path(key[1])), (number, column))
    return found


def _path(key: str) -> Path_:
    """The words of a dotted key, read by the reader of TOML itself."""
    import tomllib

    try:
        inner: object = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    words: list[str] = []
    while isinstance(inner, dict):
        [(word, inner)] = inner.items()
        words.append(word)
    return tuple(words)
