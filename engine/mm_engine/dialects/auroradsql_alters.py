"""Columns of Aurora DSQL, which are altered in few words: the rest takes their place.

A column is added bare, rows are filled some at a time, and what was NOT NULL in
CREATE TABLE is a check afterwards.
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/alter-table-syntax-support.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import postgresql_alters, postgresql_computed
from mm_engine.dialects.columns import ENUM_CHECK, Column
from mm_engine.dialects.sql import Identifier, ValueSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement, When
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.model.values import Default, Expression
from mm_engine.operations import AddField, AlterEnum, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.auroradsql import AuroraDSQL

NOT_NULL = "not_null_"
"""What the check of a field is called that is required since it was altered."""

MOVING = "makemigrations_new_"
"""What the name of a column begins with while it takes the place of another."""

ROWS = 1000
"""How many rows are changed at once: they may be long, and have long indexes."""


def added(dialect: AuroraDSQL, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column; rows that are there get the one-off value, or the default."""
    table, field = move.before.table(operation.table), operation.field
    column = dialect.column(field, move.before)
    _check_addable(dialect, table, column, field)
    yield _bare(dialect, table.name, column.name, column)
    yield from _defaulted(dialect, table.name, None, column)
    if operation.one_off is not None:
        value = dialect.default(operation.one_off, field, move.before)
        yield from filled(dialect, table, field, value, operation.one_off)
    elif column.default is not None:
        yield from filled(dialect, table, field, column.default, field.default)
    yield from _checked(dialect, table.name, column)


