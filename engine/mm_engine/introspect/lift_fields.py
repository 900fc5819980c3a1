"""Columns lifted to fields, attribute by attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import UnsupportedError
from mm_engine.introspect.constants import Constant, constant
from mm_engine.introspect.native import NativeColumn
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Options, Table
from mm_engine.model.types import Array, BigSerial, EnumOf, FieldType, Native, Serial
from mm_engine.model.values import Default, Expression, Literal, Symbol

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

_CLOCKS = ("now", "today", "current_time", "new_uuid")
"""Symbols that stand for a function; the others are only values."""

_QUOTES = "'\"`"
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\w+|\s+|.""", re.DOTALL)

_COLUMN_OPTIONS = ("collate", "generated", "stored")


@attrs.frozen
class FieldLifter:
    """Makes fields of the columns of one table."""

    dialect: Dialect
    schema: Schema
    """Where enums, words for symbols and type mappings are looked up."""

    enums: Mapping[str, tuple[str, ...]]
    """The enums that are checks, with the values that all columns agree on."""

    table: Table
    """The table without its fields: its options say what types become."""

    def field(
        self, column: NativeColumn, was: NativeColumn | None, old: Field | None
    ) -> Field:
        """The field of a column, which was told in other words and said so."""
        if was is None or old is None:
            return self._fresh(column)
        if was == column:
            return old
        same = {
            a.name for a in attrs.fields(NativeColumn) if _is_same(a.name, was, column)
        }
        field = (
            attrs.evolve(old, nullable=not column.not_null)
            if "not_null" not in same
            else old
        )
        if not {"type", "enum", "allowed", "identity"} <= same:
            field = self._retyped(field, column)
        if "default" not in same:
            default = self._default(column, field)
            field = attrs.evolve(field, default=default, auto_create=False)
        if "updated_by" not in same:
            field = attrs.evolve(field, auto_update=column.updated_by is not None)
        if "comment" not in same:
            field = attrs.evolve(field, comment=column.comment)
        changed = {"collation", "generated", "stored"} - same
        return self._with_options(field, column) if changed else field

    def _fresh(self, column: NativeColumn) -> Field:
        """The field of a column that nobody has spoken of."""
        field = Field(
            column.name,
            self._type(column),
            nullable=not column.not_null and not self._is_in_key(column),
            auto_update=column.updated_by is not None,
            comment=column.comment,
        )
        field = self._with_options(field, column)
        return attrs.evolve(field, default=self._default(column, field))

    def _is_in_key(self, column: NativeColumn) -> bool:
        key = self.table.primary_key
        return key is not None and column.name in key.fields

    def _retyped(self, field: Field, column: NativeColumn) -> Field:
        """The field with the column's type, without options that were about another."""
        own = field.options.get(self.dialect.name, {})
        kept = {key: value for key, value in own.items() if key in _COLUMN_OPTIONS}
        return attrs.evolve(
            field, type=self._type(column), options=self._own(field, kept)
        )

    def _type(self, column: NativeColumn) -> FieldType:
        if column.enum is not None and self.enums.get(column.enum) == column.allowed:
            return EnumOf(column.enum)
        named = [n for n in self.schema.enums if self.dialect.thing(n) == column.type]
        if named and not column.enum:
            return EnumOf(named[0])
        words = self.dialect.told_type(column.type)
        told = (
            type_
            for type_ in self.dialect.lifted_types(words)
            if isinstance(type_, Serial | BigSerial) is column.identity
            and (column.identity or self._is_told(type_, words))
        )
        first = next(told, None)
        if first is None:
            return self._array(column) or Native({self.dialect.name: words})
        likely = chain([first], told)
        return next((t for t in likely if self._is_clocked(t, column)), first)

    def _is_clocked(self, type_: FieldType, column: NativeColumn) -> bool:
        """Whether the column asks for now as a field of that type does.

        Two types may be kept as one, of which one is said in UTC.
        """
        said = [_plain(text) for text in (column.default, column.updated_by) if text]
        if not said:
            return True
        try:
            now = self.dialect.clock(Field("field", type_), "now")
        except UnsupportedError:
            return False
        return _plain(now) in said

    def _array(self, column: NativeColumn) -> FieldType | None:
        """An array of what has a neutral name."""
        if not self.dialect.features.has_arrays or not column.type.endswith("[]"):
            return None
        item = attrs.evolve(column, type=column.type.removesuffix("[]"))
        type_ = self._type(item)
        return None if isinstance(type_, Native) else Array(type_)

    def _is_told(self, type_: FieldType, words: str) -> bool:
        """Whether a field of that type becomes a column of these words here."""
        table = attrs.evolve(
            self.table,
            fields=[Field("field", type_)],
            primary_key=None,
        )
        try:
            [column] = self.dialect.columns(table, self.schema)
        except UnsupportedError:
            return False
        return self.dialect.told_type(column.type) == words

    def _default(self, column: NativeColumn, field: Field) -> Default | None:
        """What gives the same default again: a function, a value, or SQL."""
        text = column.default
        if text is None or column.identity:
            return None
        escapes = self.dialect.features.backslash_escapes
        written = constant(text, column.type, escapes=escapes)
        for value in self._defaults(written):
            for told in self._told(value, field):
                again = constant(told, column.type, escapes=escapes)
                if again == written if written else _plain(told) == _plain(text):
                    return value
        return Expression(text)

    def _told(self, value: Default, field: Field) -> Iterator[str]:
        """A default in SQL, and as the column takes it where that is otherwise."""
        try:
            yield self.dialect.default(value, field, self.schema)
            said = attrs.evolve(field, default=value)
            yield self.dialect.field_default(said, self.schema) or ""
        except UnsupportedError:
            return

    def _defaults(self, written: Constant | None) -> Iterator[Default]:
        if written is not None:
            yield Literal(written.text)
            return
        words = self.schema.defaults.get(self.dialect.name, {})
        yield from (Symbol(name) for name in _CLOCKS if name in words)

    def _with_options(self, field: Field, column: NativeColumn) -> Field:
        own = field.options.get(self.dialect.name, {})
        kept = {key: value for key, value in own.items() if key not in _COLUMN_OPTIONS}
        said = {"collate": column.collation, "generated": column.generated}
        words = {key: value for key, value in said.items() if value is not None}
        if (
            column.generated
            and column.stored
            and "stored" in self.dialect.field_options
        ):
            words["stored"] = "true"
        return attrs.evolve(field, options=self._own(field, {**kept, **words}))

    def _own(
        self, field: Field, chosen: Mapping[str, str | tuple[str, ...]]
    ) -> Options:
        """A field's options with other words for this database."""
        options = {**field.options, self.dialect.name: chosen}
        return {name: words for name, words in options.items() if words}


def as_text(column: NativeColumn) -> NativeColumn:
    """The column of an enum that is none any more."""
    return attrs.evolve(column, enum=None, allowed=())


def _is_same(name: str, was: NativeColumn, column: NativeColumn) -> bool:
    return bool(getattr(was, name) == getattr(column, name))


def _plain(text: str) -> tuple[str, ...]:
    """An expression's words and signs, without what catalogs add around and between.

    What stands in quotes is as it stands there, and inner parentheses say what is
    meant: two expressions that mean different things are never alike.
    """
    pieces = [
        piece if piece[0] in _QUOTES else piece.casefold()
        for piece in _PIECE.findall(text)
        if not piece.isspace()
    ]
    while _is_wrapped(pieces):
        pieces = pieces[1:-1]
    return tuple(pieces)


def _is_wrapped(pieces: Sequence[str]) -> bool:
    """Whether the first parenthesis is closed by the last piece."""
    depth = 0
    for number, piece in enumerate(pieces, 1):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return number == len(pieces) > 1
    return False
