"""Checks added, altered, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.model.constraints import Check
from mm_engine.model.schema import Schema
from mm_engine.operations.base import BaseOperation, Subject, exchanged
from mm_engine.operations.constraints import with_room_for

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class AddCheck(BaseOperation):
    """One more check on a table."""

    table: str
    check: Check

    def apply(self, schema: Schema) -> Schema:
        """Add the check."""
        table = with_room_for(self.check, schema.table(self.table))
        return schema.with_table(
            attrs.evolve(table, checks=(*table.checks, self.check))
        )

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (
            DropCheck(
                self.table,
                self.check.name or "",
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``add check ck_posts_price to posts``."""
        return f"add check {self.check.name} to {self.table}"

    def slug(self) -> str:
        """``add_ck_posts_price``."""
        return f"add_{self.check.name}"

    def subject(self) -> Subject:
        """The table and the check."""
        return Subject(self.table, self.check.name)


@attrs.frozen(repr=False)
class AlterCheck(BaseOperation):
    """A check as it shall be, under the name that it has."""

    table: str
    check: Check

    def apply(self, schema: Schema) -> Schema:
        """Put the check in the place of the old one."""
        table = schema.table(self.table)
        old = table.check(self.check.name or "")
        checks = exchanged(table.checks, old, self.check)
        return schema.with_table(attrs.evolve(table, checks=checks))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it what it was."""
        table = before.table(self.table)
        old = table.check(self.check.name or "")
        return (AlterCheck(self.table, old, **self.flags()),)

    def describe(self) -> str:
        """``alter check ck_posts_price of posts``."""
        return f"alter check {self.check.name} of {self.table}"

    def slug(self) -> str:
        """``alter_ck_posts_price``."""
        return f"alter_{self.check.name}"

    def subject(self) -> Subject:
        """The table and the check."""
        return Subject(self.table, self.check.name)


@attrs.frozen(repr=False)
class DropCheck(BaseOperation):
    """A check goes."""

    table: str
    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the check."""
        table = schema.table(self.table)
        table.check(self.name)
        checks = [c for c in table.checks if c.name != self.name]
        return schema.with_table(attrs.evolve(table, checks=checks))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Add it again."""
        return (
            AddCheck(
                self.table,
                before.table(self.table).check(self.name),
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``drop check ck_posts_price of posts``."""
        return f"drop check {self.name} of {self.table}"

    def slug(self) -> str:
        """``drop_ck_posts_price``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The table and the check."""
        return Subject(self.table, self.name)
