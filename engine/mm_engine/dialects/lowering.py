"""Fields lowered to columns: types, defaults and values in one database's words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, assert_never

from mm_engine.dialects import columns, literals
from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import AutoUpdate, Declarable, EnumStyle
from mm_engine.dialects.lifting import neutral_types
from mm_engine.dialects.names import Names
from mm_engine.dialects.sql import (
    ExpressionSQL,
    LiteralSQL,
    TypeSQL,
    ValueSQL,
    expression,
    in_parentheses,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import (
    Array,
    Date,
    EnumOf,
    FieldType,
    Native,
    Time,
    Timestamp,
    TimestampTZ,
)
from mm_engine.model.values import Default, Expression, Literal, Symbol


class Lowering(Names):
    """Turns fields into columns, and values into constants and expressions."""

    types: ClassVar[Mapping[str, str]]
    """The words for each type, by the word of YAML; its numbers in braces."""

    field_options: ClassVar[tuple[str, ...]] = ()
    own_defaults: ClassVar[Mapping[str, str]] = {}
    """Words for symbolic defaults where the schema has none, which has ours always.

    So they are those of databases that packages of others bring.
    """

    def literal(self, text: str, field: Field, schema: Schema) -> LiteralSQL:
        """What a text means in this field, as a constant."""
        del schema
        return literals.literal(text, self.spoken(field.type), self.features)

    def expression(self, text: str) -> ExpressionSQL:
        """SQL of the user's as one term."""
        return in_parentheses(expression(text, self.features))

    def spoken(self, type_: FieldType) -> FieldType:
        """The type that this database is told."""
        return columns.spoken(type_, self.name)

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field, or a value like one, in SQL."""
        match value:
            case Symbol():
                return self._symbol(value, schema)
            case Expression():
                return self.expression(value.sql)
            case Literal():
                return self.literal(value.text, field, schema)
            case _:
                assert_never(value)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is, wherever it stands."""
        options = self.chosen(field.options, self.field_options)
        type_ = self.spoken(field.type)
        if field.auto_update and self.features.auto_update is AutoUpdate.ABSENT:
            raise UnsupportedError(
                f'{self.title} has nothing that sets "{field.name}" when its row'
                " changes: it has no such clause and no triggers",
                at=field.at,
                hint="leave auto_update out and let the application set it;"
                " auto_create sets it when the row is made",
            )
        return Column(
            name=field.name,
            type=self.type_sql(field, schema),
            not_null=not field.nullable,
            default=self.field_default(field, schema),
            enum=self._checked_enum(type_),
            allowed=columns.enum_values(type_, schema),
            collation=self.single(options, "collate"),
            generated=self._generated(field),
            stored=self.flag(options, "stored"),
        )

    @abstractmethod
    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table, with what they are because of it."""

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column: the schema's own words for it, or ours."""
        type_ = self.spoken(field.type)
        if isinstance(type_, Native):
            return columns.filled(type_.types[self.name], type_, self.features)
        own = columns.mapped(type_, schema.type_mappings.get(self.name, {}))
        return columns.filled(own or self._words(type_), type_, self.features)

    @property
    def leaves_enums(self) -> bool:
        """Whether it is left to the schema what values a field of an enum has."""
        return Declarable.ENUMS in self.declared

    def is_mapped(self, field: Field, schema: Schema) -> bool:
        """Whether the schema has words of its own for a field's type."""
        mappings = schema.type_mappings.get(self.name, {})
        return columns.mapped(self.spoken(field.type), mappings) is not None

    def told_type(self, words: str) -> str:
        """A type as the catalog tells it, in the words of ``types``."""
        return words

    def lifted_types(self, words: str) -> tuple[FieldType, ...]:
        """The types that such words of ``told_type`` may mean, the likeliest first."""
        return neutral_types(self.types, words)

    def field_default(self, field: Field, schema: Schema) -> ValueSQL | None:
        """What a row gets that says nothing; the clock for ``auto_create``."""
        if field.auto_create:
            return self.clock(field, "auto_create")
        if field.default is None:
            return None
        return self.default(field.default, field, schema)

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type."""
        match self.spoken(field.type):
            case Timestamp() | TimestampTZ():
                return ExpressionSQL("CURRENT_TIMESTAMP")
            case Date():
                return ExpressionSQL("CURRENT_DATE")
            case Time():
                return ExpressionSQL("CURRENT_TIME")
            case other:
                raise UnsupportedError(
                    f'{asked_by} of "{field.name}" needs a clock,'
                    f" and {other.yaml_name} shows no time",
                    at=field.at,
                    hint="make it a timestamp, timestamptz, date or time",
                )

    @abstractmethod
    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether the database gives a row a number of its own in this field."""

    def updates_by_trigger(self, table: Table) -> tuple[Field, ...]:
        """The fields that a trigger keeps at the moment of the last change."""
        if self.features.auto_update is not AutoUpdate.TRIGGER:
            return ()
        return tuple(field for field in table.fields if field.auto_update)

    def _symbol(self, symbol: Symbol, schema: Schema) -> ValueSQL:
        said = schema.defaults.get(self.name, {})
        words = said.get(symbol.name) or self.own_defaults.get(symbol.name, "")
        if not words.strip():
            raise UnsupportedError(
                f'{self.title} has no words for the default "{symbol.name}"',
                hint=f"say them under defaults: {self.name}: {symbol.name}:"
                " (NULL for none, '''''' for the empty text)",
            )
        return self.expression(words)

    def _words(self, type_: FieldType) -> str:
        word = type_.yaml_name
        if isinstance(type_, EnumOf) and self.features.enums is EnumStyle.TYPE:
            return self.thing(type_.name)
        if isinstance(type_, Array) and self.features.has_arrays:
            return f"{self._words(type_.of)}[]"
        if word not in self.types:
            raise UnsupportedError(f"{self.title} has no type for {word}")
        return self.types[word]

    def _checked_enum(self, type_: FieldType) -> str | None:
        checks = self.features.enums is EnumStyle.CHECK
        return type_.name if isinstance(type_, EnumOf) and checks else None

    def generated_text(self, field: Field) -> str | None:
        """What a field is computed from here, as it is written; None for all others."""
        options = self.chosen(field.options, self.field_options)
        return self.single(options, "generated")

    def _generated(self, field: Field) -> ExpressionSQL | None:
        text = self.generated_text(field)
        if text is None:
            return None
        return ExpressionSQL(f"({expression(text, self.features)})")
