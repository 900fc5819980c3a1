"""Lists, mappings and blocks in a schema file, made of other kinds of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import attrs

from mm_engine.errors import nearest
from mm_engine.model.databases import DATABASES, is_known, known
from mm_engine.schemafile.kinds import (
    Json,
    JsonObject,
    Kind,
    expected,
    has_plain_tag,
    plain_text,
)
from mm_engine.schemafile.nodes import ListNode, MapNode, Node, TextNode
from mm_engine.schemafile.report import Report, first_given

Entries: TypeAlias = tuple[tuple[TextNode, object], ...]
"""Keys with their places, and what stands behind each."""

Maker: TypeAlias = Callable[..., object]
"""Makes the value of a block, from its node and its keys as keywords."""

_ALSO_CALLED = {
    "postgres": "postgresql",
    "pg": "postgresql",
    "mariadb": "mysql",
    "mssql": "sqlserver",
    "sqlite3": "sqlite",
    "libsql": "turso",
    "dsql": "auroradsql",
}


@attrs.frozen(eq=False, repr=False)
class ListOf(Kind):
    """A list of values of one kind."""

    kind: Kind
    what: str

    def read(self, node: Node, report: Report) -> tuple[object, ...] | None:
        """The values that are good."""
        if not isinstance(node, ListNode):
            expected(self.what, node, report)
            return None
        has_plain_tag(node, report)
        kind = self.kind
        values = [kind.read(item, report) for item in node.items]
        for item, value in zip(node.items, values, strict=True):
            if value is None and isinstance(item, TextNode) and item.is_nothing:
                report.problem("an entry of a list is empty", item.at)
        return tuple(value for value in values if value is not None)

    def json_schema(self) -> JsonObject:
        """An array."""
        return {"type": ["array", "null"], "items": self.kind.json_schema()}


@attrs.frozen(eq=False, repr=False)
class MapOf(Kind):
    """A mapping whose keys are the user's own."""

    kind: Kind
    what: str

    def read(self, node: Node, report: Report) -> Entries | None:
        """The keys in their order, each once."""
        if not isinstance(node, MapNode):
            expected(self.what, node, report)
            return None
        has_plain_tag(node, report)
        return tuple(self._entries(node, report))

    def _entries(
        self, node: MapNode, report: Report
    ) -> Iterator[tuple[TextNode, object]]:
        seen: dict[str, TextNode] = {}
        for key, value in node.entries:
            if key.text in seen:
                hint = first_given(seen[key.text].at, key.at)
                report.problem(f'"{key.text}" is given twice', key.at, hint)
            elif self._knows(key, report):
                seen[key.text] = key
                found = self.kind.read(value, report)
                if found is not None:
                    yield key, found

    def _knows(self, key: TextNode, report: Report) -> bool:
        return plain_text("a key", key, report) is not None

    def json_schema(self) -> JsonObject:
        """An object of any keys."""
        return {
            "type": ["object", "null"],
            "additionalProperties": self.kind.json_schema(),
        }


@attrs.frozen(eq=False, repr=False)
class PerDatabaseOf(MapOf):
    """A mapping by the names of databases."""

    def _knows(self, key: TextNode, report: Report) -> bool:
        if is_known(key.text):
            return True
        hint = nearest(key.text.lower(), known())
        if key.text.lower() in _ALSO_CALLED:
            hint = f'here it is called "{_ALSO_CALLED[key.text.lower()]}"'
        listed = f"known are {', '.join(known())}"
        report.problem(f'unknown database "{key.text}"', key.at, hint or listed)
        return False

    def json_schema(self) -> JsonObject:
        """An object with a key for each database."""
        return {
            "type": ["object", "null"],
            "properties": {name: self.kind.json_schema() for name in DATABASES},
            "additionalProperties": False,
        }


@attrs.frozen(eq=False, repr=False)
class Either(Kind):
    """A value that may be written in more than one shape."""

    what: str
    text: Kind | None = None
    items: Kind | None = None
    mapping: Kind | None = None

    def read(self, node: Node, report: Report) -> object:
        """What the kind reads that belongs to the shape."""
        kind = self.mapping
        if isinstance(node, TextNode):
            kind = self.text
        elif isinstance(node, ListNode):
            kind = self.items
        if kind is not None:
            return kind.read(node, report)
        expected(self.what, node, report)
        return None

    def json_schema(self) -> JsonObject:
        """Any of the shapes."""
        kinds = (self.text, self.items, self.mapping)
        return {"anyOf": [kind.json_schema() for kind in kinds if kind is not None]}


