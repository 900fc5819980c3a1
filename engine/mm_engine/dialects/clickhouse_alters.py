"""Columns of ClickHouse added and altered, with the values that rows have in them.

A part of a table that was written before a column was added does not hold it: its rows
read as whatever the default is when they are read. So what must stay is written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import clickhouse_conversions as conversions
from mm_engine.dialects import clickhouse_storage as storage
from mm_engine.dialects.clickhouse_rebuild import rebuilt
from mm_engine.dialects.clickhouse_words import StoredColumn
from mm_engine.dialects.columns import enum_values
from mm_engine.dialects.conversions import Kept, kept
from mm_engine.dialects.sql import ExpressionSQL, ValueSQL, is_constant
from mm_engine.dialects.statements import Expect, Item, Move, Statement, When
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.operations import AddField, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse import ClickHouse

WAITING = " SETTINGS mutations_sync = 2"
"""At the end of what rewrites rows: it is done on all replicas when it returns."""

_REMOVABLE = (
    ("default", "DEFAULT"),
    ("comment", "COMMENT"),
    ("codec", "CODEC"),
    ("ttl", "TTL"),
)
_WIDER = (("Int16", "Int32", "Int64"), ("Float32", "Float64"))


def added(dialect: ClickHouse, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column; rows that are there get the one-off value, if there is one."""
    field, table = operation.field, move.before.table(operation.table)
    column = dialect.column(field, move.before)
    one_off = None if column.generated else operation.one_off
    is_filled = bool(column.default or column.generated)
    if one_off is None and column.not_null and not is_filled:
        yield _empty(dialect, table, field.name)
    yield dialect.altered(table.name, f"ADD COLUMN {dialect.column_sql(column)}")
    name = dialect.quote(field.name)
    if one_off is not None:
        value = dialect.default(one_off, field, move.before)
        yield updated(dialect, table.name, f"{name} = {value}", "true")
    elif column.generated and column.stored:
        words = f"MATERIALIZE COLUMN {name}{WAITING}"
        yield dialect.altered(table.name, words)
    elif column.default is not None and not is_constant(column.default):
        # Read from the clock each time, it would be another moment each time.
        yield updated(dialect, table.name, f"{name} = {name}", "true")


