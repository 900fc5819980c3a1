"""Fields added, dropped, altered, renamed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.errors import StateError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import empty_text, narrows
from mm_engine.model.values import Expression, Literal
from mm_engine.operations.base import BaseOperation, Subject

if TYPE_CHECKING:
    from mm_engine.operations import Operation

OneOff: TypeAlias = Literal | Expression
"""What rows that exist get, once, where a new or stricter field asks for a value."""

Conversions: TypeAlias = Mapping[str, tuple[str, str]]
"""By database: the SQL that turns the old value into the new, and the way back."""


def _conversions(convert: Conversions) -> Conversions:
    return {database: (up, down) for database, (up, down) in convert.items()}


@attrs.frozen(repr=False)
class AddField(BaseOperation):
    """One more field at the end of a table."""

    table: str
    field: Field
    one_off: OneOff | None = attrs.field(default=None, kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Add the field; the table must have none of its name."""
        return schema.with_table(schema.table(self.table).with_field(self.field))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Drop it."""
        del before
        return (
            DropField(
                self.table,
                self.field.name,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``add posts.title``."""
        return f"add {self.table}.{self.field.name}"

    def slug(self) -> str:
        """``add_posts_title``."""
        return f"add_{self.table}_{self.field.name}"

    def subject(self) -> Subject:
        """The table and the field."""
        return Subject(self.table, self.field.name)


@attrs.frozen(repr=False)
class DropField(BaseOperation):
    """A field goes, with what it holds."""

    table: str
    name: str

    def apply(self, schema: Schema) -> Schema:
        """Remove the field; no index, key or constraint may need it."""
        for table, key in schema.references_to(self.table):
            if self.name in key.references:
                raise StateError(
                    f'"{self.table}.{self.name}" is still referred to by'
                    f" {table.name}.{key.name}",
                    at=self.at,
                    hint="drop the foreign key first",
                )
        return schema.with_table(schema.table(self.table).without_field(self.name))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Add the field again, empty; a required one gets what its type calls empty."""
        field = before.table(self.table).field(self.name)
        return (
            AddField(
                self.table,
                field,
                one_off=_filling(field),
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``drop posts.title``."""
        return f"drop {self.table}.{self.name}"

    def slug(self) -> str:
        """``drop_posts_title``."""
        return f"drop_{self.table}_{self.name}"

    def subject(self) -> Subject:
        """The table and the field."""
        return Subject(self.table, self.name)

    def loses(self, before: Schema) -> str | None:
        """What the field holds."""
        del before
        return f"what {self.table}.{self.name} holds"


def _filling(field: Field) -> Literal | None:
    """What rows get when a required field without a default comes back."""
    if field.nullable or field.default is not None or field.auto_create:
        return None
    text = empty_text(field.type)
    return None if text is None else Literal(text)


@attrs.frozen(repr=False)
class AlterField(BaseOperation):
    """A field as it shall be; what it was is in the schema before."""

    table: str
    field: Field
    one_off: OneOff | None = attrs.field(default=None, kw_only=True)
    convert: Conversions = attrs.field(
        factory=dict, converter=_conversions, kw_only=True
    )

    def apply(self, schema: Schema) -> Schema:
        """Put the field in the place of the one of its name."""
        return schema.with_table(schema.table(self.table).replacing(self.field))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old field back; conversions change sides."""
        return (
            AlterField(
                self.table,
                before.table(self.table).field(self.field.name),
                convert={name: (down, up) for name, (up, down) in self.convert.items()},
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``alter posts.title``."""
        return f"alter {self.table}.{self.field.name}"

    def slug(self) -> str:
        """``alter_posts_title``."""
        return f"alter_{self.table}_{self.field.name}"

    def changes(self, before: Schema) -> tuple[str, ...]:
        """What of the field changes, in the words of ``Field``: ``("type",)``."""
        old = before.table(self.table).field(self.field.name)
        return tuple(
            attribute.name
            for attribute in attrs.fields(Field)
            if attribute.eq
            if getattr(old, attribute.name) != getattr(self.field, attribute.name)
        )

    def subject(self) -> Subject:
        """The table and the field."""
        return Subject(self.table, self.field.name)

    def loses(self, before: Schema) -> str | None:
        """Values that do not fit the new type, if it is narrower."""
        old = before.table(self.table).field(self.field.name)
        if not narrows(old.type, self.field.type):
            return None
        return (
            f"values of {self.table}.{self.field.name} that do not fit"
            f" {self.field.type.yaml_name}"
        )


@attrs.frozen(repr=False)
class RenameField(BaseOperation):
    """A field under a new name, wherever it is spoken of."""

    table: str
    old: str
    new: str = attrs.field(kw_only=True)

    def apply(self, schema: Schema) -> Schema:
        """Rename the field in keys, indexes, checks, and in other tables' keys."""
        return schema.with_field_renamed(self.table, self.old, self.new)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Rename it back."""
        del before
        return (
            RenameField(
                self.table,
                self.new,
                new=self.old,
                **self.flags(),
            ),
        )

    def describe(self) -> str:
        """``rename posts.title to headline``."""
        return f"rename {self.table}.{self.old} to {self.new}"

    def slug(self) -> str:
        """``rename_posts_title_to_headline``."""
        return f"rename_{self.table}_{self.old}_to_{self.new}"

    def subject(self) -> Subject:
        """The table and the field's old name."""
        return Subject(self.table, self.old)
