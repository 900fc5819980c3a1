"""What schema files say, decoded but not yet understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

import attrs

from mm_engine.errors import Position
from mm_engine.model.constraints import (
    Check,
    Deferral,
    OnAction,
    PrimaryKey,
    Unique,
)
from mm_engine.model.objects import Enum
from mm_engine.model.table import Options
from mm_engine.schemafile.nodes import ListNode, MapNode, Node, TextNode

TextByKey: TypeAlias = tuple[tuple[TextNode, str], ...]
Settings: TypeAlias = tuple[tuple[TextNode, tuple[tuple[TextNode, TextNode], ...]], ...]
"""Database, name, SQL, each with its place: ``defaults`` and ``type_mappings``."""
WrittenOptions: TypeAlias = Iterable[
    tuple[TextNode, Iterable[tuple[TextNode, str | tuple[str, ...]]]]
]
"""Database, option, value."""


def _options(written: WrittenOptions | Options) -> Options:
    """Options in plain dictionaries; evolving a value passes them again."""
    if isinstance(written, Mapping):
        # Pyright thinks that a mapping could be an iterable of pairs as well.
        return cast("Options", written)
    return {
        database.text: {key.text: value for key, value in chosen}
        for database, chosen in written
    }


def _native(written: TextByKey | Mapping[str, str] | None) -> Mapping[str, str] | None:
    if written is None or isinstance(written, Mapping):
        return written
    return {database.text: type_ for database, type_ in written}


# Neither compared nor shown, as the kinds are that these are made by.
@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenType:
    """A type and its arguments, as a field or an array of them is told."""

    node: MapNode | TextNode
    type: TextNode | None = None
    of: WrittenType | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    enum: TextNode | None = None
    native: Mapping[str, str] | None = attrs.field(default=None, converter=_native)

    def at(self, key: str) -> Position:
        """The place of the value of a key, or of the whole where it is elsewhere."""
        node = self.node
        return node.at_value(key) if isinstance(node, MapNode) else node.at

    def has(self, key: str) -> bool:
        """Whether a key is written, though its value may have been no good."""
        return isinstance(self.node, MapNode) and self.node.has(key)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenReference:
    """What a field refers to: the block under ``foreign_key``."""

    node: MapNode
    table: TextNode
    references: tuple[TextNode, ...] | None = None
    on_delete: OnAction = "RESTRICT"
    on_update: OnAction = "NO ACTION"
    deferrable: Deferral | None = None
    name: str | None = None
    index: bool = True
    display_field: str | None = None
    renamed_from: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenField(WrittenType):
    """One field."""

    node: MapNode
    name: TextNode
    primary_key: bool = False
    nullable: bool | None = None
    default: Node | None = None
    auto_create: bool = False
    auto_update: bool = False
    foreign_key: WrittenReference | None = None
    many_to_many: TextNode | None = None
    unique: bool = False
    index: bool = False
    check: str | None = None
    comment: str | None = None
    options: Options = attrs.field(factory=dict, converter=_options)
    renamed_from: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenIndexPart:
    """A field of an index, or SQL in its place."""

    node: MapNode | TextNode
    field: str | None = None
    desc: bool = False
    expression: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenIndex:
    """One index."""

    node: MapNode
    fields: tuple[WrittenIndexPart, ...]
    name: str | None = None
    unique: bool = False
    method: str | None = None
    where: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    concurrently: bool = False
    options: Options = attrs.field(factory=dict, converter=_options)
    foreign_key: str | None = None
    from_fk: bool = False
    renamed_from: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenForeignKey:
    """A foreign key of a table, over one field or several."""

    node: MapNode
    fields: tuple[str, ...]
    table: TextNode
    references: tuple[TextNode, ...] | None = None
    name: str | None = None
    on_delete: OnAction = "RESTRICT"
    on_update: OnAction = "NO ACTION"
    deferrable: Deferral | None = None
    renamed_from: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenTable:
    """One table; what needs no understanding is a part of the model already."""

    node: MapNode
    name: TextNode
    fields: tuple[WrittenField, ...] = ()
    indexes: tuple[WrittenIndex, ...] = ()
    primary_key: PrimaryKey | None = None
    unique: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[WrittenForeignKey, ...] = ()
    comment: str | None = None
    options: Options = attrs.field(factory=dict, converter=_options)
    renamed_from: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenInclude:
    """Other files, by a path or a pattern, beside this one or inside of a package."""

    node: MapNode | TextNode
    path: TextNode
    package: TextNode | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenDatabase:
    """What a file says about itself."""

    node: MapNode
    name: str | None = None
    version: str | None = None
    migration_version: str | None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class WrittenFile:
    """One file, or several that were merged."""

    node: MapNode
    database: WrittenDatabase | None = None
    include: tuple[WrittenInclude, ...] = ()
    defaults: Settings = ()
    type_mappings: Settings = ()
    enums: tuple[Enum, ...] = ()
    tables: tuple[WrittenTable, ...] = ()


def one(node: TextNode, name: TextNode) -> tuple[TextNode, ...]:
    """A list of one name."""
    del node
    return (name,)


def target(node: MapNode, table: TextNode) -> TextNode:
    """The table a many_to_many leads to."""
    del node
    return table


def _place(node: Node) -> Position:
    """Where the name of a part stands, or the part where it has none."""
    return node.at_value("name") if isinstance(node, MapNode) else node.at


def unique(
    node: MapNode | ListNode,
    fields: tuple[str, ...],
    *,
    name: str | None = None,
    nulls_not_distinct: bool = False,
    deferrable: Deferral | None = None,
    renamed_from: str | None = None,
) -> Unique:
    """A unique constraint."""
    return Unique(
        fields,
        name=name,
        nulls_not_distinct=nulls_not_distinct,
        deferrable=deferrable,
        renamed_from=renamed_from,
        at=_place(node),
    )


def primary_key(
    node: MapNode | ListNode, fields: tuple[str, ...], name: str | None = None
) -> PrimaryKey:
    """A primary key."""
    return PrimaryKey(fields, name=name, at=_place(node))


def check(
    node: MapNode | TextNode,
    expression: str,
    name: str | None = None,
    renamed_from: str | None = None,
) -> Check:
    """A check."""
    return Check(expression, name=name, renamed_from=renamed_from, at=_place(node))


def enum_value(
    node: Node, name: str, renamed_from: str | None = None
) -> tuple[str, str | None]:
    """A value, and what it was called before."""
    del node
    return name, renamed_from


def enum(
    node: MapNode,
    name: TextNode,
    values: tuple[tuple[str, str | None], ...],
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Enum:
    """An enum."""
    del node
    return _enum(name, values, comment, renamed_from)


def named_enums(
    node: MapNode,
    entries: tuple[tuple[TextNode, tuple[tuple[str, str | None], ...]], ...],
) -> tuple[Enum, ...]:
    """Enums told as a mapping from their names to their values."""
    del node
    return tuple(_enum(name, values, None, None) for name, values in entries)


def _enum(
    name: TextNode,
    values: tuple[tuple[str, str | None], ...],
    comment: str | None,
    renamed_from: str | None,
) -> Enum:
    return Enum(
        name.text,
        [value for value, _ in values],
        comment=comment,
        renames={value: old for value, old in values if old is not None},
        renamed_from=renamed_from,
        at=name.at,
    )
