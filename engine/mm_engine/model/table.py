"""Tables, and the fields and indexes they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias, TypeVar

import attrs

from mm_engine.errors import Position, StateError, nearest
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.names import names_of
from mm_engine.model.types import FieldType
from mm_engine.model.values import Default, Expression

Options: TypeAlias = Mapping[str, Mapping[str, str | tuple[str, ...]]]
"""What one database is told beyond the neutral words: database, key, value."""


WrittenOptions: TypeAlias = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Options as a migration file may write them: several words also in a list."""


def options_of(options: WrittenOptions) -> Options:
    """Options in plain dictionaries and tuples, which compare by what they say."""
    if not options:
        return {}  # as nearly every field has them
    return {
        database: {
            key: value if isinstance(value, str) else tuple(value)
            for key, value in chosen.items()
        }
        for database, chosen in options.items()
    }


@attrs.frozen
class Field:
    """One field of a table; a column once a dialect has lowered it."""

    name: str
    type: FieldType
    nullable: bool = attrs.field(default=True, kw_only=True)
    default: Default | None = attrs.field(default=None, kw_only=True)
    auto_create: bool = attrs.field(default=False, kw_only=True)
    auto_update: bool = attrs.field(default=False, kw_only=True)
    comment: str | None = attrs.field(default=None, kw_only=True)
    options: Options = attrs.field(factory=dict, converter=options_of, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)


@attrs.frozen
class Desc:
    """A field of an index, greatest value first."""

    name: str


IndexPart: TypeAlias = str | Desc | Expression
"""What an index orders by: a field, a field downwards, or an expression."""


def _index_parts(parts: Iterable[IndexPart]) -> tuple[IndexPart, ...]:
    return names_of(parts) if isinstance(parts, str) else tuple(parts)


