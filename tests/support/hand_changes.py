"""Changes by hand, of every attribute of a schema that a database can hold.

The list of attributes is read off the model, so that a new one without a change fails.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import TypeAlias, TypeVar

import attrs

from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import Operation

KINDS = (Schema, Table, Field, PrimaryKey, Index, Unique, Check, ForeignKey, Enum)

Part = TypeVar("Part", Field, Index, Unique, ForeignKey)

Attribute: TypeAlias = tuple[type, str]

NO_FACTS: tuple[Attribute, ...] = (
    (Schema, "defaults"),
    (Schema, "type_mappings"),
)
"""What no database holds: such words are turned into SQL before."""


@attrs.frozen
class Edit:
    """A table of SQLite made anew with one piece of its text replaced."""

    table: str
    old: str
    new: str


@attrs.frozen
class HandChange:
    """An attribute, how somebody changes it by hand, and the one operation it is."""

    kind: type
    attribute: str
    told: Operation
    sql: tuple[str | Edit, ...]

    def __str__(self) -> str:
        """What a test is called by."""
        return f"{self.kind.__name__}-{self.attribute}"


def change(kind: type, attribute: str, told: Operation, *sql: str | Edit) -> HandChange:
    """A change by hand, in few words."""
    return HandChange(kind, attribute, told, sql)


def missing(
    changes: Iterable[HandChange], untold: Container[Attribute] = ()
) -> list[Attribute]:
    """Attributes that make a difference, are told, and have no change by hand."""
    known = {(change.kind, change.attribute) for change in changes}
    return [each for each in _attributes() if each not in known and each not in untold]


def _attributes() -> Iterator[Attribute]:
    for kind in KINDS:
        for attribute in attrs.fields(kind):
            if attribute.eq and (kind, attribute.name) not in NO_FACTS:
                yield kind, attribute.name


def other(part: Part, **changes: object) -> Part:
    """A part with other values of these attributes."""
    values = {a.name: getattr(part, a.name) for a in attrs.fields(type(part))}
    return type(part)(**{**values, **changes})
