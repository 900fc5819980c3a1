"""Foreign keys added, altered, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.operations.base import BaseOperation, Subject, exchanged
from mm_engine.operations.constraints import with_room_for

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class AddForeignKey(BaseOperation):
    """One more foreign key on a table."""

    table: str
    foreign_key: ForeignKey

    def apply(self, schema: Schema) -> Schema:
        """Add the key; its fields and those it refers to must exist."""
        table = with_room_for(self.foreign_key, schema.table(self.table))
        target = schema.table(self.foreign_key.table)
        for name in self.foreign_key.references:
            target.field(name)
        return schema.with_table(
            attrs.evolve(table, foreign_keys=(*table.foreign_keys, self.foreign_key))
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (
            DropForeignKey(
                self.table,
                self.foreign_key.name or "",
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``add foreign key fk_posts_user_id to posts``."""
        return f"add foreign key {self.foreign_key.name} to {self.table}"

    def slug(self) -> str:
        """``add_fk_posts_user_id``."""
        return f"add_{self.foreign_key.name}"

    def subject(self) -> Subject:
        """The table and the key."""
        return Subject(self.table, self.foreign_key.name)


@attrs.frozen(repr=False)
class AlterForeignKey(BaseOperation):
    """A foreign key as it shall be, under the name that it has."""

    table: str
    foreign_key: ForeignKey

    def apply(self, schema: Schema) -> Schema:
        """Put the key in the place of the old one; what it speaks of must exist."""
        table = schema.table(self.table)
        old = table.foreign_key(self.foreign_key.name or "")
        for name in self.foreign_key.fields:
            table.field(name)
        target = schema.table(self.foreign_key.table)
        for name in self.foreign_key.references:
            target.field(name)
        keys = exchanged(table.foreign_keys, old, self.foreign_key)
        return schema.with_table(attrs.evolve(table, foreign_keys=keys))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it what it was."""
        table = before.table(self.table)
        old = table.foreign_key(self.foreign_key.name or "")
        return (AlterForeignKey(self.table, old, **self.flags()),)

    def describe(self) -> str:
        """``alter foreign key fk_posts_user_id of posts``."""
        return f"alter foreign key {self.foreign_key.name} of {self.table}"

    def slug(self) -> str:
        """``alter_fk_posts_user_id``."""
        return f"alter_{self.foreign_key.name}"

    def subject(self) -> Subject:
        """The table and the key."""
        return Subject(self.table, self.foreign_key.name)


@attrs.frozen(repr=False)
class DropForeignKey(BaseOperation):
    """A foreign key goes."""

    table: str
    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the key."""
        table = schema.table(self.table)
        table.foreign_key(self.name)
        keys = [k for k in table.foreign_keys if k.name != self.name]
        return schema.with_table(attrs.evolve(table, foreign_keys=keys))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Add it again."""
        return (
            AddForeignKey(
                self.table,
                before.table(self.table).foreign_key(self.name),
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``drop foreign key fk_posts_user_id of posts``."""
        return f"drop foreign key {self.name} of {self.table}"

    def slug(self) -> str:
        """``drop_fk_posts_user_id``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The table and the key."""
        return Subject(self.table, self.name)
