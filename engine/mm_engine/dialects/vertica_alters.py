"""Columns of Vertica added, altered in place, or replaced by others of their name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import ValueSQL, is_constant
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.dialects.vertica_conversions import Turned, turned
from mm_engine.dialects.vertica_types import changes_in_place
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.table import Field, Table
from mm_engine.operations import AddField, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.vertica import Vertica

NEW = "makemigrations_new"
"""What a column is called while it takes the values of the one it replaces."""


def added(dialect: Vertica, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column; rows that are there get the one-off value, or its default."""
    table, field = operation.table, operation.field
    column = dialect.column(field, move.before)
    if column.identity:
        raise UnsupportedError(
            f"{dialect.title} counts up a column only from the beginning of its table",
            at=field.at,
            hint="make it an integer; or make a new table with it, and fill that",
        )
    value: ValueSQL | None = column.default
    if operation.one_off is not None:
        value = dialect.default(operation.one_off, field, move.before)
    if value is None:
        if column.not_null:
            yield _is_empty(dialect, table, column.name)
        yield dialect.altered(table, f"ADD COLUMN {dialect.column_sql(column)}")
        return
    if is_constant(value):
        filling = attrs.evolve(column, default=value)
        yield dialect.altered(table, f"ADD COLUMN {dialect.column_sql(filling)}")
        if column.default != value:
            yield changed(dialect, table, column.name, default_words(column))
        return
    # What is computed may differ from row to row, and speak of other columns.
    bare = attrs.evolve(column, not_null=False, default=None)
    yield dialect.altered(table, f"ADD COLUMN {dialect.column_sql(bare)}")
    yield _filled(dialect, table, column.name, value)
    yield from _completed(dialect, table, bare, column)


