"""Primary keys altered, and what all constraints share: their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import StateError
from mm_engine.model.constraints import Check, Constraint, PrimaryKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations.base import BaseOperation, Subject

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class AlterPrimaryKey(BaseOperation):
    """The primary key as it shall be, in one step; None for none."""

    table: str
    primary_key: PrimaryKey | None

    def apply(self, schema: Schema) -> Schema:
        """Put the key in the place of the old one; its fields must be there."""
        table = schema.table(self.table)
        for name in self.primary_key.fields if self.primary_key else ():
            table.field(name)
        return schema.with_table(attrs.evolve(table, primary_key=self.primary_key))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old key back."""
        return (
            AlterPrimaryKey(
                self.table,
                before.table(self.table).primary_key,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``make id, day the primary key of visits``."""
        if self.primary_key is None:
            return f"drop the primary key of {self.table}"
        fields = ", ".join(self.primary_key.fields)
        return f"make {fields} the primary key of {self.table}"

    def slug(self) -> str:
        """``alter_visits_primary_key``."""
        return f"alter_{self.table}_primary_key"

    def subject(self) -> Subject:
        """The table and the key's name."""
        return Subject(self.table, self.primary_key.name if self.primary_key else None)


@attrs.frozen(repr=False)
class RenameConstraint(BaseOperation):
    """A unique constraint, check or foreign key under a new name."""

    table: str
    old: str
    new: str = attrs.field(kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Rename the one constraint of the table that has the old name."""
        table = schema.table(self.table)
        if self.old not in _constraint_names(table):
            raise StateError(
                f'table "{self.table}" has no constraint "{self.old}"', at=self.at
            )
        if self.new in _constraint_names(table):
            raise StateError(
                f'table "{self.table}" already has a constraint "{self.new}"',
                at=self.at,
            )
        return schema.with_table(
            attrs.evolve(
                table,
                uniques=[
                    attrs.evolve(u, name=self.new) if u.name == self.old else u
                    for u in table.uniques
                ],
                checks=[
                    attrs.evolve(c, name=self.new) if c.name == self.old else c
                    for c in table.checks
                ],
                foreign_keys=[
                    attrs.evolve(k, name=self.new) if k.name == self.old else k
                    for k in table.foreign_keys
                ],
            )
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Rename it back."""
        del before
        return (
            RenameConstraint(
                self.table,
                self.new,
                new=self.old,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``rename constraint uq_a of users to uq_b``."""
        return f"rename constraint {self.old} of {self.table} to {self.new}"

    def slug(self) -> str:
        """``rename_uq_a_to_uq_b``."""
        return f"rename_{self.old}_to_{self.new}"

    def subject(self) -> Subject:
        """The table and the constraint's old name."""
        return Subject(self.table, self.old)


def _constraint_names(table: Table) -> tuple[str | None, ...]:
    parts: tuple[Constraint, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return tuple(part.name for part in parts)


def with_room_for(constraint: Constraint, table: Table) -> Table:
    """The same table, once it is sure that the constraint can be added to it."""
    if constraint.name in _constraint_names(table):
        raise StateError(
            f'table "{table.name}" already has a constraint "{constraint.name}"'
        )
    for name in () if isinstance(constraint, Check) else constraint.fields:
        table.field(name)
    return table
