"""Unique constraints added, altered, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.model.constraints import Unique
from mm_engine.model.schema import Schema
from mm_engine.operations.base import BaseOperation, Subject, exchanged
from mm_engine.operations.constraints import with_room_for

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class AddUnique(BaseOperation):
    """One more unique constraint on a table."""

    table: str
    unique: Unique

    def apply(self, schema: Schema) -> Schema:
        """Add the constraint; its fields must exist."""
        table = with_room_for(self.unique, schema.table(self.table))
        return schema.with_table(
            attrs.evolve(table, uniques=(*table.uniques, self.unique))
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (
            DropUnique(
                self.table,
                self.unique.name or "",
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``add unique constraint uq_users_email to users``."""
        return f"add unique constraint {self.unique.name} to {self.table}"

    def slug(self) -> str:
        """``add_uq_users_email``."""
        return f"add_{self.unique.name}"

    def subject(self) -> Subject:
        """The table and the constraint."""
        return Subject(self.table, self.unique.name)


@attrs.frozen(repr=False)
class AlterUnique(BaseOperation):
    """A unique constraint as it shall be, under the name that it has."""

    table: str
    unique: Unique

    def apply(self, schema: Schema) -> Schema:
        """Put the constraint in the place of the old one; its fields must exist."""
        table = schema.table(self.table)
        old = table.unique(self.unique.name or "")
        for name in self.unique.fields:
            table.field(name)
        uniques = exchanged(table.uniques, old, self.unique)
        return schema.with_table(attrs.evolve(table, uniques=uniques))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it what it was."""
        table = before.table(self.table)
        old = table.unique(self.unique.name or "")
        return (AlterUnique(self.table, old, **self.flags()),)

    def describe(self) -> str:
        """``alter unique constraint uq_users_email of users``."""
        return f"alter unique constraint {self.unique.name} of {self.table}"

    def slug(self) -> str:
        """``alter_uq_users_email``."""
        return f"alter_{self.unique.name}"

    def subject(self) -> Subject:
        """The table and the constraint."""
        return Subject(self.table, self.unique.name)


@attrs.frozen(repr=False)
class DropUnique(BaseOperation):
    """A unique constraint goes."""

    table: str
    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the constraint."""
        table = schema.table(self.table)
        table.unique(self.name)
        uniques = [u for u in table.uniques if u.name != self.name]
        return schema.with_table(attrs.evolve(table, uniques=uniques))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Add it again."""
        return (
            AddUnique(
                self.table,
                before.table(self.table).unique(self.name),
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``drop unique constraint uq_users_email of users``."""
        return f"drop unique constraint {self.name} of {self.table}"

    def slug(self) -> str:
        """``drop_uq_users_email``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The table and the constraint."""
        return Subject(self.table, self.name)
