"""Enums of MySQL: the values stand in the type of each column that uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import mysql_types as types
from mm_engine.dialects.mysql_retyping import filled
from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.objects import Enum
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum

if TYPE_CHECKING:
    from mm_engine.dialects.mysql import MySQL


def altered(dialect: MySQL, move: Move, operation: AlterEnum) -> Iterator[Item]:
    """Every field of an enum made what the enum now says, its values with it."""
    for table in move.before.tables.values():
        for field in table.fields:
            if enum_name(dialect.spoken(field.type)) == operation.enum.name:
                yield from _field_altered(dialect, move, operation, table, field)


def _field_altered(
    dialect: MySQL, move: Move, operation: AlterEnum, table: Table, field: Field
) -> Iterator[Item]:
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    is_list = isinstance(dialect.spoken(field.type), Array)
    if lost:
        yield _unused(dialect, table, field, lost, is_list=is_list)
    if is_list:
        if now:
            yield from _renamed_in_lists(dialect, table, field, now)
        return
    if dialect.is_mapped(field, move.before):
        if now:
            yield from filled(dialect, table, field.name, _case(dialect, field, now))
        return
    column = dialect.column(move.after.table(table.name).field(field.name), move.after)
    old = move.before.enum(operation.enum.name)
    if now:
        # While rows change, both the old words and the new ones are allowed.
        values = dict.fromkeys([*old.values, *operation.enum.values])
        both = types.enum_words(Enum(old.name, list(values)), dialect.features)
        meanwhile = attrs.evolve(column, type=both, default=None)
        words = f"MODIFY COLUMN {dialect.column_sql(meanwhile)}"
        yield dialect.altered(table.name, words)
        yield from filled(dialect, table, field.name, _case(dialect, field, now))
    words = f"MODIFY COLUMN {dialect.column_sql(column)}"
    yield dialect.altered(table.name, words)


def _case(dialect: MySQL, field: Field, now: Mapping[str, str]) -> str:
    name = dialect.quote(field.name)
    return f"CASE {name} {_cases(dialect, now)} ELSE {name} END"


def _cases(dialect: MySQL, now: Mapping[str, str]) -> str:
    return " ".join(
        f"WHEN {dialect.text(old)} THEN {dialect.text(new)}" for old, new in now.items()
    )


def _renamed_in_lists(
    dialect: MySQL, table: Table, field: Field, now: Mapping[str, str]
) -> Iterator[Item]:
    """Values of JSON documents that are lists of them, one by one and in order."""
    if not dialect.has_json_table:
        raise UnsupportedError(
            f"{dialect.title} takes no lists apart, and {table.name}.{field.name} has"
            " lists of values that are called otherwise now",
            hint="let a RunPython write them anew, and alter the enum schema_only",
        )
    name = dialect.quote(field.name)
    case = f"CASE word {_cases(dialect, now)} ELSE word END"
    value = (
        f"(SELECT JSON_ARRAYAGG({case}) FROM JSON_TABLE({name}, '$[*]'"
        " COLUMNS (word LONGTEXT PATH '$')) AS words)"
    )
    holds = " OR ".join(_holds(dialect, name, old) for old in now)
    yield from filled(dialect, table, field.name, value, f" WHERE {holds}")


def _holds(dialect: MySQL, name: str, value: str) -> str:
    return f"JSON_CONTAINS({name}, JSON_QUOTE({dialect.text(value)}))"


def _unused(
    dialect: MySQL, table: Table, field: Field, lost: list[str], *, is_list: bool
) -> Expect:
    name = dialect.quote(field.name)
    used = f"{name} IN ({', '.join(dialect.text(value) for value in lost)})"
    if is_list:
        used = " OR ".join(_holds(dialect, name, value) for value in lost)
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {used}",
        rows=((0,),),
        message=f"rows of {table.name} still have {', '.join(lost)}"
        f" in {field.name}, and that goes",
        hint="say what they get instead: replaced={…}; or change those rows first",
    )