def altered(
    dialect: Vertica, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column made what the field now says."""
    field = operation.field
    old, new = dialect.column(before, move.before), dialect.column(field, move.after)
    _check(dialect, old, new, field)
    is_required = new.not_null and not old.not_null
    if is_required and operation.one_off is not None:
        value = dialect.default(operation.one_off, field, move.after)
        if old.type == new.type:
            where = f" WHERE {dialect.quote(field.name)} IS NULL"
            yield _filled(dialect, table.name, field.name, value, where)
    convert = operation.convert.get(dialect.name)
    if old.type == new.type and not convert:
        yield from _completed(dialect, table.name, old, new)
    elif not convert and changes_in_place(old.type, new.type):
        _check_held(dialect, table, field, "change its type")
        yield from _in_place(dialect, table, old, new)
        yield from _gaps_filled(dialect, move, operation, is_required=is_required)
        bare = attrs.evolve(new, default=None, not_null=old.not_null)
        yield from _completed(dialect, table.name, bare, new)
    else:
        _check_held(dialect, table, field, "be replaced by one of another type")
        made = _turned(dialect, move, before, operation)
        if made.misfit is not None:
            yield _fits(dialect, table, field, made)
        yield from _replaced(dialect, table, new, made)
        yield from _gaps_filled(dialect, move, operation, is_required=is_required)
        bare = attrs.evolve(new, default=None, not_null=False)
        yield from _completed(dialect, table.name, bare, new)
        if field.comment is not None:
            yield from dialect.field_comment(table.name, field, None)


def changed(dialect: Vertica, table: str, name: str, words: str) -> Statement:
    """One ALTER COLUMN."""
    return dialect.altered(table, f"ALTER COLUMN {dialect.quote(name)} {words}")


def default_words(column: Column) -> str:
    """What sets a column's default, or takes it away."""
    return f"SET DEFAULT {column.default}" if column.default else "DROP DEFAULT"


def _in_place(dialect: Vertica, table: Table, old: Column, new: Column) -> Items:
    if old.default is not None:
        yield changed(dialect, table.name, old.name, "DROP DEFAULT")
    yield changed(dialect, table.name, new.name, f"SET DATA TYPE {new.type}")


Items = Iterator[Item]


def _completed(dialect: Vertica, table: str, old: Column, new: Column) -> Items:
    """What is left to be said of a column that has its type."""
    if old.default != new.default:
        yield changed(dialect, table, new.name, default_words(new))
    if old.not_null != new.not_null:
        words = "SET NOT NULL" if new.not_null else "DROP NOT NULL"
        yield changed(dialect, table, new.name, words)


def _replaced(dialect: Vertica, table: Table, new: Column, made: Turned) -> Items:
    """A new column takes the values, and then the name of the old one."""
    first = Column(name=NEW, type=new.type, encoding=new.encoding)
    name = dialect.quote(new.name)
    yield dialect.altered(table.name, f"ADD COLUMN {dialect.column_sql(first)}")
    yield _filled(dialect, table.name, NEW, made.value)
    # A projection may be sorted by it: CASCADE sorts it by what is before.
    yield dialect.altered(table.name, f"DROP COLUMN {name} CASCADE")
    renamed = f"RENAME COLUMN {dialect.quote(NEW)} TO {name}"
    yield dialect.altered(table.name, renamed)


def _gaps_filled(
    dialect: Vertica, move: Move, operation: AlterField, *, is_required: bool
) -> Items:
    """Rows that have none get the one-off value, in the new type."""
    field, one_off = operation.field, operation.one_off
    if is_required and one_off is not None:
        value = dialect.default(one_off, field, move.after)
        where = f" WHERE {dialect.quote(field.name)} IS NULL"
        yield _filled(dialect, operation.table, field.name, value, where)


def _filled(
    dialect: Vertica, table: str, name: str, value: ValueSQL, where: str = ""
) -> Statement:
    update = f"UPDATE {dialect.thing(table)} SET {dialect.quote(name)} = {value}"
    return Statement(f"{update}{where}")


def _turned(
    dialect: Vertica, move: Move, before: Field, operation: AlterField
) -> Turned:
    field, name = operation.field, dialect.quote(operation.field.name)
    if words := operation.convert.get(dialect.name):
        return Turned(dialect.expression(words[0]))
    old, new = dialect.side(before, move.before), dialect.side(field, move.after)
    found = turned(name, old, new)
    if found is None:
        raise UnsupportedError(
            f"nobody can say how {old.words} becomes {new.words}",
            hint="say it both ways:"
            f' convert={{"{dialect.name}": ("…", "…")}}, or drop and add the field',
        )
    return found


def _check(dialect: Vertica, old: Column, new: Column, field: Field) -> None:
    """Refuse what no ALTER COLUMN says."""
    if old.identity != new.identity:
        ends = "stop counting" if old.identity else "begin to count"
        raise UnsupportedError(
            f'{dialect.title} cannot let "{field.name}" {ends} itself up: that is said'
            " when its table is made",
            at=field.at,
            hint="make a new table, fill it from this one, and drop this one",
        )
    if old.encoding != new.encoding and old.type == new.type:
        raise UnsupportedError(
            f'the encoding of "{field.name}" is that of its projections',
            at=field.at,
            hint="say it in a RunSQL: ALTER TABLE … ALTER COLUMN … ENCODING …"
            " PROJECTIONS (…), with state_operations",
        )


def _check_held(dialect: Vertica, table: Table, field: Field, what: str) -> None:
    """Refuse to touch what rows are spread or parted by.

    docs.vertica.com, Changing scalar column data type, and Dropping table columns.
    """
    key = table.primary_key
    options = dialect.chosen(table.options, dialect.table_options)
    parted = sqltext.identifiers(dialect.single(options, "partition_by") or "")
    holder = None
    if key and field.name in key.fields:
        holder = "it is in the primary key"
    elif field.name in parted:
        holder = "the table is partitioned by it"
    elif field.name in dialect.spreads_by(table):
        holder = "rows are spread over the nodes by it"
    if holder is None:
        return
    hint = "make a new table, fill it from this one, and drop this one"
    if key is None:
        hint = (
            "give the table a primary key, or say segmented_by, when it is made; now "
        )
        hint += "make a new table, fill it from this one, and drop this one"
    raise UnsupportedError(
        f'{dialect.title} cannot let "{field.name}" {what}: {holder}',
        at=field.at,
        hint=hint,
    )


def _is_empty(dialect: Vertica, table: str, name: str) -> Expect:
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table)}",
        rows=((0,),),
        message=f"{table}.{name} is required and has no default,"
        " and there are rows without it",
        hint="give the rows that exist a value: one_off=…",
    )


def _fits(dialect: Vertica, table: Table, field: Field, made: Turned) -> Expect:
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {made.misfit}",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values"
        f" that are no {field.type.yaml_name}",
        hint="say what becomes of them: convert={…}, or mend them in a RunSQL before",
    )