def altered(
    dialect: ClickHouse, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column that says something else now: in place, or with the whole table."""
    field = operation.field
    old, new = dialect.column(before, move.before), dialect.column(field, move.after)
    convert = operation.convert.get(dialect.name)
    if old == new and not convert:
        return
    is_computed = (old.generated, old.stored) != (new.generated, new.stored)
    if convert or is_computed or not _in_place(dialect, table, old, new):
        yield from _replaced(dialect, move, table, before, operation)
        return
    if old.default != new.default:
        yield settled(dialect, table.name, field.name)
    name = dialect.quote(field.name)
    removed = [
        f"MODIFY COLUMN {name} REMOVE {word}"
        for key, word in _REMOVABLE
        if getattr(old, key) is not None and getattr(new, key) is None
    ]
    if removed:
        yield dialect.altered(table.name, ", ".join(removed))
    kept_now = {key: getattr(new, key) for key, _ in _REMOVABLE}
    if old.type != new.type or any(
        said is not None and said != getattr(old, key) for key, said in kept_now.items()
    ):
        words = f"MODIFY COLUMN {dialect.column_sql(new)}"
        waiting = " SETTINGS alter_sync = 2" if old.type != new.type else ""
        yield dialect.altered(table.name, f"{words}{waiting}")


def updated(dialect: ClickHouse, table: str, change: str, where: str) -> Statement:
    """Rows written over, and waited for."""
    return dialect.altered(table, f"UPDATE {change} WHERE {where}{WAITING}")


def settled(dialect: ClickHouse, table: str, name: str) -> When:
    """The values of a column written out in the parts that only take the default."""
    on_it = f"{dialect.of(table)} AND active"
    column = dialect.quote(name)
    return When(
        f"SELECT 1 FROM system.parts{on_it} AND name NOT IN"
        f" (SELECT name FROM system.parts_columns{on_it}"
        f" AND `column` = {dialect.text(name)}) LIMIT 1",
        items=(updated(dialect, table, f"{column} = {column}", "true"),),
    )


def _in_place(
    dialect: ClickHouse, table: Table, old: StoredColumn, new: StoredColumn
) -> bool:
    """Whether MODIFY COLUMN turns every value into what it was.

    A column that rows are sorted by keeps its type, but for values an enum gains.
    """
    if old.type == new.type:
        return True
    if _grows(old.type, new.type):
        return True
    if old.name in storage.keys_of(dialect, table) or old.generated:
        return False
    if new.type == f"Nullable({old.type})":
        return True
    plain = (_plain(old), _plain(new))
    widens = any(
        set(plain) <= set(row) and row.index(plain[0]) < row.index(plain[1])
        for row in _WIDER
    )
    return widens and (old.not_null == new.not_null or old.not_null)


def _plain(column: StoredColumn) -> str:
    return column.type.removeprefix("Nullable(").removesuffix(")")


def _grows(old: str, new: str) -> bool:
    """Whether an enum has all the values that it had, under their numbers, and more."""
    is_same_kind = old.partition("(")[0] == new.partition("(")[0]
    return is_same_kind and "Enum" in old and new.startswith(f"{old.rstrip(')')}, ")


def _replaced(
    dialect: ClickHouse, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """The table with the column in another form, its values turned, its gaps filled."""
    field, after = operation.field, move.after.table(table.name)
    old, new = dialect.column(before, move.before), dialect.column(field, move.after)
    name = dialect.quote(field.name)
    value: ValueSQL | str = name
    if words := operation.convert.get(dialect.name):
        value = dialect.expression(words[0])
    elif new.generated is None and old.generated is None and old.type != new.type:
        turned = _turned(dialect, move, before, field)
        value = turned.value
        if turned.misfit is not None:
            yield _survive(dialect, table, field, turned.misfit)
    if operation.one_off is not None:
        filling = dialect.default(operation.one_off, field, move.after)
        value = f"coalesce({value}, {filling})"
    elif new.not_null and not old.not_null and new.generated is None:
        yield _no_gaps(dialect, table, field, value)
    yield from rebuilt(dialect, table, after, move.after, {field.name: value})


def _turned(
    dialect: ClickHouse, move: Move, before: Field, field: Field
) -> conversions.Conversion:
    was, now = _kept(dialect, before, move.before), _kept(dialect, field, move.after)
    name = dialect.quote(field.name)
    words = dialect.type_sql(attrs.evolve(field, nullable=False), move.after)
    old = dialect.type_sql(before, move.before)
    if conversions.is_list(old) != conversions.is_list(words) and was == now:
        return conversions.mapped_list(name, words)
    if was == now:
        return conversions.Conversion(ExpressionSQL(name))
    turned = conversions.conversion(name, was, now, words)
    if turned is None:
        raise UnsupportedError(
            f"{dialect.title} is not told how to turn {before.type.yaml_name}"
            f" into {field.type.yaml_name}",
            hint=f'say how: convert={{"{dialect.name}":'
            ' ("SQL of the new value", "SQL of the old one")}',
        )
    return turned


def _kept(dialect: ClickHouse, field: Field, schema: Schema) -> Kept:
    type_ = dialect.spoken(field.type)
    return kept(type_, as_text=False, allowed=enum_values(type_, schema))


def _empty(dialect: ClickHouse, table: Table, name: str) -> Expect:
    """Rows that are there would get 0 or the empty text."""
    return Expect(
        f"SELECT count() FROM (SELECT 1 FROM {dialect.thing(table.name)} LIMIT 1)",
        rows=((0,),),
        message=f"{table.name} has rows, and none of them has a value for {name}",
        hint="say what they get: one_off=…, or give the field a default",
    )


def _survive(dialect: ClickHouse, table: Table, field: Field, misfit: str) -> Expect:
    name = dialect.quote(field.name)
    return Expect(
        f"SELECT count() FROM {dialect.thing(table.name)}"
        f" WHERE {name} IS NOT NULL AND ({misfit})",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values"
        f" that are no {field.type.yaml_name}",
        hint=f'say what becomes of them: convert={{"{dialect.name}":'
        ' ("SQL of the new value", "SQL of the old one")}',
    )


def _no_gaps(dialect: ClickHouse, table: Table, field: Field, value: str) -> Expect:
    return Expect(
        f"SELECT count() FROM {dialect.thing(table.name)} WHERE ({value}) IS NULL",
        rows=((0,),),
        message=f"{table.name}.{field.name} becomes required,"
        " and there are rows without it",
        hint="give the rows that have none a value: one_off=…",
    )
