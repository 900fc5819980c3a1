"""A schema moved into the temporary namespace, and its description moved back.

There is one such namespace, so what lies in a namespace of its own gets a number for a
name there: two tables, or two indexes, may be called alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from mm_engine.introspect.native import (
    Native,
    NativeCheck,
    NativeColumn,
    NativeForeignKey,
    NativeIndex,
    NativeKey,
    NativePart,
    NativeTable,
)
from mm_engine.introspect.postgresql_columns import enum_words
from mm_engine.introspect.postgresql_places import TEMPORARY
from mm_engine.introspect.postgresql_spoken import Spoken
from mm_engine.model.schema import Schema
from mm_engine.model.table import Options, Table

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

UNLOGGED = "unlogged"


@attrs.frozen(kw_only=True)
class Disguise:
    """The schema as it is built, and what was called how before.

    ``built`` has no foreign keys. ``tables``, ``enums`` and ``parts`` give the name of
    before, as the catalog has it, by the name in the temporary namespace.
    """

    dialect: Dialect
    schema: Schema
    built: Schema
    tables: Mapping[str, str]
    enums: Mapping[str, str]
    parts: Mapping[str, str]

    @classmethod
    def of(cls, schema: Schema, dialect: Dialect) -> Disguise:
        """The disguise of everything in a schema."""
        number = _numbers()
        built = schema
        enums: dict[str, str] = {}
        for name in schema.enums:
            own = number() if dialect.place(name)[0] else name
            enums[own] = name
            built = built.with_enum_renamed(name, f"{TEMPORARY}.{own}")
        tables: dict[str, str] = {}
        parts: dict[str, str] = {}
        moved: dict[str, Table] = {}
        for name, table in built.tables.items():
            is_apart = dialect.place(name)[0] is not None
            own = number() if is_apart else name
            tables[own] = name
            alone = attrs.evolve(
                table,
                name=f"{TEMPORARY}.{own}",
                foreign_keys=(),
                options=_temporary(dialect, table),
            )
            if is_apart:
                alone, names = _numbered(alone, number)
                parts |= {new: dialect.cut_name(old) for new, old in names.items()}
            moved[alone.name] = alone
        return cls(
            dialect=dialect,
            schema=schema,
            built=attrs.evolve(built, tables=moved),
            tables=tables,
            enums=enums,
            parts=parts,
        )

    def name(self, table: Table) -> str:
        """What a table that is built is called in the schema."""
        return self.tables[table.name.removeprefix(f"{TEMPORARY}.")]

    @property
    def enums_apart(self) -> Mapping[str, tuple[str, str]]:
        """Namespace and own name of each enum that has a number for a name."""
        places = {own: self.dialect.place(name) for own, name in self.enums.items()}
        return {own: (str(n), name) for own, (n, name) in places.items() if n}

    @cached_property
    def _types(self) -> Mapping[str, str]:
        return {
            enum_words(own, is_list=is_list): enum_words(name, is_list=is_list)
            for own, name in self.enums.items()
            for is_list in (False, True)
        }

    def revealed(self, native: Native, spoken: Spoken) -> Native:
        """A description of what was built as one of the schema."""
        tables = [
            self._table(table, self.schema.table(self.tables[name]), spoken)
            for name, table in native.tables.items()
            # The connection may have temporary tables of its own.
            if name in self.tables
        ]
        enums = [
            attrs.evolve(enum, name=self.enums[name])
            for name, enum in native.enums.items()
            if name in self.enums
        ]
        return attrs.evolve(
            native,
            tables={table.name: table for table in tables},
            enums={enum.name: enum for enum in enums},
            unread=(),
        )

    def _table(self, found: NativeTable, table: Table, spoken: Spoken) -> NativeTable:
        def said(text: str | None) -> str | None:
            return text and spoken.as_live(text)

        key = found.primary_key
        return attrs.evolve(
            found,
            name=table.name,
            columns=tuple(self._column(column, said) for column in found.columns),
            primary_key=key and self._key(key),
            uniques=tuple(self._key(unique) for unique in found.uniques),
            checks=tuple(
                NativeCheck(name=check.name, expression=said(check.expression) or "")
                for check in found.checks
            ),
            options={**found.options, **self._unlogged(table)},
            foreign_keys=_foreign_keys(self.dialect, table),
            indexes=tuple(self._index(index, said) for index in found.indexes),
        )

    def _unlogged(self, table: Table) -> dict[str, str]:
        """What is said of the log, which a temporary table has nothing to do with."""
        chosen = self.dialect.chosen(table.options, self.dialect.table_options)
        return {UNLOGGED: "true"} if self.dialect.flag(chosen, UNLOGGED) else {}

    def _column(
        self, column: NativeColumn, said: Callable[[str | None], str | None]
    ) -> NativeColumn:
        return attrs.evolve(
            column,
            type=self._types.get(column.type, column.type),
            default=said(column.default),
            generated=said(column.generated),
        )

    def _key(self, key: NativeKey) -> NativeKey:
        name = str(key.name)
        return attrs.evolve(key, name=self.parts.get(name, name))

    def _index(
        self, index: NativeIndex, said: Callable[[str | None], str | None]
    ) -> NativeIndex:
        parts = [
            NativePart(
                column=part.column,
                expression=said(part.expression),
                descending=part.descending,
            )
            for part in index.parts
        ]
        return attrs.evolve(
            index,
            name=self.parts.get(index.name, index.name),
            parts=tuple(parts),
            where=said(index.where),
        )


def _temporary(dialect: Dialect, table: Table) -> Options:
    """The options of a table that a temporary one can have."""
    own = table.options.get(dialect.name, {})
    kept = {key: value for key, value in own.items() if key != UNLOGGED}
    return {**table.options, dialect.name: kept}


def _numbers() -> Callable[[], str]:
    """Names that nobody gives to anything."""

    def counted() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"#{number}#"

    names = counted()
    return lambda: next(names)


def _numbered(table: Table, number: Callable[[], str]) -> tuple[Table, dict[str, str]]:
    """A table with numbers for what has an index, and the names it had."""
    names: dict[str, str] = {}

    def named(name: str | None) -> str:
        own = number()
        names[own] = str(name)
        return own

    key = table.primary_key
    numbered = attrs.evolve(
        table,
        primary_key=key and attrs.evolve(key, name=named(key.name)),
        uniques=[attrs.evolve(u, name=named(u.name)) for u in table.uniques],
        indexes=[attrs.evolve(i, name=named(i.name)) for i in table.indexes],
    )
    return numbered, names


def _foreign_keys(dialect: Dialect, table: Table) -> tuple[NativeForeignKey, ...]:
    """The foreign keys as the catalog keeps them: word for word as they are said."""
    return tuple(
        NativeForeignKey(
            name=dialect.cut_name(str(key.name)),
            fields=key.fields,
            table=key.table,
            references=key.references,
            on_delete=key.on_delete,
            on_update=key.on_update,
            deferrable=key.deferrable,
        )
        for key in table.foreign_keys
    )
