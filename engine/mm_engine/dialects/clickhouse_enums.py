"""Enums of ClickHouse: names for numbers, in the type of every column that has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.clickhouse_alters import altered
from mm_engine.dialects.clickhouse_rebuild import rebuilt
from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum, AlterField

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse import ClickHouse


def changed(dialect: ClickHouse, move: Move, operation: AlterEnum) -> Iterator[Item]:
    """Every column of an enum with the values that it now has.

    Values that are added at the end change nothing in the rows.
    """
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    is_kept = not now and not lost
    for table in move.before.tables.values():
        fields = [
            field
            for field in table.fields
            if enum_name(dialect.spoken(field.type)) == operation.enum.name
        ]
        if is_kept and len(fields) == 1:
            same = AlterField(table.name, fields[0])  # what it says is in the enum
            yield from altered(dialect, move, table, fields[0], same)
        elif fields:
            for field in fields if lost else ():
                yield _unused(dialect, table, field, lost)
            sources = {field.name: _renamed(dialect, field, now) for field in fields}
            after = move.after.table(table.name)
            yield from rebuilt(dialect, table, after, move.after, sources)


def _renamed(dialect: ClickHouse, field: Field, now: dict[str, str]) -> str:
    name = dialect.quote(field.name)
    is_list = isinstance(dialect.spoken(field.type), Array)
    one = "toString(x)" if is_list else f"toString({name})"
    cases = ", ".join(
        f"{one} = {dialect.text(old)}, {dialect.text(new)}" for old, new in now.items()
    )
    word = f"multiIf({cases}, {one})" if cases else one
    return f"arrayMap(x -> {word}, {name})" if is_list else word


def _unused(dialect: ClickHouse, table: Table, field: Field, lost: list[str]) -> Expect:
    name = dialect.quote(field.name)
    words = ", ".join(dialect.text(value) for value in lost)
    used = f"toString({name}) IN ({words})"
    if isinstance(dialect.spoken(field.type), Array):
        used = f"arrayExists(x -> toString(x) IN ({words}), {name})"
    return Expect(
        f"SELECT count() FROM {dialect.thing(table.name)} WHERE {used}",
        rows=((0,),),
        message=f"rows of {table.name} still have {', '.join(lost)}"
        f" in {field.name}, and that goes",
        hint="say what they get instead: replaced={…}; or change those rows first",
    )
