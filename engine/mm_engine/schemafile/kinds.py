"""Scalars in a schema file: how each kind is read, and what JSON Schema says of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TypeAlias

import attrs

from mm_engine.errors import nearest
from mm_engine.model.constraints import OnAction
from mm_engine.model.names import name_fault
from mm_engine.schemafile.nodes import Node, TextNode, described
from mm_engine.schemafile.report import Report

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | bool | None"
JsonObject: TypeAlias = dict[str, Json]

DEFAULT_TAGS = ("!literal", "!expression", "!symbol")
"""The tags that say what a default is."""

_YAML_TAG = "tag:yaml.org,2002:"
_CORE = ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
_PLAIN_TAGS = frozenset([None, "!", *(_YAML_TAG + name for name in _CORE)])

_TRUTH = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
_DIGITS_AT_MOST = 9


class Kind:
    """One kind of value; reading gives None for nothing, and for what is no good.

    Kinds are neither compared nor shown, and say so: to write the methods for that
    takes attrs half of the time that making a class takes, in every command.
    """

    @abstractmethod
    def read(self, node: Node, report: Report) -> object:
        """The value at a node; what is wrong with it goes into the report."""

    @abstractmethod
    def json_schema(self) -> JsonObject:
        """The same in the words of JSON Schema."""


def expected(what: str, node: Node, report: Report, hint: str | None = None) -> None:
    """Report that something else should stand at a node; nothing is no problem."""
    if not (isinstance(node, TextNode) and node.is_nothing):
        report.problem(f"expected {what}, found {described(node)}", node.at, hint)


def has_plain_tag(node: Node, report: Report) -> bool:
    """Whether a node has no tag that would change what it means; reports one."""
    if node.tag in _PLAIN_TAGS:
        return True
    tag = (node.tag or "").replace(_YAML_TAG, "!!")
    hint = nearest(tag, DEFAULT_TAGS)
    if tag in DEFAULT_TAGS:
        hint = f"{tag} belongs to a default"
    report.problem(f"the tag {tag} means nothing here", node.at, hint)
    return False


def plain_text(what: str, node: Node, report: Report) -> str | None:
    """The text of a scalar as it is written, ``null`` and ``007`` included."""
    if not isinstance(node, TextNode):
        expected(what, node, report)
        return None
    if node.tag is not None and not has_plain_tag(node, report):
        return None
    if not node.plain and "\0" in node.text:
        report.problem(f"{what} cannot hold a NUL character", node.at)
        return None
    return node.text


def any_scalar(**more: Json) -> JsonObject:
    """Text, for a validator before which a parser turned ``007`` into a number."""
    return {"type": ["string", "number", "boolean", "null"], **more}


@attrs.frozen(eq=False, repr=False)
class Words(Kind):
    """Text for people or SQL; null means that there is none."""

    what: str = "a text"

    def read(self, node: Node, report: Report) -> str | None:
        """The text as it is written."""
        if isinstance(node, TextNode) and node.is_nothing:
            return None
        return plain_text(self.what, node, report)

    def json_schema(self) -> JsonObject:
        """Any scalar."""
        return any_scalar()


@attrs.frozen(eq=False, repr=False)
class Verbatim(Kind):
    """Text of which every spelling counts: ``null`` is a word.

    ``nothing`` is what it means that no text is written, or ``~``.
    """

    what: str = "a text"
    nothing: str | None = attrs.field(default="", kw_only=True)

    def read(self, node: Node, report: Report) -> str | None:
        """The text."""
        text = plain_text(self.what, node, report)
        return self.nothing if text in ("", "~") and _is_nothing(node) else text

    def json_schema(self) -> JsonObject:
        """Any scalar."""
        return any_scalar()


def _is_nothing(node: Node) -> bool:
    return isinstance(node, TextNode) and node.is_nothing


@attrs.frozen(eq=False, repr=False)
class TextPlace(Kind):
    """Text of which every spelling counts, with the place where it stands."""

    what: str = "a text"

    def read(self, node: Node, report: Report) -> TextNode | None:
        """The node; with the empty text where nothing or ``~`` is written."""
        if plain_text(self.what, node, report) is None or not isinstance(
            node, TextNode
        ):
            return None
        is_tilde = node.text == "~" and node.is_nothing
        return attrs.evolve(node, text="") if is_tilde else node

    def json_schema(self) -> JsonObject:
        """Any scalar."""
        return any_scalar()


@attrs.frozen(eq=False, repr=False)
class WordPlace(Kind):
    """A word with the place where it stands; null means that there is none."""

    what: str = "a word"

    def read(self, node: Node, report: Report) -> TextNode | None:
        """The node."""
        if plain_text(self.what, node, report) is None or not isinstance(
            node, TextNode
        ):
            return None
        return None if node.is_nothing else node

    def json_schema(self) -> JsonObject:
        """A string."""
        return {"type": "string"}


@attrs.frozen(eq=False, repr=False)
class NamePlace(Kind):
    """A name with the place where it stands; ``null`` and ``yes`` are names too."""

    what: str = "a name"

    def read(self, node: Node, report: Report) -> TextNode | None:
        """The node, if a database can have its text as a name."""
        text = plain_text(self.what, node, report)
        if text is None or not isinstance(node, TextNode):
            return None
        if node.plain and text in ("", "~"):
            return None
        fault = name_fault(text)
        if fault is None:
            return node
        report.problem(f"{self.what} {fault}", node.at)
        return None

    def json_schema(self) -> JsonObject:
        """Any scalar that is not empty."""
        return any_scalar(minLength=1)


@attrs.frozen(eq=False, repr=False)
class Name(Kind):
    """A name of which the place does not matter."""

    what: str = "a name"

    def read(self, node: Node, report: Report) -> str | None:
        """The name, if databases can have it."""
        found = NamePlace(self.what).read(node, report)
        return None if found is None else found.text

    def json_schema(self) -> JsonObject:
        """Any scalar that is not empty."""
        return any_scalar(minLength=1)


@attrs.frozen(eq=False, repr=False)
class Flag(Kind):
    """True or false, in any spelling of YAML 1.1 or 1.2."""

    def read(self, node: Node, report: Report) -> bool | None:
        """The truth value."""
        text = plain_text("true or false", node, report)
        if text is not None and (truth := _TRUTH.get(text.lower())) is not None:
            return truth
        if text is not None:
            hint = "yes and no, on and off are accepted too"
            expected("true or false", node, report, hint)
        return None

    def json_schema(self) -> JsonObject:
        """A truth value, or a word that only YAML 1.1 takes for one."""
        words: list[Json] = ["yes", "no", "on", "off", "Yes", "No", "On", "Off"]
        return {"anyOf": [{"type": "boolean"}, {"enum": words}]}


@attrs.frozen(eq=False, repr=False)
class Whole(Kind):
    """A whole number that is not negative, in decimal digits."""

    least: int = 0

    def read(self, node: Node, report: Report) -> int | None:
        """The number."""
        what = f"a whole number from {self.least}"
        text = plain_text(what, node, report)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) <= _DIGITS_AT_MOST:
            number = int(text)
            if number >= self.least:
                return number
        expected(what, node, report)
        return None

    def json_schema(self) -> JsonObject:
        """An integer."""
        return {"type": "integer", "minimum": self.least}


_ACTIONS: Mapping[str, OnAction] = {
    "CASCADE": "CASCADE",
    "RESTRICT": "RESTRICT",
    "PROTECT": "RESTRICT",
    "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
    "NO ACTION": "NO ACTION",
    "DO NOTHING": "NO ACTION",
}


@attrs.frozen(eq=False, repr=False)
class Action(Kind):
    """What a foreign key does; words of SQL and of Django, in any case."""

    def read(self, node: Node, report: Report) -> OnAction | None:
        """The action, in the words of SQL."""
        text = plain_text("an action", node, report)
        if text is None or _is_nothing(node):
            return None
        words = " ".join(text.upper().replace("_", " ").split())
        if words not in _ACTIONS:
            hint = nearest(words, _ACTIONS) or f"known are {', '.join(_ACTIONS)}"
            report.problem(f'unknown action "{text}"', node.at, hint)
        return _ACTIONS.get(words)

    def json_schema(self) -> JsonObject:
        """The words, with spaces or underscores, in upper or lower case."""
        words = "|".join(_ACTIONS).replace(" ", "[ _]")
        return {"type": "string", "pattern": f"^({words}|{words.lower()})$"}


@attrs.frozen(eq=False, repr=False)
class OneOf(Kind):
    """One of a few words, in upper or lower case."""

    words: tuple[str, ...]

    def read(self, node: Node, report: Report) -> str | None:
        """The word as we write it."""
        listed = " or ".join(self.words)
        text = plain_text(listed, node, report)
        if text is None or _is_nothing(node):
            return None
        if text.lower() in self.words:
            return text.lower()
        expected(listed, node, report, nearest(text.lower(), self.words))
        return None

    def json_schema(self) -> JsonObject:
        """The words, in lower or upper case."""
        words: list[Json] = [*self.words, *(word.upper() for word in self.words), None]
        return {"enum": words}


@attrs.frozen(eq=False, repr=False)
class AsWritten(Kind):
    """A value that can only be understood once more is known."""

    allowed: JsonObject

    def read(self, node: Node, report: Report) -> Node:
        """The node itself."""
        del report
        return node

    def json_schema(self) -> JsonObject:
        """What it may be in the end."""
        return dict(self.allowed)
