"""Which migration made a thing, and which one touched it last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar

import attrs

from mm_engine.errors import Position
from mm_engine.migrations.facts import Path, facts
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
)

Value = TypeVar("Value")

CONSTRAINTS = ("unique", "check", "foreign key")
"""Kinds of things that ``RenameConstraint`` may speak of."""

OF_TABLES = (
    *("table", "primary key", "comment", "options", "field", "index"),
    *CONSTRAINTS,
)
"""Kinds of facts whose paths go on with the name of a table."""


@attrs.frozen
class Touch:
    """One operation of a migration, counted from 0."""

    migration: Migration
    number: int

    @property
    def name(self) -> str:
        """The name of the migration."""
        return self.migration.name

    # Reads the file of the migration, so not before anybody wants to know.
    @cached_property
    def at(self) -> Position | None:
        """Where the operation is written."""
        return self.migration.position(self.number)


@attrs.frozen
class Origin:
    """Where a thing of the schema comes from: what made it, what touched it last."""

    made: Touch
    touched: Touch


@attrs.frozen
class Provenance:
    """The origin of every thing that some migrations add up to.

    A thing is told as ``facts`` tell it, a field without its single attributes, as in
    ``("table", "posts")``, ``("field", "posts", "title")``, ``("index", "posts", "i")``
    """

    origins: Mapping[Path, Origin] = attrs.field(factory=dict)

    def origin(self, *thing: str | None) -> Origin | None:
        """The origin of a thing; None where no migration speaks of it."""
        return self.origins.get(tuple(word or "" for word in thing))


def provenance(migrations: Iterable[Migration]) -> Provenance:
    """The origins of all that is there after these migrations, in their order.

    A thing that is renamed stays the same thing. What an operation changes is seen in
    the schema before and after it, so ``state_operations`` count as well.
    """
    origins: dict[Path, Origin] = {}
    schema = Schema()
    for migration in migrations:
        for number, operation in enumerate(migration.operations):
            after = operation.apply(schema)
            names = Renaming.of(operation)
            origins = names.applied(origins)
            touch = Touch(migration, number)
            for thing, is_there in _changed(schema, after, names).items():
                known = origins.pop(thing, None)
                if is_there:
                    origins[thing] = Origin(known.made if known else touch, touch)
            schema = after
    return Provenance(origins)


def _changed(before: Schema, after: Schema, names: Renaming) -> dict[Path, bool]:
    """Things that differ or have a new name, and whether they are there afterwards."""
    old = {names.now(path): value for path, value in _facts(before, after).items()}
    new = _facts(after, before)
    changed = _differing(old, new)
    # Of these facts the name is no part: all others differ by it.
    renamed = [
        (*place, names.new)
        for place in names.places
        if place[0] == "field" or place == ("table",)
    ]
    there = {_thing(path) for path in new}
    return {_thing(path): _thing(path) in there for path in (*changed, *renamed)}


def changed_things(before: Schema, after: Schema) -> tuple[Path, ...]:
    """Things that differ, or are there only before or after, by their names."""
    changed = _differing(_facts(before, after), _facts(after, before))
    return tuple(dict.fromkeys(_thing(path) for path in changed))


def _differing(old: Mapping[Path, object], new: Mapping[Path, object]) -> list[Path]:
    return [
        path
        for path in {**old, **new}
        if path not in old or path not in new or old[path] != new[path]
    ]


def _facts(schema: Schema, other: Schema) -> dict[Path, object]:
    """What tables and enums say that another schema does not hold as the same values.

    Each operation leaves most of them as they are, and those are not taken apart.
    """
    tables = {
        name: table
        for name, table in schema.tables.items()
        if other.tables.get(name) is not table
    }
    enums = {
        name: enum
        for name, enum in schema.enums.items()
        if other.enums.get(name) is not enum
    }
    return facts(Schema(tables, enums=enums))


def _thing(path: Path) -> Path:
    return path[:3] if path[0] == "field" else path


@attrs.frozen
class Renaming:
    """Another name for things: places in paths, what stood there, what stands now."""

    places: tuple[Path, ...] = ()
    old: str = ""
    new: str = ""

    @classmethod
    def of(cls, operation: Operation) -> Renaming:
        """What an operation renames; nothing, for most."""
        match operation:
            case RenameTable(old=old, new=new):
                return cls(tuple((kind,) for kind in OF_TABLES), old, new)
            case RenameField(table=table, old=old, new=new):
                return cls((("field", table),), old, new)
            case RenameIndex(table=table, old=old, new=new):
                return cls((("index", table),), old, new)
            case RenameConstraint(table=table, old=old, new=new):
                return cls(tuple((kind, table) for kind in CONSTRAINTS), old, new)
            case RenameEnum(old=old, new=new):
                return cls((("enum",),), old, new)
            case _:
                return cls()

    def applied(self, told: dict[Path, Value]) -> dict[Path, Value]:
        """What is told by path, under the paths that hold afterwards."""
        if not self.places:
            return told
        return {self.now(path): value for path, value in told.items()}

    def now(self, path: Path) -> Path:
        """A path under the name that holds afterwards."""
        for place in self.places:
            length = len(place)
            if path[: length + 1] == (*place, self.old):
                return (*place, self.new, *path[length + 1 :])
        return path
