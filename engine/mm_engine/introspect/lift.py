"""What a database says, lifted to what we call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.columns import ENUM_CHECK
from mm_engine.dialects.features import EnumStyle
from mm_engine.introspect.guide import Guide
from mm_engine.introspect.lift_fields import FieldLifter, as_text
from mm_engine.introspect.lift_parts import with_parts
from mm_engine.introspect.native import (
    Native,
    NativeCheck,
    NativeColumn,
    NativeEnum,
    NativeTable,
)
from mm_engine.introspect.reader import apart
from mm_engine.model.objects import Enum
from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.sqltext import plainly_quoted
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Table
from mm_engine.model.values import Symbol

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

__all__ = ["Guide", "lift", "used_defaults"]


def lift(native: Native, dialect: Dialect, guide: Guide | None = None) -> Schema:
    """The schema of what a database says.

    Lowering a lifted field gives its column back. What has no neutral name becomes a
    native type, an expression, or an option. A guide says what is to be taken over
    where the database tells what the guide expects it to tell.
    """
    known = guide or Guide(Schema(defaults=BUILT_IN_DEFAULTS))
    native = apart(native, guide.schema if guide else None, dialect)
    if guide is not None:
        known = attrs.evolve(guide, native=apart(guide.native, guide.schema, dialect))
    checked = _checked_enums(native, known.native)
    native = _without_torn_enums(native, checked, dialect)
    schema = attrs.evolve(known.schema, enums=_enums(native, checked, known))
    tables = {
        table.name: table
        for told in native.tables.values()
        for table in [_table(told, dialect, known, schema, checked)]
    }
    lifted = attrs.evolve(schema, tables=tables)
    return lifted if guide else attrs.evolve(lifted, defaults=used_defaults(lifted))


def _table(
    live: NativeTable,
    dialect: Dialect,
    guide: Guide,
    schema: Schema,
    checked: Mapping[str, tuple[str, ...]],
) -> Table:
    old, was = guide.table(live.name)
    if old is not None and was == live:
        return old
    shell = with_parts(dialect, live, was, old)
    lifter = FieldLifter(dialect, schema, checked, shell)
    columns = {column.name: column for column in was.columns} if was else {}
    fields = {field.name: field for field in old.fields} if old else {}
    return attrs.evolve(
        shell,
        fields=[
            lifter.field(
                column,
                columns.get(column.name),
                fields.get(column.name),
            )
            for column in live.columns
        ],
    )


def _checked_enums(native: Native, expected: Native) -> dict[str, tuple[str, ...]]:
    """The enums that are checks on columns, where all their columns say the same.

    Where they do not, the enum is what is expected, if one of them still says so.
    """
    found = _allowed(native)
    before = _allowed(expected)
    values: dict[str, tuple[str, ...]] = {}
    for name, said in found.items():
        if len(said) == 1:
            values[name] = said[0]
        elif len(before.get(name, ())) == 1 and before[name][0] in said:
            values[name] = before[name][0]
    return values


def _allowed(native: Native) -> dict[str, list[tuple[str, ...]]]:
    """All that the columns of each enum say of it, each list of values once."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for table in native.tables.values():
        for column in table.columns:
            if column.enum is not None:
                said = found.setdefault(column.enum, [])
                if column.allowed not in said:
                    said.append(column.allowed)
    return found


def _without_torn_enums(
    native: Native, checked: Mapping[str, tuple[str, ...]], dialect: Dialect
) -> Native:
    """Every enum on whose values its columns disagree as the checks that it is.

    Where the values stand in the type of the column, that is all that it is.
    """
    is_check = dialect.features.enums is not EnumStyle.COLUMN
    tables = dict(native.tables)
    for name, table in native.tables.items():
        torn = [c for c in table.columns if c.enum and checked.get(c.enum) != c.allowed]
        if torn:
            columns = [as_text(c) if c in torn else c for c in table.columns]
            checks = (*table.checks, *(map(_enum_check, torn) if is_check else ()))
            tables[name] = attrs.evolve(table, columns=tuple(columns), checks=checks)
    return attrs.evolve(native, tables=tables)


def _enum_check(column: NativeColumn) -> NativeCheck:
    allowed = ", ".join("'{}'".format(v.replace("'", "''")) for v in column.allowed)
    return NativeCheck(
        name=f"{ENUM_CHECK}{column.enum}",
        expression=f"{plainly_quoted(column.name)} IN ({allowed})",
    )


def _enums(
    native: Native, checked: Mapping[str, tuple[str, ...]], guide: Guide
) -> dict[str, Enum]:
    """The enums that are types of their own, checks, or that nothing uses."""
    before = _checked_enums(guide.native, guide.native)
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


def used_defaults(schema: Schema) -> PerDatabase:
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
