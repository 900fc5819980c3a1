"""Columns of MySQL added and altered, each said whole, with the values of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import mysql_retyping
from mm_engine.dialects.columns import Column
from mm_engine.dialects.mysql_retyping import filled
from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Expression
from mm_engine.operations import AddField, AlterField, RenameField

if TYPE_CHECKING:
    from mm_engine.dialects.mysql import MySQL


def added(dialect: MySQL, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column; rows that are there get the one-off value, if there is one."""
    before, after = (s.table(operation.table) for s in (move.before, move.after))
    column = dialect.column(operation.field, move.before)
    one_off = None if column.identity or column.generated else operation.one_off
    if one_off is None:
        if column.not_null and column.default is None and not _fills_itself(column):
            yield _empty(dialect, before, column.name)
        words = f"ADD COLUMN {dialect.column_sql(column)}"
        yield from dialect.changed(before, after, words)
        return
    value = dialect.default(one_off, operation.field, move.before)
    if isinstance(one_off, Expression) or not dialect.bears_default(column.type):
        # It may speak of other columns, which a default cannot.
        first = attrs.evolve(column, not_null=False, default=None, on_update=None)
    else:
        # A constant default is no rewrite of the table.
        default = dialect.default_words(value, column.type)
        first = attrs.evolve(column, default=default)
    yield dialect.altered(before.name, f"ADD COLUMN {dialect.column_sql(first)}")
    if first.default is None:
        yield from filled(dialect, before, column.name, value)
    if first != column:
        words = f"MODIFY COLUMN {dialect.column_sql(column)}"
        yield dialect.altered(before.name, words)


def altered(
    dialect: MySQL, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column that says something else now, whole."""
    old = dialect.column(before, move.before)
    new = dialect.column(operation.field, move.after)
    convert = operation.convert.get(dialect.name)
    items: Iterable[Item] = _altered(dialect, move, table, before, operation)
    is_replaced = bool(convert or old.generated or new.generated)
    if old != new or convert:
        items = dialect.altering(table, old, new, items, is_replaced=is_replaced)
    yield from items


def _altered(
    dialect: MySQL, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    field = operation.field
    old = dialect.column(before, move.before)
    new = dialect.column(field, move.after)
    after = move.after.table(table.name)
    convert = operation.convert.get(dialect.name)
    name = dialect.quote(field.name)
    if new.not_null and not old.not_null and operation.one_off is not None:
        value = dialect.default(operation.one_off, before, move.before)
        yield from filled(dialect, table, field.name, value, f" WHERE {name} IS NULL")
    if (old.type, old.generated) == (new.type, new.generated) and not convert:
        if old != new:
            words = f"MODIFY COLUMN {dialect.column_sql(new)}"
            yield from dialect.changed(table, after, words)
        return
    yield from mysql_retyping.retyped(dialect, move, table, before, operation)


def renamed(dialect: MySQL, move: Move, operation: RenameField) -> Iterable[Item]:
    """A column under another name; checks that speak of it are said again."""
    before, after = (s.table(operation.table) for s in (move.before, move.after))
    old, new = dialect.quote(operation.old), dialect.new_name(operation.new)
    computed = [
        field.name
        for field in before.fields
        if operation.old in sqltext.identifiers(dialect.generated_text(field) or "")
    ]
    if computed:
        raise UnsupportedError(
            f'{dialect.title} renames no column that "{computed[0]}" is computed from',
            hint="drop the computed field first, and add it again afterwards",
        )
    rename = f"RENAME COLUMN {old} TO {new}"
    if not dialect.features.renames_columns:
        column = dialect.column(after.field(operation.new), move.after)
        rename = f"CHANGE COLUMN {old} {dialect.column_sql(column)}"
    spoken = [
        check
        for check in before.checks
        if operation.old in sqltext.identifiers(check.expression)
    ]
    words = [
        *(f"{dialect.drops_checks_by} {dialect.part_name(c.name)}" for c in spoken),
        rename,
        *(f"ADD {dialect.check_sql(after.check(str(c.name)))}" for c in spoken),
    ]
    return dialect.changed(before, after, *words)


def options_changed(
    dialect: MySQL, move: Move, before: Table, after: Table
) -> Iterator[Item]:
    """A table kept by something else now."""
    old, new = dialect.storage(before), dialect.storage(after)
    letters = ("CHARSET", "COLLATE")
    words = [
        f"{key}={new[key]}" if key in new else dialect.resets(key)
        for key in dict.fromkeys([*old, *new])
        if key not in letters and old.get(key) != new.get(key)
    ]
    is_converted = [old.get(key) for key in letters] != [new.get(k) for k in letters]
    if is_converted:
        collate = f" COLLATE {new['COLLATE']}" if "COLLATE" in new else ""
        words.append(f"CONVERT TO CHARACTER SET {new['CHARSET']}{collate}")
    if words:
        yield from dialect.alters(after.name, *words)
    # All columns are converted, those too that have letters of their own; a document
    # has them on MariaDB.
    for column in dialect.columns(after, move.after) if is_converted else ():
        if column.collation or column.type == "JSON":
            again = f"MODIFY COLUMN {dialect.column_sql(column)}"
            yield dialect.altered(after.name, again)


def _fills_itself(column: Column) -> bool:
    return column.identity or column.generated is not None


def _empty(dialect: MySQL, table: Table, name: str) -> Expect:
    """Rows that are there would get whatever the server calls empty."""
    here = dialect.thing(table.name)
    return Expect(
        f"SELECT count(*) FROM (SELECT 1 FROM {here} LIMIT 1) AS found",
        rows=((0,),),
        message=f"{table.name} has rows, and none of them has a value for {name}",
        hint="say what they get: one_off=…, or give the field a default",
    )
