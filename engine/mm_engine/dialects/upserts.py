"""Rows that shall be there, and what they held before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from mm_engine.dialects.literals import NULL, bytes_literal, written
from mm_engine.dialects.sql import ValueSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Bytes
from mm_engine.model.values import Expression, Symbol
from mm_engine.operations import RestoreData, UpsertData
from mm_engine.operations.data import Row, Value

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

KEPT = "makemigrations_kept_"
"""What the names of our tables of old rows begin with; the move's mark follows."""


def kept_name(dialect: Dialect, move: Move) -> str:
    """What our table of old rows is called, as long as a name may be there.

    A server that cuts longer ones would take two of a migration for the same.
    """
    return dialect.cut_name(f"{KEPT}{move.mark}")


def upsert(dialect: Dialect, move: Move, operation: UpsertData) -> Iterator[Item]:
    """Keep what the rows hold, then insert or update them."""
    table = move.before.table(operation.table)
    check_rows(dialect, table, operation, move.before)
    if not operation.rows:
        return
    kept = dialect.quote(kept_name(dialect, move))
    fields = ", ".join(dialect.kept_value(f, move.before) for f in table.fields)
    source = f"SELECT {fields} FROM {dialect.thing(table.name)}"
    queries = [
        f"{source} WHERE {keys}"
        for keys in key_conditions(dialect, table, operation, move.before)
    ]
    for sql in dialect.kept_sql(kept, queries, table, move.before):
        yield Statement(sql)
    yield from dialect.rows_apart(move, operation)
    for _, rows in groupby(operation.rows, lambda row: written_fields(table, row)):
        for chunk in chunks(tuple(rows), dialect.features.rows_a_statement):
            yield from _upserted(dialect, move, operation, chunk)
    written = {name for row in operation.rows for name in row}
    yield from dialect.counted_on(table, written, move.before)


def restore(dialect: Dialect, move: Move, operation: RestoreData) -> Iterator[Item]:
    """Take out what was not there before, and give the rest what it held."""
    table = move.before.table(operation.table)
    if not operation.rows:
        return
    name = kept_name(dialect, move)
    kept, here = dialect.quote(name), dialect.thing(table.name)
    exists = dialect.table_exists_sql(name)
    yield Expect(
        f"SELECT count(*) FROM ({exists}) AS found",
        rows=((1,),),
        message=f"what {table.name} held before is not kept in this database",
        hint="it was upserted by hand or marked with fake; undo it by hand as well",
    )

    def restored(name: str, source: str = "") -> str:
        value = f"{source}{dialect.quote(name)}"
        return dialect.restored_value(value, table.field(name), move.before)

    same = " AND ".join(
        f"{restored(key, f'{kept}.')} = {here}.{dialect.quote(key)}"
        for key in operation.keys
    )
    for keys in key_conditions(dialect, table, operation, move.before):
        yield Statement(dialect.unkept_sql(here, kept, keys, same, operation.keys))
    if names := restored_fields(table, operation):
        values = {name: restored(name, f"{kept}.") for name in names}
        yield Statement(
            dialect.given_back_sql(here, kept, values, same, operation.keys)
        )
    yield Statement(f"DROP TABLE {kept}")


def value_sql(dialect: Dialect, value: Value, field: Field, schema: Schema) -> ValueSQL:
    """One value of a row in SQL, by the field that holds it."""
    match value:
        case None:
            return NULL
        case Symbol() | Expression():
            return dialect.default(value, field, schema)
        case bytes() if isinstance(dialect.spoken(field.type), Bytes):
            return bytes_literal(value, dialect.features)
        case _:
            return dialect.literal(written(value), field, schema)


def _upserted(
    dialect: Dialect, move: Move, operation: UpsertData, rows: Sequence[Row]
) -> Iterator[Item]:
    """One statement for rows that give the same fields, and what it needs around it."""
    table = move.before.table(operation.table)
    names = written_fields(table, rows[0])

    def values(row: Row) -> list[ValueSQL]:
        fields = (table.field(name) for name in names)
        return [value_sql(dialect, row[f.name], f, move.before) for f in fields]

    said = [values(row) for row in rows]
    sql = dialect.upserted_sql(table, move.before, names, said, operation.keys)
    yield from dialect.counting_by_hand(table, names, move.before, Statement(sql))


def key_conditions(
    dialect: Dialect, table: Table, operation: UpsertData | RestoreData, schema: Schema
) -> Iterator[str]:
    """Conditions that hold for the rows with the keys of the operation, in chunks."""
    fields = [table.field(name) for name in operation.keys]
    for rows in chunks(operation.rows, dialect.features.rows_a_statement):
        values = [
            [value_sql(dialect, row[f.name], f, schema) for f in fields] for row in rows
        ]
        yield dialect.among_sql(operation.keys, values)


def check_rows(
    dialect: Dialect, table: Table, operation: UpsertData, schema: Schema
) -> None:
    """Refuse rows that cannot be told apart, or could not be inserted."""
    if not operation.keys:
        raise UnsupportedError(
            "there are no keys to tell the rows apart by",
            hint='say keys=["…"]: the fields of the primary key or a unique constraint',
        )
    if not dialect.is_unique(table, operation.keys):
        raise UnsupportedError(
            f"{', '.join(operation.keys)} are not unique in {table.name}",
            hint="the keys must be those of its primary key or a unique constraint",
        )
    for number, row in enumerate(operation.rows, start=1):
        for key in operation.keys:
            if row.get(key) is None or isinstance(row[key], Symbol | Expression):
                raise UnsupportedError(
                    f'row {number} has no plain value for the key "{key}"',
                    hint="rows are told apart by it, so it has to be written out"
                    if key in row
                    else nearest(key, row),
                )
        for field in table.fields:
            if field.name not in row and _is_wanted(dialect, field, table, schema):
                raise UnsupportedError(
                    f'row {number} has no value for "{field.name}", which is required',
                    hint="give it one; a row that is not there yet cannot be without",
                )


def _is_wanted(dialect: Dialect, field: Field, table: Table, schema: Schema) -> bool:
    fills_itself = field.auto_create or dialect.counts_up(table, field, schema)
    return not (field.nullable or field.default is not None or fills_itself)


def written_fields(table: Table, row: Row) -> tuple[str, ...]:
    """The fields a row gives, in the order of the table."""
    return tuple(field.name for field in table.fields if field.name in row)


def restored_fields(table: Table, operation: RestoreData) -> tuple[str, ...]:
    """The fields that were written, and those that changed along with them."""
    given = {name for row in operation.rows for name in row}
    return tuple(
        field.name
        for field in table.fields
        if field.name not in operation.keys
        and (field.name in given or field.auto_update)
    )


def chunks(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """Rows as many at a time as one statement takes."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
