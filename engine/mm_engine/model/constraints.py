"""Keys and constraints of a table; an unwritten name makes no difference."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from mm_engine.errors import Position
from mm_engine.model import sqltext
from mm_engine.model.names import names_of

OnAction: TypeAlias = Literal[
    "CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"
]
"""What happens to a row when the row it refers to goes or changes its key."""


Deferral: TypeAlias = Literal["immediate", "deferred"]
"""When a constraint that can be put off to the end of a transaction is looked at.

``immediate``: after each statement, unless a transaction puts it off; ``deferred``: at
the end of the transaction, unless it says otherwise.
"""


@attrs.frozen
class PrimaryKey:
    """The fields that tell rows apart, in the order of the key."""

    fields: tuple[str, ...] = attrs.field(converter=names_of)
    name: str | None = attrs.field(default=None, kw_only=True)
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)


@attrs.frozen
class Unique:
    """Fields of which no two rows hold the same values.

    Rows in which a field is null are no two of the same, unless ``nulls_not_distinct``.
    """

    fields: tuple[str, ...] = attrs.field(converter=names_of)
    name: str | None = attrs.field(default=None, kw_only=True)
    nulls_not_distinct: bool = attrs.field(default=False, kw_only=True)
    deferrable: Deferral | None = attrs.field(default=None, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)


@attrs.frozen
class Check:
    """A condition that every row meets, in SQL."""

    expression: str = attrs.field(eq=sqltext.canonical)
    name: str | None = attrs.field(default=None, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)


@attrs.frozen
class ForeignKey:
    """Fields that refer to a key of a table, field by field."""

    fields: tuple[str, ...] = attrs.field(converter=names_of)
    table: str
    references: tuple[str, ...] = attrs.field(converter=names_of, kw_only=True)
    name: str | None = attrs.field(default=None, kw_only=True)
    on_delete: OnAction = attrs.field(default="NO ACTION", kw_only=True)
    on_update: OnAction = attrs.field(default="NO ACTION", kw_only=True)
    deferrable: Deferral | None = attrs.field(default=None, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)


Constraint: TypeAlias = Unique | Check | ForeignKey