@attrs.frozen(eq=False, repr=False)
class Again(Kind):
    """A kind inside of itself, under the name that JSON Schema refers to it by."""

    name: str
    kind: Callable[[], Kind]

    def read(self, node: Node, report: Report) -> object:
        """What the kind reads."""
        return self.kind().read(node, report)

    def json_schema(self) -> JsonObject:
        """A reference."""
        return {"$ref": f"#/definitions/{self.name}"}


@attrs.frozen(eq=False, repr=False)
class Short(Kind):
    """A value that stands for a block in which only one key is written."""

    key: str
    kind: Kind
    make: Maker

    def read(self, node: Node, report: Report) -> object:
        """What the block would be."""
        value = self.kind.read(node, report)
        return None if value is None else self.make(node=node, **{self.key: value})

    def json_schema(self) -> JsonObject:
        """The value."""
        return self.kind.json_schema()


@attrs.frozen(eq=False, repr=False)
class Key:
    """A key of a block: its name and other spellings, what it holds, what it is for."""

    name: str
    kind: Kind
    help: str
    required: bool = attrs.field(default=False, kw_only=True)
    aliases: tuple[str, ...] = attrs.field(default=(), kw_only=True)


def _by_spelling(block: Block) -> Mapping[str, Key]:
    return {word: key for key in block.keys for word in (key.name, *key.aliases)}


def _required(block: Block) -> tuple[str, ...]:
    return tuple(key.name for key in block.keys if key.required)


@attrs.frozen(eq=False, repr=False)
class Block(Kind):
    """A mapping whose keys are ours; what is unknown or repeated is a problem."""

    what: str
    keys: tuple[Key, ...]
    make: Maker
    spellings: Mapping[str, Key] = attrs.field(
        init=False, default=attrs.Factory(_by_spelling, takes_self=True)
    )
    required: tuple[str, ...] = attrs.field(
        init=False, default=attrs.Factory(_required, takes_self=True)
    )

    def read(self, node: Node, report: Report) -> object:
        """What ``make`` makes of the keys; None where a required one is missing."""
        if not isinstance(node, MapNode):
            expected(f"{self.what} (a mapping)", node, report)
            return None
        if node.tag is not None:
            has_plain_tag(node, report)
        values = self._values(node, report)
        if None in values.values():
            values = {name: v for name, v in values.items() if v is not None}
        missing = [name for name in self.required if name not in values]
        for name in missing:
            if not node.has(name) or _is_empty(node, name):
                report.problem(f'{self.what} has no "{name}"', node.at)
        return None if missing else self.make(node=node, **values)

    def _values(self, node: MapNode, report: Report) -> dict[str, object]:
        values: dict[str, object] = {}
        spellings = self.spellings
        for key, value in node.entries:
            known = spellings.get(key.text)
            if known is None:
                hint = nearest(key.text, spellings) or self._listing()
                report.problem(f'unknown key "{key.text}" in {self.what}', key.at, hint)
            elif known.name in values:
                self._report_repeated(node, key, known, report)
            else:
                values[known.name] = known.kind.read(value, report)
        return values

    def _listing(self) -> str:
        return f"known keys are {', '.join(key.name for key in self.keys)}"

    def _report_repeated(
        self, node: MapNode, again: TextNode, known: Key, report: Report
    ) -> None:
        spellings = (known.name, *known.aliases)
        first = next(key for key, _ in node.entries if key.text in spellings)
        message = f'key "{again.text}" is given twice in {self.what}'
        if first.text != again.text:
            message = f'"{again.text}" and "{first.text}" in {self.what} say the same'
        report.problem(message, again.at, first_given(first.at, again.at))

    def json_schema(self) -> JsonObject:
        """An object with these keys and no others."""
        properties: dict[str, Json] = {}
        for spelling, key in self.spellings.items():
            properties[spelling] = {**key.kind.json_schema(), "description": key.help}
        required: list[Json] = list(self.required)
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }


def _is_empty(node: MapNode, name: str) -> bool:
    """Whether a key is written with nothing behind it."""
    return any(
        key.text == name and isinstance(value, TextNode) and value.is_nothing
        for key, value in node.entries
    )
