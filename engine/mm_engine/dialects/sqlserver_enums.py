"""Enums of SQL Server: a check on each column that uses one, texts in the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.model.schema import enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum

if TYPE_CHECKING:
    from mm_engine.dialects.sqlserver import SQLServer


def altered(dialect: SQLServer, move: Move, operation: AlterEnum) -> Iterator[Item]:
    """Every field of an enum kept to what the enum now says, its values with it."""
    for table in move.before.tables.values():
        for field in table.fields:
            if enum_name(dialect.spoken(field.type)) == operation.enum.name:
                yield from _field_altered(dialect, move, operation, table, field)


def _field_altered(
    dialect: SQLServer, move: Move, operation: AlterEnum, table: Table, field: Field
) -> Iterator[Item]:
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    if lost:
        yield _unused(dialect, table, field, lost)
    yield from dialect.check_dropped(
        table.name, dialect.in_table(field, table, move.before)
    )
    if now:
        value, where = _renamed(dialect, field, now)
        yield from dialect.filled(table, field.name, value, where)
    yield from dialect.check_added(
        table.name, dialect.in_table(field, table, move.after)
    )


def _renamed(
    dialect: SQLServer, field: Field, now: Mapping[str, str]
) -> tuple[str, str]:
    """The values as they are called now, and the rows in which one is another."""
    name = dialect.quote(field.name)
    pairs = [(dialect.text(old), dialect.text(new)) for old, new in now.items()]
    cases = " ".join(f"WHEN {old} THEN {new}" for old, new in pairs)
    olds = ", ".join(old for old, _ in pairs)
    if not _is_list(dialect, field):
        exact = dialect.exactly(name)
        return f"CASE {exact} {cases} ELSE {name} END", f" WHERE {exact} IN ({olds})"
    word = dialect.exactly("[value]")
    case = f"CASE {word} {cases} ELSE [value] END"
    # STRING_AGG is of 2017; this is as old as the floor. Blanks come in no JSON text
    # but inside of quotes, and STUFF takes off the first comma.
    words = (
        f"(SELECT N',\"' + STRING_ESCAPE({case}, N'json') + N'\"'"
        f" FROM OPENJSON({name}) ORDER BY CAST([key] AS INT)"
        " FOR XML PATH(N''), TYPE).value(N'.', N'NVARCHAR(MAX)')"
    )
    return (
        f"N'[' + STUFF({words}, 1, 1, N'') + N']'",
        f" WHERE {_holds(dialect, field, olds)}",
    )


def _holds(dialect: SQLServer, field: Field, olds: str) -> str:
    word, name = dialect.exactly("[value]"), dialect.quote(field.name)
    return f"EXISTS (SELECT 1 FROM OPENJSON({name}) WHERE {word} IN ({olds}))"


def _unused(dialect: SQLServer, table: Table, field: Field, lost: list[str]) -> Expect:
    words = ", ".join(dialect.text(value) for value in lost)
    used = f"{dialect.exactly(dialect.quote(field.name))} IN ({words})"
    if _is_list(dialect, field):
        used = _holds(dialect, field, words)
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {used}",
        rows=((0,),),
        message=f"rows of {table.name} still have {', '.join(lost)}"
        f" in {field.name}, and that goes",
        hint="say what they get instead: replaced={…}; or change those rows first",
    )


def _is_list(dialect: SQLServer, field: Field) -> bool:
    return isinstance(dialect.spoken(field.type), Array)
