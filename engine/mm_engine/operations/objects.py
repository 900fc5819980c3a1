"""Enums made, dropped, renamed, altered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import StateError
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.values import Literal
from mm_engine.operations.base import BaseOperation, Subject
from mm_engine.operations.fields import AlterField

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class CreateEnum(BaseOperation):
    """A new enum."""

    enum: Enum

    def apply(self, schema: Schema) -> Schema:
        """Add the enum; there must be none of its name."""
        if self.enum.name in schema.enums:
            raise StateError(f'there already is an enum "{self.enum.name}"', at=self.at)
        return schema.with_enum(self.enum)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (DropEnum(self.enum.name, **self.flags()),)

    def describe(self) -> str:
        """``create enum status``."""
        return f"create enum {self.enum.name}"

    def slug(self) -> str:
        """``create_status``."""
        return f"create_{self.enum.name}"

    def subject(self) -> Subject:
        """The enum."""
        return Subject(None, self.enum.name)


@attrs.frozen(repr=False)
class DropEnum(BaseOperation):
    """An enum goes; no field may be of its type."""

    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the enum."""
        return schema.without_enum(self.name)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Make it again."""
        return (CreateEnum(before.enum(self.name), **self.flags()),)

    def describe(self) -> str:
        """``drop enum status``."""
        return f"drop enum {self.name}"

    def slug(self) -> str:
        """``drop_status``."""
        return f"drop_{self.name}"

    def subject(self) -> Subject:
        """The enum."""
        return Subject(None, self.name)


@attrs.frozen(repr=False)
class RenameEnum(BaseOperation):
    """An enum under a new name, in the fields of its type too."""

    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        """Rename the enum wherever it is spoken of."""
        return schema.with_enum_renamed(self.old, self.new)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Rename it back."""
        del before
        return (RenameEnum(self.new, self.old, **self.flags()),)

    def describe(self) -> str:
        """``rename enum status to state``."""
        return f"rename enum {self.old} to {self.new}"

    def slug(self) -> str:
        """``rename_status_to_state``."""
        return f"rename_{self.old}_to_{self.new}"

    def subject(self) -> Subject:
        """The enum, by its old name."""
        return Subject(None, self.old)


def _values(values: Mapping[str, str]) -> dict[str, str]:
    return dict(values)


@attrs.frozen(repr=False)
class AlterEnum(BaseOperation):
    """An enum as it shall be.

    ``renamed`` maps values as they were to values as they are called now;
    ``replaced`` maps values that go to those that their rows get instead.
    Defaults of fields follow both. A value that goes and is not replaced must be in
    no row.
    """

    enum: Enum
    renamed: Mapping[str, str] = attrs.field(
        factory=dict, converter=_values, kw_only=True
    )
    replaced: Mapping[str, str] = attrs.field(
        factory=dict, converter=_values, kw_only=True
    )

    def apply(self, schema: Schema) -> Schema:
        """Put the enum in the place of the one of its name."""
        old = schema.enum(self.enum.name)
        gone = {**self.renamed, **self.replaced}
        for value, now in gone.items():
            if value not in old.values or now not in self.enum.values:
                raise StateError(
                    f'enum "{self.enum.name}": "{value}" cannot become "{now}",'
                    " one of them is not there",
                    at=self.at,
                )
        return _with_defaults(schema.with_enum(self.enum), self.enum.name, gone)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old list back, and old defaults; rows stay as they were replaced."""
        renamed_back = {now: old for old, now in self.renamed.items()}
        old = before.enum(self.enum.name)
        back = AlterEnum(old, renamed=renamed_back, **self.flags())
        undone = back.apply(self.apply(before))
        fields = [
            AlterField(table.name, field, **self.flags())
            for table, field in before.fields_of_enum(old.name)
            if field != undone.table(table.name).field(field.name)
        ]
        return (back, *fields)

    def describe(self) -> str:
        """``alter enum status``."""
        return f"alter enum {self.enum.name}"

    def slug(self) -> str:
        """``alter_status``."""
        return f"alter_{self.enum.name}"

    def subject(self) -> Subject:
        """The enum."""
        return Subject(None, self.enum.name)

    def gone(self, before: Schema) -> tuple[str, ...]:
        """The values that go and are not renamed, in the old order."""
        old = before.enum(self.enum.name).values
        kept = {*self.enum.values, *self.renamed}
        return tuple(value for value in old if value not in kept)

    def loses(self, before: Schema) -> str | None:
        """The values that go."""
        values = ", ".join(self.gone(before))
        return f"{values} of enum {self.enum.name}" if values else None


def _with_defaults(schema: Schema, enum: str, now: Mapping[str, str]) -> Schema:
    """The schema with defaults of the enum's fields that say values as they are now."""
    for table, field in list(schema.fields_of_enum(enum)) if now else ():
        if isinstance(field.default, Literal) and field.default.text in now:
            default = Literal(now[field.default.text])
            changed = attrs.evolve(field, default=default)
            schema = schema.with_table(schema.table(table.name).replacing(changed))
    return schema
