"""The schema as one value: every table, enum and setting of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import attrs

from mm_engine.errors import StateError, nearest
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.objects import Enum
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array, EnumOf, FieldType, Native

PerDatabase: TypeAlias = Mapping[str, Mapping[str, str]]
"""Database, name, SQL: the shape of ``defaults`` and ``type_mappings``."""


def _tables(tables: Mapping[str, Table]) -> dict[str, Table]:
    return dict(tables)


def _enums(enums: Mapping[str, Enum]) -> dict[str, Enum]:
    return dict(enums)


def per_database(settings: PerDatabase) -> PerDatabase:
    """Settings in plain dictionaries, without databases that have none."""
    return {name: dict(chosen) for name, chosen in settings.items() if chosen}


@attrs.frozen
class Schema:
    """Everything a migration can change; never mutated, always replaced."""

    tables: Mapping[str, Table] = attrs.field(factory=dict, converter=_tables)
    enums: Mapping[str, Enum] = attrs.field(
        factory=dict, converter=_enums, kw_only=True
    )
    defaults: PerDatabase = attrs.field(
        factory=dict, converter=per_database, kw_only=True
    )
    type_mappings: PerDatabase = attrs.field(
        factory=dict, converter=per_database, kw_only=True
    )
    _awaited: frozenset[str] | None = attrs.field(
        default=None, init=False, eq=False, repr=False
    )

    @classmethod
    def of(cls, *tables: Table) -> Schema:
        """A schema of these tables and nothing else."""
        return cls({table.name: table for table in tables})

    def table(self, name: str) -> Table:
        """The table of that name; raises ``StateError`` where there is none."""
        try:
            return self.tables[name]
        except KeyError:
            raise StateError(
                f'there is no table "{name}"', hint=nearest(name, self.tables)
            ) from None

    def enum(self, name: str) -> Enum:
        """The enum of that name; raises ``StateError`` where there is none."""
        try:
            return self.enums[name]
        except KeyError:
            raise StateError(
                f'there is no enum "{name}"', hint=nearest(name, self.enums)
            ) from None

    def without_foreign_keys(self) -> Schema:
        """This schema as a database has it that has no foreign keys."""
        tables = {name: t.without_foreign_keys for name, t in self.tables.items()}
        return attrs.evolve(self, tables=tables)

    def with_table(self, table: Table) -> Schema:
        """This schema with the table in the place of one of its name, or added."""
        made = attrs.evolve(self, tables={**self.tables, table.name: table})
        named = {key.table for key in table.foreign_keys}
        more = {name for name in named if name not in made.tables}
        awaited = (self.awaited | more) - {table.name}
        object.__setattr__(made, "_awaited", awaited)
        return made

    def without_table(self, name: str) -> Schema:
        """This schema without a table; refused while another refers to it."""
        self.table(name)
        for table, key in self.references_to(name):
            if table.name != name:
                raise StateError(
                    f'table "{name}" is still referred to by {table.name}.{key.name}',
                    hint="drop the foreign key first",
                )
        return attrs.evolve(
            self, tables={n: t for n, t in self.tables.items() if n != name}
        )

    def with_table_renamed(self, old: str, new: str) -> Schema:
        """This schema with a table under a new name wherever it is spoken of."""
        self.table(old)
        if new in self.tables:
            raise StateError(f'there already is a table "{new}"')
        return attrs.evolve(
            self,
            tables={
                (new if name == old else name): _referring(
                    attrs.evolve(table, name=new) if name == old else table,
                    lambda key: (
                        attrs.evolve(key, table=new) if key.table == old else key
                    ),
                )
                for name, table in self.tables.items()
            },
        )

    def with_field_renamed(self, table: str, old: str, new: str) -> Schema:
        """This schema with a field under a new name wherever it is spoken of."""
        renamed = self.table(table).with_field_renamed(old, new)

        def renamed_reference(key: ForeignKey) -> ForeignKey:
            if key.table != table or old not in key.references:
                return key
            names = [new if name == old else name for name in key.references]
            return attrs.evolve(key, references=names)

        return attrs.evolve(
            self,
            tables={
                name: _referring(renamed if name == table else other, renamed_reference)
                for name, other in self.tables.items()
            },
        )

    def with_enum(self, enum: Enum) -> Schema:
        """This schema with the enum in the place of one of its name, or added."""
        return attrs.evolve(self, enums={**self.enums, enum.name: enum})

    def without_enum(self, name: str) -> Schema:
        """This schema without an enum; refused while a field is of its type."""
        self.enum(name)
        for table, field in self.fields_of_enum(name):
            raise StateError(
                f'enum "{name}" is still used by {table.name}.{field.name}',
                hint="alter or drop the field first",
            )
        return attrs.evolve(
            self, enums={n: e for n, e in self.enums.items() if n != name}
        )

    def with_enum_renamed(self, old: str, new: str) -> Schema:
        """This schema with an enum under a new name, in its fields too."""
        enum = self.enum(old)
        if new in self.enums:
            raise StateError(f'there already is an enum "{new}"')
        users = {table.name for table, _ in self.fields_of_enum(old)}
        enums = {
            (new if name == old else name): (
                attrs.evolve(enum, name=new) if name == old else other
            )
            for name, other in self.enums.items()
        }
        tables = {
            name: _with_enum_renamed(table, old, new) if name in users else table
            for name, table in self.tables.items()
        }
        return attrs.evolve(self, enums=enums, tables=tables)

    def fields_of_enum(self, name: str) -> Iterator[tuple[Table, Field]]:
        """The fields whose type, or whose values' type, is the enum."""
        for table in self.tables.values():
            for field in table.fields:
                if enum_name(field.type) == name:
                    yield table, field

    @property
    def awaited(self) -> frozenset[str]:
        """What foreign keys refer to and no table is called; a name too many at times.

        Carried from a schema to the next, so that making many tables, each of which is
        asked for, looks at no table twice.
        """
        if self._awaited is None:
            named = {k.table for t in self.tables.values() for k in t.foreign_keys}
            object.__setattr__(self, "_awaited", frozenset(named - {*self.tables}))
        return self._awaited or frozenset()

    def references_to(self, name: str) -> Iterator[tuple[Table, ForeignKey]]:
        """The foreign keys that refer to the table, its own among them."""
        if name not in self.tables and name not in self.awaited:
            return
        for table in self.tables.values():
            for key in table.foreign_keys:
                if key.table == name:
                    yield table, key