def altered(
    dialect: AuroraDSQL, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """What differs between two columns of one name, and nothing else."""
    field = operation.field
    old = dialect.column(before, move.before)
    new = dialect.column(field, move.after)
    _check_alterable(dialect, table, old, new, field)
    alter = f"ALTER COLUMN {dialect.quote(field.name)}"
    if old.identity and not new.identity:
        yield dialect.altered(table.name, f"{alter} DROP IDENTITY")
    if old.generated and not new.generated:
        yield dialect.altered(table.name, f"{alter} DROP EXPRESSION")
    comment = before.comment
    if old.enum is not None and old.allowed != new.allowed:
        yield dialect.part_dropped(table.name, _enum_check(old), tolerant=False)
    if old.type != new.type or operation.convert.get(dialect.name):
        yield from _replaced(dialect, move, table, before, operation)
        old = Column(name=new.name, type=new.type)
        comment = None
    yield from _defaulted(dialect, table.name, old, new)
    if new.not_null and not old.not_null and operation.one_off is not None:
        value = dialect.default(operation.one_off, field, move.after)
        yield from filled(dialect, table, field, value, operation.one_off)
    if old.not_null and not new.not_null:
        yield dialect.altered(table.name, f"{alter} DROP NOT NULL")
        name = NOT_NULL + field.name
        drop = dialect.part_dropped(table.name, name, tolerant=False)
        yield When(dialect.constraint_exists_sql(table.name, name), items=(drop,))
    yield from _checked(dialect, table.name, new, old)
    if new.identity and not old.identity:
        identity = dialect.identity_sql(new).lstrip()
        yield dialect.altered(table.name, f"{alter} ADD {identity}")
        yield dialect.recounted(table.name, field.name)
    yield from dialect.field_comment(table.name, field.name, comment, field.comment)


def enum_altered(
    dialect: AuroraDSQL, move: Move, operation: AlterEnum
) -> Iterator[Item]:
    """The checks of an enum's fields, and their values, as they now are."""
    for table in move.before.tables.values():
        for field in table.fields:
            if enum_name(dialect.spoken(field.type)) == operation.enum.name:
                yield from _enum_of_field(dialect, move, table, field, operation)


def renamed_checks(
    dialect: AuroraDSQL, move: Move, table: str, old: str, new: str
) -> Iterator[Item]:
    """The checks that are called after a field, called after its new name."""
    if dialect.column(move.after.table(table).field(new), move.after).enum:
        yield _renamed(dialect, table, ENUM_CHECK + old, ENUM_CHECK + new)
    rename = _renamed(dialect, table, NOT_NULL + old, NOT_NULL + new)
    exists = dialect.constraint_exists_sql(table, NOT_NULL + old)
    yield When(exists, items=(rename,))


def filled(
    dialect: AuroraDSQL,
    table: Table,
    field: Field,
    value: ValueSQL,
    of: Default | None,
) -> Iterator[Item]:
    """Rows that are null in a field get a value, so many in one transaction."""
    name = dialect.quote(field.name)
    where = f"{name} IS NULL"
    if isinstance(of, Expression):
        where += f" AND {value} IS NOT NULL"
    yield from _updated(dialect, table, name, value, where)


def _updated(
    dialect: AuroraDSQL, table: Table, name: Identifier, value: str, where: str
) -> Iterator[Item]:
    """An UPDATE whose rows are not found again once they are changed."""
    here, most = dialect.thing(table.name), dialect.features.rows_a_transaction
    if table.primary_key is not None:
        keys = dialect.listed(table.primary_key.fields)
        some = f"SELECT {keys} FROM {here} WHERE {where} LIMIT {ROWS}"
        sql = f"UPDATE {here} SET {name} = {value} WHERE ({keys}) IN ({some})"
        yield Statement(sql, repeats=True)
        return
    yield Expect(
        f"SELECT count(*) <= {most} FROM {here} WHERE {where}",
        rows=((True,),),
        message=f"{table.name} has more rows than one transaction may change, and no"
        " primary key to change some of them by",
        hint="change them in a RunPython before, some at a time",
    )
    yield Statement(f"UPDATE {here} SET {name} = {value} WHERE {where}")


def _bare(dialect: AuroraDSQL, table: str, name: str, column: Column) -> Statement:
    added = f"ADD COLUMN {dialect.new_name(name)} {column.type}"
    return dialect.altered(table, added)


def _defaulted(
    dialect: AuroraDSQL, table: str, old: Column | None, new: Column
) -> Iterator[Item]:
    before = old.default if old else None
    if before == new.default:
        return
    words = "DROP DEFAULT" if new.default is None else f"SET DEFAULT {new.default}"
    yield dialect.altered(table, f"ALTER COLUMN {dialect.quote(new.name)} {words}")


def _checked(
    dialect: AuroraDSQL, table: str, new: Column, old: Column | None = None
) -> Iterator[Item]:
    """The checks of a column that it had not when it was the old one."""
    name = dialect.quote(new.name)
    if new.not_null and not (old and old.not_null):
        check = Check(f"{name} IS NOT NULL", name=NOT_NULL + new.name)
        yield from dialect.part_added(table, check, tolerant=False)
    if new.enum is not None and (old is None or old.allowed != new.allowed):
        allowed = ", ".join(dialect.text(value) for value in new.allowed)
        check = Check(f"{name} IN ({allowed})", name=_enum_check(new))
        yield from dialect.part_added(table, check, tolerant=False)


def _replaced(
    dialect: AuroraDSQL, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column of the new type in the place of the old one, with its values."""
    field = operation.field
    turned = postgresql_alters.cast_of(dialect, move, before, operation)
    if turned.misfit is not None:
        yield postgresql_alters.fitting(dialect, table, field, turned.misfit)
    column = dialect.column(field, move.after)
    moving = MOVING + field.name
    yield _bare(dialect, table.name, dialect.cut_name(moving), column)
    name = dialect.part_name(moving)
    where = f"{name} IS NULL AND ({turned.value}) IS NOT NULL"
    yield from _updated(dialect, table, name, turned.value, where)
    old = dialect.quote(field.name)
    yield dialect.altered(table.name, f"DROP COLUMN {old}")
    yield dialect.altered(table.name, f"RENAME COLUMN {name} TO {old}")


def _enum_of_field(
    dialect: AuroraDSQL,
    move: Move,
    table: Table,
    field: Field,
    operation: AlterEnum,
) -> Iterator[Item]:
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    if isinstance(dialect.spoken(field.type), Array):
        if now or lost:
            raise UnsupportedError(
                f'"{table.name}.{field.name}" holds documents with values of the enum,'
                f" and {dialect.title} has no words that change them",
                at=field.at,
                hint="change them in a RunPython, and alter the enum schema_only",
            )
        return
    if set(now) & set(now.values()):
        raise UnsupportedError(
            f"values of the enum of {table.name}.{field.name} take the names of others"
            " that are renamed too",
            at=field.at,
            hint="rename them one after the other, in two migrations",
        )
    old = dialect.column(field, move.before)
    new = dialect.column(move.after.table(table.name).field(field.name), move.after)
    name = dialect.quote(field.name)
    if lost:
        values = ", ".join(dialect.text(value) for value in lost)
        yield Expect(
            f"SELECT count(*) FROM {dialect.thing(table.name)}"
            f" WHERE {name} IN ({values})",
            rows=((0,),),
            message=f"rows of {table.name} still have {', '.join(lost)}"
            f" in {field.name}, and that goes",
            hint="say what they get instead: replaced={…}; or change those rows first",
        )
    yield dialect.part_dropped(table.name, _enum_check(old), tolerant=False)
    for was, becomes in now.items():
        where = f"{name} = {dialect.text(was)}"
        yield from _updated(dialect, table, name, dialect.text(becomes), where)
    if new.default != old.default:
        yield from _defaulted(dialect, table.name, old, new)
    yield from _checked(dialect, table.name, new, attrs.evolve(old, allowed=()))


def _renamed(dialect: AuroraDSQL, table: str, old: str, new: str) -> Statement:
    names = f"{dialect.part_name(old)} TO {dialect.part_name(new)}"
    return dialect.altered(table, f"RENAME CONSTRAINT {names}")


def _enum_check(column: Column) -> str:
    return f"{ENUM_CHECK}{column.enum}"


def _check_addable(
    dialect: AuroraDSQL, table: Table, column: Column, field: Field
) -> None:
    if column.identity or column.generated:
        what = "counts itself up" if column.identity else "is computed"
        raise UnsupportedError(
            f'"{table.name}.{field.name}" {what}, and {dialect.title} makes such a'
            " column only with its table",
            at=field.at,
            hint="make a new table with it and copy the rows in a RunPython",
        )


def _check_alterable(
    dialect: AuroraDSQL, table: Table, old: Column, new: Column, field: Field
) -> None:
    named = f'"{table.name}.{field.name}"'
    hint = "make a new table and copy the rows in a RunPython, some at a time"
    if new.generated and (old.generated, old.type) != (new.generated, new.type):
        raise UnsupportedError(
            f"{dialect.title} cannot make {named} a computed column once it is there",
            at=field.at,
            hint=hint,
        )
    key = table.primary_key
    is_key = key is not None and field.name in key.fields
    if new.identity and not old.identity and not (is_key and old.type == new.type):
        raise UnsupportedError(
            f"{dialect.title} lets only a bigint of the primary key count itself up"
            f" afterwards, and {named} is none",
            at=field.at,
            hint=hint,
        )
    users = table.users_of(field.name)
    computed = postgresql_computed.computed_from(dialect, table, field.name)
    users += tuple(f"field {other.name}" for other in computed)
    if old.type != new.type and users:
        raise UnsupportedError(
            f"{dialect.title} gives {named} no other type; a new column takes its"
            f" place, and {users[0]} stands on the old one",
            at=field.at,
            hint=hint
            if is_key
            else f"drop {users[0]} before, and add it again after it",
        )
