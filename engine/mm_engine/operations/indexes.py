"""Indexes added, altered, dropped, renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import StateError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index
from mm_engine.operations.base import BaseOperation, Subject, exchanged

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class AddIndex(BaseOperation):
    """One more index on a table."""

    table: str
    index: Index

    def apply(self, schema: Schema) -> Schema:
        """Add the index; its fields must exist, its name must be new to the table."""
        table = schema.table(self.table)
        if any(index.name == self.index.name for index in table.indexes):
            raise StateError(
                f'table "{self.table}" already has an index "{self.index.name}"',
                at=self.at,
            )
        for name in (*self.index.field_names, *self.index.include):
            table.field(name)
        return schema.with_table(
            attrs.evolve(table, indexes=(*table.indexes, self.index))
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (
            DropIndex(
                self.table,
                self.index.name or "",
                **self.flags(),
            ),
        )

    def stands_alone(self, before: Schema) -> bool:
        """Whether it is to be built while others write."""
        del before
        return self.index.concurrently and not self.schema_only

    def describe(self) -> str:
        """``add index idx_posts_title to posts``."""
        kind = "unique index" if self.index.unique else "index"
        return f"add {kind} {self.index.name} to {self.table}"

    def slug(self) -> str:
        """``add_idx_posts_title``."""
        return f"add_{self.index.name}"

    def subject(self) -> Subject:
        """The table and the index."""
        return Subject(self.table, self.index.name)


@attrs.frozen(repr=False)
class AlterIndex(BaseOperation):
    """An index as it shall be, under the name that it has."""

    table: str
    index: Index

    def apply(self, schema: Schema) -> Schema:
        """Put the index in the place of the old one; its fields must exist."""
        table = schema.table(self.table)
        old = table.index(self.index.name or "")
        for name in (*self.index.field_names, *self.index.include):
            table.field(name)
        indexes = exchanged(table.indexes, old, self.index)
        return schema.with_table(attrs.evolve(table, indexes=indexes))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it what it was."""
        table = before.table(self.table)
        old = table.index(self.index.name or "")
        return (AlterIndex(self.table, old, **self.flags()),)

    def stands_alone(self, before: Schema) -> bool:
        """Whether one of the two indexes is to be built while others write."""
        table = before.tables.get(self.table)
        both = [self.index, *(table.indexes if table else ())]
        return not self.schema_only and any(
            index.concurrently for index in both if index.name == self.index.name
        )

    def describe(self) -> str:
        """``alter index idx_posts_title of posts``."""
        return f"alter index {self.index.name} of {self.table}"

    def slug(self) -> str:
        """``alter_idx_posts_title``."""
        return f"alter_{self.index.name}"

    def subject(self) -> Subject:
        """The table and the index."""
        return Subject(self.table, self.index.name)


@attrs.frozen(repr=False)
class DropIndex(BaseOperation):
    """An index goes."""

    table: str
    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the index."""
        table = schema.table(self.table)
        table.index(self.name)
        return schema.with_table(
            attrs.evolve(
                table, indexes=[i for i in table.indexes if i.name != self.name]
            )
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it again."""
        return (
            AddIndex(
                self.table,
                before.table(self.table).index(self.name),
                **self.flags(),
            ),
        )

    def stands_alone(self, before: Schema) -> bool:
        """Whether the index is one that was to be built while others write."""
        table = before.tables.get(self.table)
        indexes = table.indexes if table else ()
        found = next((index for index in indexes if index.name == self.name), None)
        return found is not None and found.concurrently and not self.schema_only

    def describe(self) -> str:
        """``drop index idx_posts_title of posts``."""
        return f"drop index {self.name} of {self.table}"

    def slug(self) -> str:
        """``drop_idx_posts_title``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The table and the index."""
        return Subject(self.table, self.name)


@attrs.frozen(repr=False)
class RenameIndex(BaseOperation):
    """An index under a new name."""

    table: str
    old: str
    new: str = attrs.field(kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Rename the index; the table must have none of the new name."""
        table = schema.table(self.table)
        table.index(self.old)
        if any(index.name == self.new for index in table.indexes):
            raise StateError(
                f'table "{self.table}" already has an index "{self.new}"', at=self.at
            )
        return schema.with_table(
            attrs.evolve(
                table,
                indexes=[
                    attrs.evolve(i, name=self.new) if i.name == self.old else i
                    for i in table.indexes
                ],
            )
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Rename it back."""
        del before
        return (
            RenameIndex(
                self.table,
                self.new,
                new=self.old,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``rename index idx_a of posts to idx_b``."""
        return f"rename index {self.old} of {self.table} to {self.new}"

    def slug(self) -> str:
        """``rename_idx_a_to_idx_b``."""
        return f"rename_{self.old}_to_{self.new}"

    def subject(self) -> Subject:
        """The table and the index's old name."""
        return Subject(self.table, self.old)