def enum_name(type_: FieldType) -> str | None:
    """The enum that a type speaks of, inside of an array or a fallback too."""
    match type_:
        case EnumOf():
            return type_.name
        case Array():
            return enum_name(type_.of)
        case Native(otherwise=other) if other is not None:
            return enum_name(other)
        case _:
            return None


def _referring(table: Table, change: Callable[[ForeignKey], ForeignKey]) -> Table:
    """The table with its foreign keys changed; itself where nothing changes."""
    keys = tuple(change(key) for key in table.foreign_keys)
    unchanged = all(a is b for a, b in zip(keys, table.foreign_keys, strict=True))
    return table if unchanged else attrs.evolve(table, foreign_keys=keys)


def _with_enum_renamed(table: Table, old: str, new: str) -> Table:
    fields = [
        attrs.evolve(field, type=_speaking_of(field.type, old, new))
        for field in table.fields
    ]
    return attrs.evolve(table, fields=fields)


def _speaking_of(type_: FieldType, old: str, new: str) -> FieldType:
    match type_:
        case EnumOf(name=name) if name == old:
            return EnumOf(new)
        case Array():
            return Array(_speaking_of(type_.of, old, new))
        case Native(otherwise=other) if other is not None:
            return attrs.evolve(type_, otherwise=_speaking_of(other, old, new))
        case _:
            return type_