@attrs.frozen
class Index:
    """An index over fields or expressions, in order.

    ``include`` are fields that it carries and does not order by. ``concurrently`` is a
    wish how it is built on a table that is there, and no fact of the schema.
    """

    fields: tuple[IndexPart, ...] = attrs.field(converter=_index_parts)
    name: str | None = attrs.field(default=None, kw_only=True)
    unique: bool = attrs.field(default=False, kw_only=True)
    method: str | None = attrs.field(default=None, kw_only=True)
    where: str | None = attrs.field(default=None, kw_only=True, eq=sqltext.canonical)
    include: tuple[str, ...] = attrs.field(default=(), converter=names_of, kw_only=True)
    nulls_not_distinct: bool = attrs.field(default=False, kw_only=True)
    concurrently: bool = attrs.field(default=False, kw_only=True, eq=False)
    options: Options = attrs.field(factory=dict, converter=options_of, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields it names outright, without those inside of expressions."""
        names: list[str] = []
        for part in self.fields:
            match part:
                case str():
                    names.append(part)
                case Desc():
                    names.append(part.name)
                case Expression():
                    pass
        return tuple(names)


Part = TypeVar("Part", Field, Index, Unique, Check, ForeignKey)


def _unordered(parts: tuple[Part, ...]) -> object:
    """What two tables compare: the parts, in any order."""
    named = {part.name: part for part in parts}
    return named if len(named) == len(parts) else sorted(parts, key=repr)


def _by_field_name(fields: tuple[Field, ...]) -> object:
    return {field.name: field for field in fields}


@attrs.frozen
class Table:
    """A table; its parts keep the order they were written in, and compare in any."""

    name: str
    fields: tuple[Field, ...] = attrs.field(
        converter=tuple[Field, ...], eq=_by_field_name
    )
    primary_key: PrimaryKey | None = attrs.field(default=None, kw_only=True)
    indexes: tuple[Index, ...] = attrs.field(
        default=(), converter=tuple[Index, ...], kw_only=True, eq=_unordered
    )
    uniques: tuple[Unique, ...] = attrs.field(
        default=(), converter=tuple[Unique, ...], kw_only=True, eq=_unordered
    )
    checks: tuple[Check, ...] = attrs.field(
        default=(), converter=tuple[Check, ...], kw_only=True, eq=_unordered
    )
    foreign_keys: tuple[ForeignKey, ...] = attrs.field(
        default=(), converter=tuple[ForeignKey, ...], kw_only=True, eq=_unordered
    )
    comment: str | None = attrs.field(default=None, kw_only=True)
    options: Options = attrs.field(factory=dict, converter=options_of, kw_only=True)
    renamed_from: str | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False
    )
    at: Position | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)

    @cached_property
    def without_foreign_keys(self) -> Table:
        """This table as a database has it that has no foreign keys."""
        return attrs.evolve(self, foreign_keys=()) if self.foreign_keys else self

    def has_field(self, name: str) -> bool:
        """Whether a field of that name is here."""
        return any(field.name == name for field in self.fields)

    def field(self, name: str) -> Field:
        """The field of that name; raises ``StateError`` where there is none."""
        return self._part("field", self.fields, name)

    def index(self, name: str) -> Index:
        """The index of that name; raises ``StateError`` where there is none."""
        return self._part("index", self.indexes, name)

    def unique(self, name: str) -> Unique:
        """The unique constraint of that name; ``StateError`` where there is none."""
        return self._part("unique constraint", self.uniques, name)

    def check(self, name: str) -> Check:
        """The check of that name; raises ``StateError`` where there is none."""
        return self._part("check", self.checks, name)

    def foreign_key(self, name: str) -> ForeignKey:
        """The foreign key of that name; raises ``StateError`` where there is none."""
        return self._part("foreign key", self.foreign_keys, name)

    def _part(self, what: str, parts: tuple[Part, ...], name: str) -> Part:
        for part in parts:
            if part.name == name:
                return part
        known = [str(part.name) for part in parts]
        raise StateError(
            f'table "{self.name}" has no {what} "{name}"', hint=nearest(name, known)
        )

    def with_field(self, field: Field) -> Table:
        """This table with one more field, at its end."""
        if self.has_field(field.name):
            raise StateError(f'table "{self.name}" already has a field "{field.name}"')
        return attrs.evolve(self, fields=(*self.fields, field))

    def without_field(self, name: str) -> Table:
        """This table without a field; refused while a part of it needs the field."""
        self.field(name)
        if users := self.users_of(name):
            raise StateError(
                f'"{self.name}.{name}" is still used by {", ".join(users)}',
                hint="drop or alter what uses the field first",
            )
        return attrs.evolve(self, fields=[f for f in self.fields if f.name != name])

    def users_of(self, name: str) -> tuple[str, ...]:
        """The parts of this table that cannot be without the field, in words."""
        key = self.primary_key
        return (
            *(["the primary key"] if key and name in key.fields else []),
            *(f"index {i.name}" for i in self.indexes if name in index_fields(i)),
            *(f"unique constraint {u.name}" for u in self.uniques if name in u.fields),
            *(
                f"check {c.name}"
                for c in self.checks
                if name in sqltext.identifiers(c.expression)
            ),
            *(f"foreign key {k.name}" for k in self.foreign_keys if name in k.fields),
        )

    def replacing(self, field: Field, *, named: str | None = None) -> Table:
        """This table with the field in the place of the one of that name."""
        name = named or field.name
        self.field(name)
        return attrs.evolve(
            self, fields=[field if f.name == name else f for f in self.fields]
        )

    def with_field_renamed(self, old: str, new: str) -> Table:
        """This table with a field under a new name wherever it is spoken of."""
        field = self.field(old)
        if self.has_field(new):
            raise StateError(f'table "{self.name}" already has a field "{new}"')
        names = {old: new}
        key = self.primary_key
        renamed = self.replacing(attrs.evolve(field, name=new), named=old)
        return attrs.evolve(
            self,
            fields=[_computed_anew(field, names) for field in renamed.fields],
            primary_key=key and attrs.evolve(key, fields=_renamed(key.fields, names)),
            indexes=[_renamed_index(index, names) for index in self.indexes],
            uniques=[
                attrs.evolve(u, fields=_renamed(u.fields, names)) for u in self.uniques
            ],
            checks=[
                attrs.evolve(c, expression=sqltext.renamed(c.expression, names))
                for c in self.checks
            ],
            foreign_keys=[
                attrs.evolve(k, fields=_renamed(k.fields, names))
                for k in self.foreign_keys
            ],
        )


def index_fields(index: Index) -> tuple[str, ...]:
    """Every word of an index that may name a field, inside of SQL too."""
    texts = [part.sql for part in index.fields if isinstance(part, Expression)]
    if index.where:
        texts.append(index.where)
    words = (word for text in texts for word in sqltext.identifiers(text))
    return tuple(dict.fromkeys([*index.field_names, *index.include, *words]))


def _renamed(fields: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(name, name) for name in fields)


COMPUTED = "generated"
"""The option of a field that holds the SQL which computes it."""


def is_computed(field: Field) -> bool:
    """Whether a database computes the field from others."""
    return any(COMPUTED in chosen for chosen in field.options.values())


def _computed_anew(field: Field, names: Mapping[str, str]) -> Field:
    """The field with its expression speaking of the new names, where it has one."""
    if not is_computed(field):
        return field
    options = {
        database: {
            key: sqltext.renamed(value, names)
            if key == COMPUTED and isinstance(value, str)
            else value
            for key, value in chosen.items()
        }
        for database, chosen in field.options.items()
    }
    return attrs.evolve(field, options=options)


def _renamed_index(index: Index, names: Mapping[str, str]) -> Index:
    def rename(name: str) -> str:
        return names.get(name, name)

    parts: list[IndexPart] = []
    for part in index.fields:
        match part:
            case Desc():
                parts.append(Desc(rename(part.name)))
            case Expression():
                parts.append(Expression(sqltext.renamed(part.sql, names)))
            case str():
                parts.append(rename(part))
    where = index.where and sqltext.renamed(index.where, names)
    include = _renamed(index.include, names)
    return attrs.evolve(index, fields=parts, where=where, include=include)
