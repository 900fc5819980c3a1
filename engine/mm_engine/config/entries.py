"""What config files and the environment say, before it is known to be a setting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import attrs

from mm_engine.config.settings import (
    DATABASES,
    OF_A_DATABASE,
    SETTINGS,
    UNUSED,
    Kind,
    Setting,
    Value,
    named,
)
from mm_engine.errors import Position, Problem, nearest

Path_: TypeAlias = tuple[str, ...]
"""The words of a key, from the outermost section inwards."""

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


@attrs.frozen
class Entry:
    """One key of a config file with what stands there; None for what no key holds."""

    path: Path_
    value: Value
    at: Position

    @property
    def key(self) -> str:
        """The key as people say it."""
        return ".".join(self.path)


def entry_problem(entry: Entry) -> Problem | None:
    """What is wrong with a key that is no setting; None where it is one."""
    if named(entry.path) is not None or entry.key in UNUSED:
        return None
    return Problem(
        f'there is no setting "{entry.key}"', at=entry.at, hint=_likely(entry.path)
    )


def _likely(path: Path_) -> str | None:
    known = [setting.key for setting in SETTINGS]
    if len(path) > 1 and path[0] == DATABASES:
        known = [".".join((*path[:2], word)) for word in OF_A_DATABASE]
    hint = nearest(".".join(path), known)
    last = ".".join(path).rpartition(".")[2]
    same_end = [key for key in known if key.rpartition(".")[2] == last]
    return hint or (f'did you mean "{same_end[0]}"?' if same_end else None)


def unused(entries: Iterable[Entry]) -> tuple[Problem, ...]:
    """A finding for each key that the original had and nothing reads here."""
    return tuple(
        Problem(
            f'"{entry.key}" is a setting of older versions and has no effect',
            at=entry.at,
        )
        for entry in entries
        if entry.key in UNUSED
    )


def value_of(setting: Setting, written: Value) -> Value | Problem:
    """What is written as the setting holds it, or what is wrong with it."""
    match setting.kind, written:
        case Kind.TEXT, str() if written.strip() or setting.default is None:
            return written or None
        case Kind.TEXTS, tuple() if written or setting.default == ():
            return written
        case Kind.TEXTS, str() if written.strip():
            return (written,)
        case Kind.WORD, str() if written in setting.words:
            return written
        case Kind.WORD, _:
            words = " or ".join(setting.words)
            return Problem(f'"{setting.key}" has to be {words}')
        case Kind.FLAG, bool():
            return written
        case Kind.FLAG, str() if written.lower() in _WORDS:
            return _WORDS[written.lower()]
        case _:
            return Problem(f'"{setting.key}" has to be {_SHAPES[setting.kind]}')


_SHAPES = {
    Kind.TEXT: "a text",
    Kind.TEXTS: "a list of texts",
    Kind.FLAG: "true or false",
}
