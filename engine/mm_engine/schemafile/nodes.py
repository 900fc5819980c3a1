"""YAML as plain text with positions: nothing is a number or a truth value yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NoReturn, TypeAlias

import attrs
import yaml
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    Mark,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from mm_engine.errors import Position
from mm_engine.schemafile.report import Report

DEEPEST = 50
"""Nesting that no schema needs; it bounds what is built before anything is read."""

LARGEST = 5_000_000
"""Values a file may stand for once its aliases are counted as often as used."""

NO_VALUE = frozenset(("", "~", "null", "Null", "NULL"))
"""Plain scalars by which YAML says that there is nothing."""

_SHORT = 40

_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)


# Nodes are made by the hundred thousand: plain slots, as freezing costs a third more.
@attrs.define(eq=False, repr=False)
class BaseNode:
    """A place in a file with something written at it."""

    file: str
    line: int
    column: int
    tag: str | None

    @property
    def at(self) -> Position:
        """The place, counted from 1."""
        return Position(self.file, self.line + 1, self.column + 1)


@attrs.define(eq=False, repr=False)
class TextNode(BaseNode):
    """One scalar, as it is written; ``plain`` where it has no quotes."""

    text: str
    plain: bool

    @property
    def is_nothing(self) -> bool:
        """Whether YAML calls this no value: null, ~ or nothing at all."""
        return self.plain and self.text in NO_VALUE and self.tag is None


@attrs.define(eq=False, repr=False)
class ListNode(BaseNode):
    """A list of nodes."""

    items: list[Node]


@attrs.define(eq=False, repr=False)
class MapNode(BaseNode):
    """Keys and their values in the order they are written, repeated ones included.

    ``children`` are keys and values in turn: a pair for each would double the work of
    the garbage collector.
    """

    children: list[Node]

    @property
    def entries(self) -> Iterator[tuple[TextNode, Node]]:
        """Each key with its value."""
        children = self.children
        return zip(children[::2], children[1::2], strict=True)  # type: ignore[arg-type]  # keys are text: _Builder.checked

    def has(self, key: str) -> bool:
        """Whether the key is written, whatever its value is worth."""
        return any(name.text == key for name, _ in self.entries)

    def at_value(self, *keys: str) -> Position:
        """The place of the value of the first of the keys that is written."""
        for key in keys:
            for name, value in self.entries:
                if name.text == key:
                    return value.at
        return self.at


_Start: TypeAlias = MappingStartEvent | SequenceStartEvent
# Parsers give every event a mark; only events made by hand have none.
_Mark: TypeAlias = Mark

Node: TypeAlias = TextNode | ListNode | MapNode


def described(node: Node) -> str:
    """What a node is, as messages call it."""
    match node:
        case TextNode():
            return "nothing" if node.is_nothing else f'the text "{shortened(node)}"'
        case ListNode():
            return "a list"
        case MapNode():
            return "a mapping"


def shortened(node: TextNode) -> str:
    """The text of a node on one line that fits into a message."""
    text = " ".join(node.text.split())
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."


def document(text: str, file: str, report: Report) -> Node | None:
    """The one document of a file; None where it is empty or is no YAML."""
    builder = _Builder(file, report)
    loader = _LOADER(text)
    try:
        # What yaml.parse does, without a generator and a second call for each event.
        return builder.built(iter(loader.get_event, None))
    except yaml.YAMLError as error:
        report.incomplete = True
        _report_syntax(error, file, report)
        return None
    except _StoppedError:
        report.incomplete = True
        return None
    finally:
        loader.dispose()


class _StoppedError(Exception):
    """The file cannot be read on; the report says why."""


class _Builder:
    """Events to nodes, without recursion, so that no nesting overflows a stack."""

    def __init__(self, file: str, report: Report) -> None:
        self.file = file
        self.report = report
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.more = 0

    def built(self, events: Iterable[Event]) -> Node | None:
        """The root; raises where there is more than one document."""
        file = self.file
        top: list[Node] = []
        children = top
        open_: list[tuple[_Start, list[Node], int]] = []
        for number, event in enumerate(events):
            if isinstance(event, ScalarEvent):
                mark: _Mark = event.start_mark  # type: ignore[assignment]  # see _Mark
                node = TextNode(
                    file,
                    mark.line,
                    mark.column,
                    event.tag,
                    event.value,
                    not event.style,
                )
                if event.anchor is not None:
                    self.anchors[event.anchor] = (node, 1)
                children.append(node)
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                if len(open_) >= DEEPEST:
                    self._stop(
                        event, f"lists and mappings lie more than {DEEPEST} levels deep"
                    )
                # An alias within what it names finds nothing: no value holds itself.
                if event.anchor is not None:
                    self.anchors.pop(event.anchor, None)
                open_.append((event, children, number + self.more))
                children = []
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                start, parent, before = open_.pop()
                weight = number + self.more - before
                parent.append(self._closed(start, children, weight))
                children = parent
            elif isinstance(event, AliasEvent):
                children.append(self._aliased(event, number))
            elif isinstance(event, DocumentStartEvent) and top:
                self._stop(
                    event, "a second document begins here; a schema file holds one"
                )
        return top[0] if top else None

    def _closed(
        self, start: _Start, children: list[Node], weight: int
    ) -> ListNode | MapNode:
        mark: _Mark = start.start_mark  # type: ignore[assignment]  # see _Mark
        node: ListNode | MapNode
        if isinstance(start, MappingStartEvent):
            children = self._checked(children)
            node = MapNode(self.file, mark.line, mark.column, start.tag, children)
        else:
            node = ListNode(self.file, mark.line, mark.column, start.tag, children)
        if start.anchor is not None:
            self.anchors[start.anchor] = (node, weight)
        return node

    def _checked(self, children: list[Node]) -> list[Node]:
        """Keys and values in turn, with text for keys, and merged what ``<<`` names."""
        merges = False
        for key in children[::2]:
            if not isinstance(key, TextNode):
                return self._checked(self._with_text_keys(children))
            if key.text == "<<" and key.plain:
                merges = True
        return self._merged(children) if merges else children

    def _with_text_keys(self, children: list[Node]) -> list[Node]:
        kept: list[Node] = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if isinstance(key, TextNode):
                kept += [key, value]
            else:
                self.report.problem(f"a key must be text, not {described(key)}", key.at)
        return kept

    def _aliased(self, event: AliasEvent, number: int) -> Node:
        found = self.anchors.get(event.anchor or "")
        if found is None:
            self._stop(event, f"*{event.anchor} stands for nothing that is told")
        node, weight = found
        self.more += weight
        if self.more + number > LARGEST:
            self._stop(event, f"aliases that stand for more than {LARGEST:,} values")
        return node

    def _merged(self, children: list[Node]) -> list[Node]:
        """What ``<<`` names stands behind what is written; what is written wins."""
        own: list[Node] = []
        sources: list[Node] = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if isinstance(key, TextNode) and key.text == "<<" and key.plain:
                sources += value.items if isinstance(value, ListNode) else [value]
            else:
                own += [key, value]
        known = {key.text for key in own[::2] if isinstance(key, TextNode)}
        for source in sources:
            if not isinstance(source, MapNode):
                what = described(source)
                self.report.problem(f"<< merges mappings, not {what}", source.at)
                continue
            for key, value in source.entries:
                if key.text not in known:
                    known.add(key.text)
                    own += [key, value]
        return own

    def _stop(self, event: Event, what: str) -> NoReturn:
        mark: _Mark = event.start_mark  # type: ignore[assignment]  # see _Mark
        at = Position(self.file, mark.line + 1, mark.column + 1)
        self.report.problem(what, at)
        raise _StoppedError


_TAB = "found character that cannot start any token"
_SYNTAX_HINTS = {
    _TAB: "a tab or one of @ ` % stands here; indent with spaces, put text in quotes",
    "mapping values are not allowed in this context": (
        'put a text that holds ": " in quotes, and check the indentation'
    ),
    "could not find expected ':'": "a key is followed by a colon and a space",
    "did not find expected key": "check the indentation of this line",
    "did not find expected '-' indicator": "check the indentation of this line",
    "did not find expected ',' or ']'": "a list that began with [ is not closed",
    "did not find expected ',' or '}'": "a mapping that began with { is not closed",
}


def _report_syntax(error: yaml.YAMLError, file: str, report: Report) -> None:
    """Say what the parser stumbled on; it cannot know what comes after."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem is None:
        report.problem(f"this is not YAML: {error}", Position(file, 1, 1))
        return
    mark = error.problem_mark or error.context_mark
    at = Position(file, mark.line + 1, mark.column + 1) if mark else None
    context = f", {error.context}" if error.context else ""
    if error.context and error.context_mark and error.context_mark is not mark:
        context += f" that began at line {error.context_mark.line + 1}"
    report.problem(
        f"this is not YAML: {error.problem}{context}",
        at,
        _SYNTAX_HINTS.get(error.problem),
    )
