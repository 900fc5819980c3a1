"""Columns of SQL Server added and altered, without what holds them meanwhile.

ALTER COLUMN says type, collation and null again, and is refused while a default, an
index, a constraint or a computed column stands on the column
(https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import sqlserver_holds as holds
from mm_engine.dialects import sqlserver_rebuild
from mm_engine.dialects.columns import Column, enum_values
from mm_engine.dialects.sql import ExpressionSQL
from mm_engine.dialects.sqlserver_conversions import Conversion, Side, conversion, side
from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Expression
from mm_engine.operations import AddField, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver import SQLServer

NEW = "makemigrations_new"
"""What a column is called while it takes the values of the one it replaces."""


def added(dialect: SQLServer, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column; rows that are there get the one-off value, or the default."""
    table, one_off = move.before.table(operation.table), operation.one_off
    column = dialect.in_table(operation.field, table, move.before)
    if one_off is None or column.identity or column.generated:
        yield from _put(dialect, table, column)
        return
    value = dialect.default(one_off, operation.field, move.before)
    if isinstance(one_off, Expression):
        # It may speak of other columns, which a default cannot.
        bare = attrs.evolve(column, not_null=False, default=None)
        yield from _put(dialect, table, bare)
        yield from dialect.filled(table, column.name, value)
        if column.not_null:
            yield from _required(dialect, table, column)
        yield from dialect.default_added(table.name, column)
        return
    # A constant default is no rewrite of the table.
    first = attrs.evolve(column, default=value)
    yield from _put(dialect, table, first)
    if column.default != value:
        yield from dialect.default_dropped(table.name, first)
        yield from dialect.default_added(table.name, column)


