"""Plain values as YAML text, laid out as a person would: quotes only where needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from mm_engine.schemafile.nodes import NO_VALUE

WIDTH = 80
"""Lists and mappings that fit into such a line stand in one where they may."""

_KEY_AT_MOST = 500  # YAML 1.1 (7.4.2) wants short keys; libyaml stops at 1,024
_PLAIN = re.compile(r"(?:-?[^\W_]|[_/$(=+.;^])(?:.*\S)?")
_PLAIN_IN_FLOW = re.compile(r"-?[\w.$]+(?:[ /.$()=+-]*[\w.$()]+)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@attrs.frozen
class Tagged:
    """A text with a tag before it."""

    tag: str
    text: str


@attrs.frozen
class Inline:
    """A list or mapping that goes into one line if it fits."""

    value: Sequence[Value] | Mapping[str, Value]


Value: TypeAlias = (
    "str | int | bool | Tagged | Inline | Sequence[Value] | Mapping[str, Value]"
)


Plain: TypeAlias = "str | int | bool | Sequence[Plain] | Mapping[str, Plain]"
"""The same without anything that only matters to YAML."""


def plain(value: Value) -> Plain:
    """A value without its layout; a tag stays before its text.

    >>> plain({"fields": Inline(["a", "b"]), "default": Tagged("!symbol", "now")})
    {'fields': ['a', 'b'], 'default': '!symbol now'}
    """
    match value:
        case Tagged():
            return f"{value.tag} {value.text}"
        case Inline():
            return plain(value.value)
        case str() | int():
            return value
        case Mapping():
            return {key: plain(entry) for key, entry in value.items()}
        case _:
            return [plain(entry) for entry in value]


def yaml_text(sections: Mapping[str, Value]) -> str:
    """A document of these sections, blank lines between them and what they list."""
    blocks = [list(_section(name, value)) for name, value in sections.items()]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def _section(name: str, value: Value) -> Iterator[str]:
    if not value or isinstance(value, str) or not isinstance(value, Sequence):
        yield from _entry(name, value, 0)
        return
    yield f"{scalar(name)}:"
    for number, item in enumerate(value):
        if number:
            yield ""
        yield from _item(item, 2)


def scalar(text: str, *, in_flow: bool = False) -> str:
    """A text on one line, plain if YAML lets it be.

    >>> scalar("007"), scalar("null"), scalar("a: b"), scalar("it's, so", in_flow=True)
    ('007', "'null'", "'a: b'", "'it''s, so'")
    """
    plain = _PLAIN_IN_FLOW if in_flow else _PLAIN
    if not text.isprintable():
        return '"{}"'.format("".join(map(_escaped, text)))
    if (
        plain.fullmatch(text)
        and text not in NO_VALUE
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
    ):
        return text
    return "'{}'".format(text.replace("'", "''"))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    if number <= 0xFF:  # noqa: PLR2004  # what \x can say
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004


def _entry(key: str, value: Value, indent: int) -> Iterator[str]:
    """The lines of one key and its value."""
    name, before = scalar(key), " " * indent
    if len(name) > _KEY_AT_MOST:
        yield f"{before}? {name}"
        name = ""
    inline = _inline(value, indent + len(name) + 2)
    if inline is not None:
        yield f"{before}{name}: {inline}"
    else:
        yield f"{before}{name}:{_indicator(value)}"
        yield from _block(value, indent + 2)


def _item(item: Value, indent: int) -> Iterator[str]:
    """The lines of an entry of a list."""
    before = " " * indent
    inline = _inline(item, indent + 2)
    if inline is not None:
        yield f"{before}- {inline}"
    elif isinstance(item, str):
        yield f"{before}-{_indicator(item)}"
        yield from _block(item, indent + 2)
    else:
        for number, line in enumerate(_block(item, indent + 2)):
            yield line if number else f"{before}- {line[indent + 2 :]}"


def _block(value: Value, indent: int) -> Iterator[str]:
    """The lines below a key or a dash."""
    if isinstance(value, Inline):
        value = value.value
    if isinstance(value, str):
        for line in value.removesuffix("\n").split("\n"):
            yield f"{' ' * indent}{line}" if line else ""
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _entry(key, entry, indent)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _item(item, indent)


def _inline(value: Value, column: int) -> str | None:
    """The value as it stands behind its key; None if it has lines of its own."""
    match value:
        case str():
            return None if _is_literal_block(value) else scalar(value)
        case Inline():
            text = _flow(value.value)
            return text if column + len(text) <= WIDTH else None
        case bool() | int() | Tagged():
            return _flow(value)
        case _:
            return None if value else _flow(value)


def _flow(value: Value) -> str:
    """The value in one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return scalar(value, in_flow=True)
        case Tagged():
            return f"{value.tag} {scalar(value.text)}"
        case Inline():
            return _flow(value.value)
        case Mapping():
            pairs = (
                f"{scalar(key, in_flow=True)}: {_flow(entry)}"
                for key, entry in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        case _:
            return f"[{', '.join(map(_flow, value))}]"


def _is_literal_block(text: str) -> bool:
    """Whether a text of several lines reads best, and unchanged, line by line."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and lines[0] != ""
        and not lines[0].startswith(" ")
        and lines[-1] != ""
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _indicator(value: Value) -> str:
    """What stands behind a key whose text follows in lines of its own."""
    if not isinstance(value, str):
        return ""
    return " |" if value.endswith("\n") else " |-"
