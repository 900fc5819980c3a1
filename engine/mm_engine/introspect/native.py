"""What a database says it holds, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from mm_engine.model.constraints import Deferral, OnAction

NativeOptions: TypeAlias = Mapping[str, str | tuple[str, ...]]
"""What one database says of a thing beyond the neutral words, by the option."""


@attrs.frozen(kw_only=True)
class NativeColumn:
    """A column; texts are the catalog's own, compared only with others of its kind.

    ``allowed`` are the only values of an enum that is a check on the column, ``enum``
    is its name there; ``updated_by`` is our trigger that keeps ``auto_update``, as the
    catalog tells it.
    """

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    generated: str | None = None
    stored: bool = False
    identity: bool = False
    collation: str | None = None
    comment: str | None = None
    enum: str | None = None
    allowed: tuple[str, ...] = ()
    updated_by: str | None = None


@attrs.frozen(kw_only=True)
class NativeKey:
    """A primary key or a unique constraint; ``name`` is None where nobody gave one."""

    name: str | None
    fields: tuple[str, ...]
    deferrable: Deferral | None = None
    nulls_not_distinct: bool = False


@attrs.frozen(kw_only=True)
class NativeCheck:
    """A check, its condition as the catalog tells it."""

    name: str | None
    expression: str


@attrs.frozen(kw_only=True)
class NativeForeignKey:
    """A foreign key, field by field."""

    name: str | None
    fields: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    on_delete: OnAction = "NO ACTION"
    on_update: OnAction = "NO ACTION"
    deferrable: Deferral | None = None


@attrs.frozen(kw_only=True)
class NativePart:
    """What an index orders by: a column, or an expression as the catalog tells it."""

    column: str | None = None
    expression: str | None = None
    descending: bool = False


@attrs.frozen(kw_only=True)
class NativeIndex:
    """An index that is not there for the sake of a constraint."""

    name: str
    parts: tuple[NativePart, ...]
    unique: bool = False
    method: str | None = None
    where: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    options: NativeOptions = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class NativeTable:
    """A table; ``name`` holds a point where it lies in another namespace."""

    name: str
    columns: tuple[NativeColumn, ...]
    primary_key: NativeKey | None = None
    uniques: tuple[NativeKey, ...] = ()
    checks: tuple[NativeCheck, ...] = ()
    foreign_keys: tuple[NativeForeignKey, ...] = ()
    indexes: tuple[NativeIndex, ...] = ()
    comment: str | None = None
    options: NativeOptions = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class NativeEnum:
    """An enum that is a type of its own."""

    name: str
    values: tuple[str, ...]
    comment: str | None = None


@attrs.frozen(kw_only=True)
class Unread:
    """Something that is there and has no place in a schema: a view, a trigger ...

    ``kind`` is the database's word for it, ``table`` where it stands on one.
    """

    kind: str
    name: str
    table: str | None = None


@attrs.frozen(kw_only=True)
class Native:
    """A database as it describes itself, without what belongs to us."""

    tables: Mapping[str, NativeTable]
    enums: Mapping[str, NativeEnum] = attrs.field(factory=dict)
    unread: tuple[Unread, ...] = ()
