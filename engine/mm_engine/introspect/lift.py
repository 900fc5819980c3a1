"""What a database says, lifted to what we call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift_fields import FieldLifter, as_text
from mm_engine.introspect.lift_parts import with_parts
from mm_engine.introspect.native import Native, NativeColumn, NativeEnum, NativeTable
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Table
from mm_engine.model.values import Symbol

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

__all__ = ["Guide", "lift"]


def lift(native: Native, dialect: Dialect, guide: Guide | None = None) -> Schema:
    """The schema of what a database says.

    Lowering a lifted field gives its column back. What has no neutral name becomes a
    native type, an expression, or an option. A guide says what is to be taken over
    where the database tells what the guide expects it to tell.
    """
    known = guide or Guide(attrs.evolve(Schema(), defaults=_built_in_clocks()))
    checked = _checked_enums(native)
    schema = attrs.evolve(known.schema, enums=_enums(native, checked, known))
    tables = {
        (table.name): table
        for told in native.tables.values()
        for table in [_table(told, dialect, known, schema, checked)]
    }
    lifted = attrs.evolve(schema, tables=tables)
    return lifted if guide else attrs.evolve(lifted, defaults=_used(lifted))


def _table(
    live: NativeTable,
    dialect: Dialect,
    guide: Guide,
    schema: Schema,
    checked: Mapping[str, tuple[str, ...]],
) -> Table:
    old, was = guide.table(live.name)
    if old is not None and was == live and _enums_agree(live, checked):
        return old
    shell = with_parts(dialect, live, was, old)
    lifter = FieldLifter(dialect, schema, checked, shell)
    columns = {column.name: column for column in was.columns} if was else {}
    fields = {field.name: field for field in old.fields} if old else {}
    return attrs.evolve(
        shell,
        fields=[
            lifter.field(
                _agreeing(column, checked),
                columns.get(column.name),
                fields.get(column.name),
            )
            for column in live.columns
        ],
    )


def _checked_enums(native: Native) -> dict[str, tuple[str, ...]]:
    """The enums that are checks on columns, where all their columns say the same."""
    found: dict[str, tuple[str, ...]] = {}
    torn: list[str] = []
    for table in native.tables.values():
        for column in table.columns:
            if column.enum is not None:
                allowed = found.setdefault(column.enum, column.allowed)
                if allowed != column.allowed:
                    torn.append(column.enum)
    return {name: values for name, values in found.items() if name not in torn}


def _enums_agree(table: NativeTable, checked: Mapping[str, tuple[str, ...]]) -> bool:
    return all(c.enum is None or c.enum in checked for c in table.columns)


def _agreeing(
    column: NativeColumn, checked: Mapping[str, tuple[str, ...]]
) -> NativeColumn:
    if column.enum is None or column.enum in checked:
        return column
    return as_text(column)


def _enums(
    native: Native, checked: Mapping[str, tuple[str, ...]], guide: Guide
) -> dict[str, Enum]:
    """The enums that are types of their own, checks, or that nothing uses."""
    before = _checked_enums(guide.native)
    kept = {
        name: enum
        for name, enum in guide.schema.enums.items()
        if name in native.enums or name not in guide.native.enums
    }
    for name, told in native.enums.items():
        kept[name] = _enum(told, guide.native.enums.get(name), kept.get(name))
    for name, values in checked.items():
        if before.get(name) != values:
            old = kept.get(name, Enum(name, values))
            kept[name] = attrs.evolve(old, values=values)
    return kept


def _enum(told: NativeEnum, was: NativeEnum | None, old: Enum | None) -> Enum:
    if was is None or old is None:
        return Enum(told.name, told.values, comment=told.comment)
    return attrs.evolve(
        old,
        values=old.values if told.values == was.values else told.values,
        comment=old.comment if told.comment == was.comment else told.comment,
    )


def _built_in_clocks() -> PerDatabase:
    return BUILT_IN_DEFAULTS


def _used(schema: Schema) -> PerDatabase:
    """The words of the symbols that fields use, for every database."""
    used = {
        field.default.name
        for table in schema.tables.values()
        for field in table.fields
        if isinstance(field.default, Symbol)
    }
    return {
        database: {name: sql for name, sql in words.items() if name in used}
        for database, words in schema.defaults.items()
    }