def altered(
    dialect: SQLServer, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """What differs between two columns of one name, with what stands on them."""
    field = operation.field
    old = dialect.in_table(before, table, move.before)
    new = dialect.in_table(field, table, move.after)
    if old.identity is not new.identity:
        yield from _counting(dialect, move, table, operation)
        return
    if new.generated:
        is_made_anew = _computed(old) != _computed(new)
        if is_made_anew:
            yield from _recomputed(dialect, move, table, old, new)
    else:
        turned = _turned(dialect, move, before, operation)
        is_made_anew = turned.value is not None
        yield from _changed(dialect, move, table, operation, turned)
    # What was said of a column goes with it.
    said = None if is_made_anew else before.comment
    yield from dialect.said_of(table.name, field.name, said, field.comment)


def _counting(
    dialect: SQLServer, move: Move, table: Table, operation: AlterField
) -> Iterator[Item]:
    """A column that counts itself up from now on, or does so no more."""
    field = operation.field
    turned = _turned(dialect, move, table.field(field.name), operation)
    if turned.misfit is not None:
        yield _fitting(dialect, table, field, turned.misfit)
    yield from _no_nulls(dialect, move, table, operation)
    value = turned.value or ExpressionSQL(dialect.quote(field.name))
    yield from sqlserver_rebuild.rebuilt(dialect, move, table, field.name, value)


def _no_nulls(
    dialect: SQLServer, move: Move, table: Table, operation: AlterField
) -> Iterator[Item]:
    """Rows that have no value get the one-off value, if there is one."""
    before = table.field(operation.field.name)
    if operation.one_off is not None and before.nullable:
        filling = dialect.default(operation.one_off, before, move.before)
        name = dialect.quote(before.name)
        yield from dialect.filled(table, before.name, filling, f" WHERE {name} IS NULL")


def _changed(
    dialect: SQLServer,
    move: Move,
    table: Table,
    operation: AlterField,
    turned: Conversion,
) -> Iterator[Item]:
    """A column of its own values, which holds them otherwise now."""
    field = operation.field
    before = table.field(field.name)
    old = dialect.in_table(before, table, move.before)
    new = dialect.in_table(field, table, move.after)
    if turned.misfit is not None:
        yield _fitting(dialect, table, field, turned.misfit)
    if new.not_null and not old.not_null:
        yield from _no_nulls(dialect, move, table, operation)
    if dialect.kind_sql(old) == dialect.kind_sql(new) and turned.value is None:
        yield from _parts_changed(dialect, table.name, old, new)
        return
    after = move.after.table(table.name)
    yield from holds.let_go(dialect, table, [field.name], move.before)
    yield from dialect.check_dropped(table.name, old)
    yield from dialect.default_dropped(table.name, old)
    if turned.value is None:
        said = f"{dialect.quote(new.name)} {dialect.kind_sql(new)}"
        yield dialect.altered(table.name, f"ALTER COLUMN {said}")
    else:
        yield from _replaced(dialect, table, new, turned.value)
    yield from dialect.default_added(table.name, new)
    yield from dialect.check_added(table.name, new)
    yield from holds.taken_up(dialect, after, [field.name], move.after)


def _parts_changed(
    dialect: SQLServer, table: str, old: Column, new: Column
) -> Iterator[Item]:
    if _kept_to(old) != _kept_to(new):
        yield from dialect.check_dropped(table, old)
        yield from dialect.check_added(table, new)
    if old.default != new.default:
        yield from dialect.default_dropped(table, old)
        yield from dialect.default_added(table, new)


def _replaced(
    dialect: SQLServer, table: Table, new: Column, value: ExpressionSQL
) -> Iterator[Item]:
    """A new column takes the values, and then the place of the old one."""
    first = Column(name=NEW, type=new.type, collation=new.collation)
    yield from _put(dialect, table, first)
    yield from dialect.filled(table, NEW, value)
    yield dialect.altered(table.name, f"DROP COLUMN {dialect.quote(new.name)}")
    path = f"{dialect.thing(table.name)}.{dialect.quote(NEW)}"
    yield dialect.renamed("COLUMN", path, new.name)
    if new.not_null:
        yield from _required(dialect, table, new)


def _recomputed(
    dialect: SQLServer, move: Move, table: Table, old: Column, new: Column
) -> Iterator[Item]:
    """A column that is computed from now on, or otherwise: no ALTER makes it so."""
    yield from holds.let_go(dialect, table, [old.name], move.before)
    yield from dialect.check_dropped(table.name, old)
    yield from dialect.default_dropped(table.name, old)
    yield dialect.altered(table.name, f"DROP COLUMN {dialect.quote(old.name)}")
    yield from _put(dialect, table, new)
    after = move.after.table(table.name)
    yield from holds.taken_up(dialect, after, [old.name], move.after)


def _turned(
    dialect: SQLServer, move: Move, before: Field, operation: AlterField
) -> Conversion:
    field = operation.field
    name = dialect.quote(field.name)
    if words := operation.convert.get(dialect.name):
        return Conversion(dialect.expression(words[0]))
    if dialect.generated_text(before) is not None:
        cast = f"CAST({name} AS {dialect.type_sql(field, move.after)})"
        return Conversion(ExpressionSQL(cast))
    old = _side(dialect, before, move.before)
    new = _side(dialect, field, move.after)
    if old.words == new.words and old.kind is new.kind:
        return Conversion()
    found = conversion(name, old, new)
    if found is None:
        raise UnsupportedError(
            f"nobody can say how {old.words} becomes {new.words}",
            hint="say it both ways:"
            f' convert={{"{dialect.name}": ("…", "…")}}, or drop and add the field',
        )
    return found


def _side(dialect: SQLServer, field: Field, schema: Schema) -> Side:
    type_ = dialect.spoken(field.type)
    return side(
        type_,
        dialect.type_sql(field, schema),
        enum_values(type_, schema),
        is_mapped=dialect.is_mapped(field, schema),
    )


def _put(dialect: SQLServer, table: Table, column: Column) -> Iterator[Item]:
    """A column added; rows that are there get its default, even where they need none.

    Without WITH VALUES they would be null, as in no other database.
    """
    words = dialect.column_sql(column)
    if column.default is not None:
        clause = dialect.default_sql(column)
        words = words.replace(clause, f"{clause} WITH VALUES", 1)
    yield dialect.altered(table.name, f"ADD {words}")


def _required(dialect: SQLServer, table: Table, column: Column) -> Iterator[Item]:
    said = f"{dialect.quote(column.name)} {dialect.kind_sql(column)}"
    yield dialect.altered(table.name, f"ALTER COLUMN {said}")


def _kept_to(column: Column) -> tuple[object, ...]:
    return (column.enum, column.allowed, column.longest)


def _computed(column: Column) -> tuple[object, ...]:
    return (column.generated, column.stored, column.not_null)


def _fitting(
    dialect: SQLServer, table: Table, field: Field, misfit: ExpressionSQL
) -> Expect:
    words = field.type.yaml_name
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {misfit}",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values that are no {words}",
        hint="say what becomes of them: convert={…}, or mend them in a RunSQL before",
    )
