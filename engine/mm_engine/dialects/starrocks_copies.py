"""A table of StarRocks copied into a new shape, which then takes its place at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.conversions import Kept, Kind, kept
from mm_engine.dialects.starrocks_conversions import turned
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Field, Table
from mm_engine.operations import AddField, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.starrocks import StarRocks

NEW = "makemigrations_new_"
"""What the copy of a table is called until it takes its place; the name follows."""


def copied(
    dialect: StarRocks,
    move: Move,
    name: str,
    sources: Mapping[str, str] | None = None,
    guards: Sequence[Expect] = (),
) -> Iterator[Item]:
    """A table made anew as it is after the move, with the rows that it has.

    ``sources`` give the values of fields that are not simply what they were.
    """
    before, after = (schema.table(name) for schema in (move.before, move.after))
    given = sources or {}
    columns = [
        column
        for column in dialect.columns(after, move.after)
        if not column.generated
        and (
            not column.identity or column.name in given or before.has_field(column.name)
        )
    ]
    for column in columns:
        if column.identity:
            raise UnsupportedError(
                f'{dialect.title} would have to copy "{name}", and a copy counts'
                f' "{column.name}" from 1 again',
                at=after.at,
                hint="make another table with a bigint for its key; or do it in a"
                " RunSQL with this operation as its state_operations",
            )
    yield from guards
    copy = dialect.cut_name(f"{NEW}{name}")
    made = attrs.evolve(after, uniques=(), checks=(), foreign_keys=())
    yield Statement(dialect.table_sql(made, move.after, named=copy))
    names = [column.name for column in columns]
    values = ", ".join(given.get(each) or dialect.quote(each) for each in names)
    here, there = dialect.thing(name), dialect.quote(copy)
    yield Statement(
        f"INSERT INTO {there} ({dialect.listed(names)})\nSELECT {values}\nFROM {here}"
    )
    yield Statement(f"ALTER TABLE {here} SWAP WITH {there}")
    yield Statement(f"DROP TABLE {there} FORCE")


def added(dialect: StarRocks, move: Move, operation: AddField) -> Iterator[Item]:
    """A new column by way of a copy, with what rows get that are there."""
    field, name = operation.field, operation.table
    column = dialect.column(field, move.before)
    guards: list[Expect] = []
    sources: dict[str, str] = {}
    if operation.one_off is not None:
        sources[field.name] = dialect.default(operation.one_off, field, move.before)
    elif column.default is not None:
        sources[field.name] = column.default
    elif not column.identity and not column.generated:
        sources[field.name] = "NULL"
        if column.not_null:
            guards.append(
                Expect(
                    f"SELECT count(*) FROM (SELECT 1 FROM {dialect.thing(name)}"
                    " LIMIT 1) AS found",
                    rows=((0,),),
                    message=f"{name} has rows, and none of them has a value for"
                    f" {field.name}",
                    hint="say what they get: one_off=…, or give the field a default",
                )
            )
    return copied(dialect, move, name, sources, guards)


def altered(
    dialect: StarRocks, move: Move, table: Table, before: Field, operation: AlterField
) -> Iterator[Item]:
    """A column as it now is by way of a copy, its values turned, its gaps filled."""
    field = operation.field
    old, new = dialect.column(before, move.before), dialect.column(field, move.after)
    value = str(dialect.quote(field.name))
    guards: list[Expect] = []
    if words := operation.convert.get(dialect.name):
        value = dialect.expression(words[0])
    elif old.type != new.type and not new.generated:
        value, misfit = _turned(dialect, move, before, field)
        if misfit:
            guards.append(_fitting(dialect, table, field, misfit))
    if operation.one_off is not None and new.not_null and not old.not_null:
        filling = dialect.default(operation.one_off, field, move.after)
        value = f"COALESCE({value}, {filling})"
    elif new.not_null and not old.not_null:
        guards.append(_without_gaps(dialect, table, field, value))
    return copied(dialect, move, table.name, {field.name: value}, guards)


def keyed(dialect: StarRocks, move: Move, name: str) -> Iterator[Item]:
    """A table with another primary key: rows that are one in it would become one."""
    after = move.after.table(name)
    guards: list[Expect] = []
    if after.primary_key:
        fields = dialect.listed(after.primary_key.fields)
        here = dialect.thing(name)
        guards.append(
            Expect(
                f"SELECT count(*) FROM (SELECT {fields} FROM {here} GROUP BY {fields}"
                " HAVING count(*) > 1) AS twice",
                rows=((0,),),
                message=f"rows of {name} are the same in {fields}, which becomes the"
                " primary key",
                hint="mend them first, or in a RunSQL before",
            )
        )
        guards += [
            _without_gaps(dialect, after, after.field(each), dialect.quote(each))
            for each in after.primary_key.fields
        ]
    return copied(dialect, move, name, None, guards)


def _turned(
    dialect: StarRocks, move: Move, before: Field, field: Field
) -> tuple[str, str | None]:
    sides = []
    words = []
    for each, schema in ((before, move.before), (field, move.after)):
        is_own = dialect.is_mapped(each, schema)
        type_ = dialect.spoken(each.type)
        sides.append(Kept(Kind.OWN) if is_own else kept(type_, as_text=False))
        words.append(dialect.type_sql(each, schema))
    found = turned(dialect.quote(field.name), sides[0], sides[1], words[0], words[1])
    if found is None:
        raise UnsupportedError(
            f"nobody can say how {words[0]} becomes {words[1]}",
            hint="say it both ways:"
            f' convert={{"{dialect.name}": ("…", "…")}}, or drop and add the field',
        )
    return found.value, found.misfit


def _fitting(dialect: StarRocks, table: Table, field: Field, misfit: str) -> Expect:
    name = dialect.quote(field.name)
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)}"
        f" WHERE {name} IS NOT NULL AND ({misfit})",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values that are no"
        f" {field.type.yaml_name}",
        hint="say what becomes of them: convert={…}, or mend them in a RunSQL before",
    )


def _without_gaps(dialect: StarRocks, table: Table, field: Field, value: str) -> Expect:
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {value} IS NULL",
        rows=((0,),),
        message=f"{table.name}.{field.name} becomes required, and there are rows"
        " without it",
        hint="give the rows that have none a value: one_off=…",
    )
