"""Enums where a database has none: a check on each field, and texts in the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.copies import Copy
from mm_engine.dialects.sql import ExpressionSQL
from mm_engine.dialects.statements import Expect, Move
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum, CreateEnum, DropEnum, RenameEnum

if TYPE_CHECKING:
    from mm_engine.dialects.sqlite import SQLite


def copies(
    dialect: SQLite,
    move: Move,
    operation: CreateEnum | DropEnum | RenameEnum | AlterEnum,
) -> Iterator[Copy]:
    """The tables whose fields are told otherwise by a change of an enum."""
    before, after = move.before, move.after
    if isinstance(operation, CreateEnum | DropEnum):
        return
    name = operation.old if isinstance(operation, RenameEnum) else operation.enum.name
    for table in before.tables.values():
        fields = [
            field
            for field in table.fields
            if enum_name(dialect.spoken(field.type)) == name
        ]
        if fields:
            copy = attrs.evolve(
                Copy.of(dialect, table, before),
                after=after.table(table.name),
                new_schema=after,
            )
            if isinstance(operation, AlterEnum):
                for field in fields:
                    copy = _altered(dialect, copy, move, operation, field)
            yield copy


def _altered(
    dialect: SQLite, copy: Copy, move: Move, operation: AlterEnum, field: Field
) -> Copy:
    """The copy with the values of one field called what they are called now."""
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    guards = (_unused(dialect, copy.before, field, lost),) if lost else ()
    value = _renamed(dialect, field, now) if now else copy.sources[field.name]
    return copy.replacing(field.name, value, guards)


def _renamed(dialect: SQLite, field: Field, now: Mapping[str, str]) -> ExpressionSQL:
    name = dialect.quote(field.name)
    one = "value" if _is_list(dialect, field) else name
    cases = " ".join(
        f"WHEN {dialect.text(old)} THEN {dialect.text(new)}" for old, new in now.items()
    )
    case = f"CASE {one} {cases} ELSE {one} END"
    if not _is_list(dialect, field):
        return ExpressionSQL(case)
    each = f"(SELECT json_group_array({case}) FROM json_each({name}))"
    olds = ", ".join(dialect.text(old) for old in now)
    changes = f"EXISTS (SELECT 1 FROM json_each({name}) WHERE value IN ({olds}))"
    return ExpressionSQL(f"CASE WHEN {changes} THEN {each} ELSE {name} END")


def _unused(dialect: SQLite, table: Table, field: Field, lost: list[str]) -> Expect:
    name = dialect.quote(field.name)
    words = ", ".join(dialect.text(value) for value in lost)
    used = f"{name} IN ({words})"
    if _is_list(dialect, field):
        used = f"EXISTS (SELECT 1 FROM json_each({name}) WHERE value IN ({words}))"
    return Expect(
        f"SELECT count(*) FROM {dialect.quote(table.name)} WHERE {used}",
        rows=((0,),),
        message=f"rows of {table.name} still have {', '.join(lost)}"
        f" in {field.name}, and that goes",
        hint="say what they get instead: replaced={…}; or change those rows first",
    )


def _is_list(dialect: SQLite, field: Field) -> bool:
    return isinstance(dialect.spoken(field.type), Array)
