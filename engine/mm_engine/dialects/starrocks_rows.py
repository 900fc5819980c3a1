"""Rows of StarRocks: whole ones that take the place of others, values called anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum

if TYPE_CHECKING:
    from mm_engine.dialects.starrocks import StarRocks


def upserted_sql(  # noqa: PLR0917 - as the dialect is asked
    dialect: StarRocks,
    table: Table,
    schema: Schema,
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    keys: Sequence[str],
) -> str:
    """Rows inserted whole: one of the same key is replaced by what is inserted.

    What is not said of a row that is there is read from it, or it would be lost.
    """
    lowered = [c for c in dialect.columns(table, schema) if not c.generated]
    here, all_names = dialect.thing(table.name), [c.name for c in lowered]
    if {*names} == {*all_names}:
        lines = ",\n".join(f"    ({', '.join(row)})" for row in rows)
        return f"INSERT INTO {here} ({dialect.listed(names)}) VALUES\n{lines}"
    said = "\n    UNION ALL ".join(
        "SELECT "
        + ", ".join(
            f"{value} AS {dialect.quote(name)}"
            for name, value in zip(names, row, strict=True)
        )
        for row in rows
    )
    first = dialect.quote(keys[0])
    values = ", ".join(
        f"new_rows.{dialect.quote(column.name)}"
        if column.name in names
        else f"IF(old_rows.{first} IS NULL, {column.default or 'NULL'},"
        f" old_rows.{dialect.quote(column.name)})"
        for column in lowered
    )
    same = " AND ".join(
        f"old_rows.{name} = new_rows.{name}" for name in map(dialect.quote, keys)
    )
    return (
        f"INSERT INTO {here} ({dialect.listed(all_names)})\nSELECT {values}\n"
        f"FROM ({said}) AS new_rows\nLEFT JOIN {here} AS old_rows ON {same}"
    )


def values_changed(
    dialect: StarRocks, move: Move, operation: AlterEnum, table: Table, field: Field
) -> Iterator[Item]:
    """The values of an enum in the rows of a table, called what they now are."""
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    key = table.primary_key.fields if table.primary_key else ()
    if (now or lost) and isinstance(dialect.spoken(field.type), Array):
        raise UnsupportedError(
            f'"{table.name}.{field.name}" holds values of the enum in documents,'
            f" which {dialect.title} does not take apart",
            at=field.at,
            hint="change the rows in a RunSQL, and the enum with schema_only",
        )
    name = dialect.quote(field.name)
    if lost:
        yield Expect(
            f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {name} IN"
            f" ({', '.join(map(dialect.text, lost))})",
            rows=((0,),),
            message=f"rows of {table.name} still have {', '.join(lost)}"
            f" in {field.name}, and that goes",
            hint="say what they get instead: replaced={…}",
        )
    if not now:
        return
    if not key or field.name in key:
        raise UnsupportedError(
            f'{dialect.title} updates no "{field.name}" of "{table.name}"',
            at=field.at,
            hint="only tables with a primary key are updated, and never their key",
        )
    cases = " ".join(
        f"WHEN {dialect.text(old)} THEN {dialect.text(new)}" for old, new in now.items()
    )
    yield Statement(
        f"UPDATE {dialect.thing(table.name)} SET {name} = CASE {name} {cases} ELSE"
        f" {name} END WHERE {name} IN ({', '.join(map(dialect.text, now))})"
    )
