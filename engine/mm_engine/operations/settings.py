"""What is said about tables and databases without changing any field outright."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from mm_engine.model.schema import PerDatabase, Schema, per_database
from mm_engine.model.table import Options, options_of
from mm_engine.model.types import Array, FieldType, Native
from mm_engine.operations.base import BaseOperation, Subject

if TYPE_CHECKING:
    from mm_engine.operations import Operation


@attrs.frozen(repr=False)
class _ForEveryTable(BaseOperation):
    """What is said of no table, so that one phrase tells all of it."""

    _phrase: ClassVar[str]

    def describe(self) -> str:
        """``set defaults``."""
        return self._phrase

    def slug(self) -> str:
        """``set_defaults``."""
        return self._phrase.replace(" ", "_")

    def subject(self) -> Subject:
        """No table."""
        return Subject(None, None)


@attrs.frozen(repr=False)
class SetDefaults(_ForEveryTable):
    """The symbolic defaults of every database, in its own words.

    Fields whose default is a symbol with new words are altered along with it.
    """

    _phrase = "set defaults"

    defaults: PerDatabase = attrs.field(converter=per_database)

    def apply(self, schema: Schema) -> Schema:
        """Put the defaults in the place of the old ones."""
        return attrs.evolve(schema, defaults=self.defaults)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old ones back."""
        return (SetDefaults(before.defaults, **self.flags()),)


@attrs.frozen(repr=False)
class SetTypeMappings(_ForEveryTable):
    """The type mappings of every database.

    Fields whose type is told otherwise by the new mappings are altered along with it.
    """

    _phrase = "set type mappings"

    type_mappings: PerDatabase = attrs.field(converter=per_database)

    def apply(self, schema: Schema) -> Schema:
        """Put the mappings in the place of the old ones."""
        return attrs.evolve(schema, type_mappings=self.type_mappings)

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old ones back."""
        return (SetTypeMappings(before.type_mappings, **self.flags()),)

    def loses(self, before: Schema) -> str | None:
        """Values of fields whose type is told otherwise now, and may not fit it.

        A mapping holds a database's own words, so nobody can say that they do.
        """
        changed = {
            name
            for database in dict.fromkeys([*before.type_mappings, *self.type_mappings])
            for name in _changed_types(before, self.type_mappings, database)
        }
        fields = [
            f"{table.name}.{field.name}"
            for table in before.tables.values()
            for field in table.fields
            if changed.intersection(_mapping_keys(field.type))
        ]
        return f"values of {', '.join(fields)} that do not fit" if fields else None


def _changed_types(
    before: Schema, after: PerDatabase, database: str
) -> tuple[str, ...]:
    """The mapped types of a database whose words are others afterwards."""
    old, new = before.type_mappings.get(database, {}), after.get(database, {})
    names = dict.fromkeys([*old, *new])
    return tuple(name for name in names if old.get(name) != new.get(name))


def _mapping_keys(type_: FieldType) -> tuple[str, ...]:
    """The keys of type mappings that a field of this type may be told by."""
    match type_:
        case Array():
            return type_.yaml_name, f"{type_.of.yaml_name}[]"
        case Native(otherwise=other) if other is not None:
            return _mapping_keys(other)
        case _:
            return (type_.yaml_name,)


@attrs.frozen(repr=False)
class SetTableComment(BaseOperation):
    """What is said of a table; None for nothing."""

    table: str
    comment: str | None

    def apply(self, schema: Schema) -> Schema:
        """Put the comment in the place of the old one."""
        table = schema.table(self.table)
        return schema.with_table(attrs.evolve(table, comment=self.comment))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old one back."""
        old = before.table(self.table).comment
        return (SetTableComment(self.table, old, **self.flags()),)

    def describe(self) -> str:
        """``comment on table posts``."""
        return f"comment on table {self.table}"

    def slug(self) -> str:
        """``comment_on_posts``."""
        return f"comment_on_{self.table}"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.table, self.table)


@attrs.frozen(repr=False)
class SetTableOptions(BaseOperation):
    """What single databases are told about a table."""

    table: str
    options: Options = attrs.field(converter=options_of)

    def apply(self, schema: Schema) -> Schema:
        """Put the options in the place of the old ones."""
        table = schema.table(self.table)
        return schema.with_table(attrs.evolve(table, options=self.options))

    def reverse(self, before: Schema) -> tuple[Operation, ...]:
        """Put the old ones back."""
        old = before.table(self.table).options
        return (SetTableOptions(self.table, old, **self.flags()),)

    def describe(self) -> str:
        """``set options of table posts``."""
        return f"set options of table {self.table}"

    def slug(self) -> str:
        """``set_posts_options``."""
        return f"set_{self.table}_options"

    def subject(self) -> Subject:
        """The table."""
        return Subject(self.table, self.table)
