"""Tables made, dropped, renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import StateError
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Options, Table, options_of
from mm_engine.operations.base import BaseOperation, Subject

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class CreateTable(BaseOperation):
    """A new table with everything that is on it."""

    name: str
    fields: tuple[Field, ...] = attrs.field(converter=tuple[Field, ...], kw_only=True)
    primary_key: PrimaryKey | None = attrs.field(default=None, kw_only=True)
    indexes: tuple[Index, ...] = attrs.field(
        default=(), converter=tuple[Index, ...], kw_only=True
    )
    uniques: tuple[Unique, ...] = attrs.field(
        default=(), converter=tuple[Unique, ...], kw_only=True
    )
    checks: tuple[Check, ...] = attrs.field(
        default=(), converter=tuple[Check, ...], kw_only=True
    )
    foreign_keys: tuple[ForeignKey, ...] = attrs.field(
        default=(), converter=tuple[ForeignKey, ...], kw_only=True
    )
    comment: str | None = attrs.field(default=None, kw_only=True)
    options: Options = attrs.field(factory=dict, converter=options_of, kw_only=True)

    @classmethod
    def of(
        cls, table: Table, *, schema_only: bool = False, if_present: bool = False
    ) -> CreateTable:
        """The operation that makes this table."""
        return cls(
            table.name,
            fields=table.fields,
            primary_key=table.primary_key,
            indexes=table.indexes,
            uniques=table.uniques,
            checks=table.checks,
            foreign_keys=table.foreign_keys,
            comment=table.comment,
            options=table.options,
            schema_only=schema_only,
            if_present=if_present,
        )

    @property
    def table(self) -> Table:
        """The table as it will be."""
        return Table(
            self.name,
            self.fields,
            primary_key=self.primary_key,
            indexes=self.indexes,
            uniques=self.uniques,
            checks=self.checks,
            foreign_keys=self.foreign_keys,
            comment=self.comment,
            options=self.options,
        )

    def apply(self, schema: Schema) -> Schema:
        """Add the table; there must be none of its name."""
        if self.name in schema.tables:
            raise StateError(f'there already is a table "{self.name}"', at=self.at)
        return schema.with_table(self.table)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (DropTable(self.name, **self.flags()),)

    def describe(self) -> str:
        """``create table posts``."""
        return f"create table {self.name}"

    def slug(self) -> str:
        """``create_posts``."""
        return f"create_{self.name}"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.name, self.name)


@attrs.frozen(repr=False)
class DropTable(BaseOperation):
    """A table goes, with its rows."""

    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the table; no other may refer to it."""
        return schema.without_table(self.name)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make the table again, without its rows."""
        return (
            CreateTable.of(
                before.table(self.name),
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``drop table posts``."""
        return f"drop table {self.name}"

    def slug(self) -> str:
        """``drop_posts``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.name, self.name)

    def loses(self, before: Schema) -> str | None:
        """All its rows."""
        del before
        return f"every row of {self.name}"


@attrs.frozen(repr=False)
class RenameTable(BaseOperation):
    """A table under a new name, wherever it is spoken of."""

    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        """Rename the table, in the foreign keys of other tables too."""
        return schema.with_table_renamed(self.old, self.new)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Rename it back."""
        del before
        return (
            RenameTable(
                self.new,
                self.old,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``rename table posts to articles``."""
        return f"rename table {self.old} to {self.new}"

    def slug(self) -> str:
        """``rename_posts_to_articles``."""
        return f"rename_{self.old}_to_{self.new}"

    def subject(self) -> Subject:
        """The table, by its old name, and its new name."""
        return Subject(self.old, self.new)
