"""Columns of MySQL that become of another type: in place, or by way of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects import mysql_conversions as conversions
from mm_engine.dialects import mysql_keys as keys
from mm_engine.dialects.columns import Column, enum_values
from mm_engine.dialects.conversions import Kept, Kind, kept
from mm_engine.dialects.sql import ExpressionSQL, ValueSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.operations import AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.mysql import MySQL

NEW = "makemigrations_new"
"""What a column is called while it takes the values of the one it replaces."""


def retyped(
    dialect: MySQL, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column of another type, with the values it holds turned."""
    field, after = operation.field, move.after.table(table.name)
    old, new = dialect.column(before, move.before), dialect.column(field, move.after)
    if words := operation.convert.get(dialect.name):
        value = dialect.expression(words[0])
        yield from _replaced(dialect, table, after, new, value)
    elif new.generated:
        yield from _replaced(dialect, table, after, new, None)
    elif old.generated:
        value = ExpressionSQL(dialect.quote(field.name))
        yield from _replaced(dialect, table, after, new, value)
    else:
        yield from _modified(dialect, move, table, before, field)


def filled(
    dialect: MySQL, table: Table, name: str, value: str, where: str = ""
) -> Iterator[Item]:
    """Rows get a value, and nothing notes that they changed; the change is ours."""
    own, triggers = dialect.quote(name), dialect.triggers(table)
    kept_as_they_are = "".join(
        f", {dialect.quote(field.name)} = {dialect.quote(field.name)}"
        for field in table.fields
        if field.auto_update and field.name != name
    )
    yield from map(dialect.trigger_dropped, triggers)
    yield Statement(
        f"UPDATE {dialect.thing(table.name)}"
        f" SET {own} = {value}{kept_as_they_are}{where}"
    )
    for trigger in triggers:
        yield dialect.trigger_made(table, trigger)


def _modified(
    dialect: MySQL, move: Move, table: Table, before: Field, field: Field
) -> Iterator[Item]:
    after = move.after.table(table.name)
    name = dialect.quote(field.name)
    sides = (_kept(dialect, before, move.before), _kept(dialect, field, move.after))
    new = dialect.column(field, move.after)
    turned = conversions.conversion(name, *sides)
    if turned is None:
        was = dialect.type_sql(before, move.before)
        raise UnsupportedError(
            f"nobody can say how {was} becomes {new.type}",
            hint="say it both ways:"
            f' convert={{"{dialect.name}": ("…", "…")}}, or drop and add the field',
        )
    if turned.misfit is not None:
        yield _fitting(dialect, table, field, turned.misfit)
    if turned.before is not None:
        yield from filled(dialect, table, field.name, turned.before)
    words = f"MODIFY COLUMN {dialect.column_sql(new)}"
    yield from dialect.changed(table, after, words)
    if turned.after is not None:
        yield from filled(dialect, after, field.name, turned.after)


def _replaced(
    dialect: MySQL, table: Table, after: Table, new: Column, value: ValueSQL | None
) -> Iterator[Item]:
    """A new column takes the place of the old one in everything that holds it."""
    name = dialect.quote(new.name)
    if value is None:
        change = [f"DROP COLUMN {name}", f"ADD COLUMN {dialect.column_sql(new)}"]
    else:
        first = Column(name=NEW, type=new.type, collation=new.collation)
        yield dialect.altered(table.name, f"ADD COLUMN {dialect.column_sql(first)}")
        yield from filled(dialect, table, NEW, value)
        put = f"CHANGE COLUMN {dialect.quote(NEW)} {dialect.column_sql(new)}"
        change = [f"DROP COLUMN {name}", put]
    users = [part.name for part in table.foreign_keys if new.name in part.fields]
    if users:
        raise UnsupportedError(
            f'foreign key "{users[0]}" holds "{new.name}" as it is',
            hint="drop it before, and add it again afterwards",
        )
    gone = list(_held(dialect, table, new.name))
    come = list(_held(dialect, after, new.name))
    words = [f"{drop}" for drop, _ in gone] + change + [f"ADD {add}" for _, add in come]
    yield from dialect.alters(table.name, *words)


def _held(dialect: MySQL, table: Table, name: str) -> Iterator[tuple[str, str]]:
    """What drops each part of a table that holds a field, and what adds it again."""
    key = table.primary_key
    if key and name in key.fields:
        yield "DROP PRIMARY KEY", dialect.primary_key_sql(key)
    for unique in table.uniques:
        if name in unique.fields:
            drop = f"DROP INDEX {dialect.part_name(unique.name)}"
            yield drop, dialect.unique_sql(unique)
    for index in table.indexes:
        if name in index.field_names:
            drop = f"DROP INDEX {dialect.part_name(index.name)}"
            yield drop, dialect.index_clause(index)
    for called, fields in keys.supports(dialect, table).items():
        if name in fields:
            drop = f"DROP INDEX {dialect.part_name(called)}"
            yield drop, dialect.support_sql(called, fields)
    for check in table.checks:
        if name in sqltext.identifiers(check.expression):
            drop = f"{dialect.drops_checks_by} {dialect.part_name(check.name)}"
            yield drop, dialect.check_sql(check)


def _kept(dialect: MySQL, field: Field, schema: Schema) -> Kept:
    """How values lie there; the schema's own words for a type say nothing of that."""
    if dialect.is_mapped(field, schema):
        return Kept(Kind.OWN)
    type_ = dialect.spoken(field.type)
    return kept(type_, as_text=False, allowed=enum_values(type_, schema))


def _fitting(dialect: MySQL, table: Table, field: Field, misfit: str) -> Expect:
    words = field.type.yaml_name
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {misfit}",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values that are no {words}",
        hint="say what becomes of them: convert={…}, or mend them in a RunSQL before",
    )
