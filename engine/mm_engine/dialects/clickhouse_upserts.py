"""Rows of ClickHouse inserted or updated, and given back what they held.

There is no statement that does both: rows that are there are updated by a mutation, and
then those that are not are inserted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from mm_engine.dialects import clickhouse_storage as storage
from mm_engine.dialects import upserts
from mm_engine.dialects.clickhouse_alters import WAITING, updated
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Table
from mm_engine.operations import RestoreData, UpsertData
from mm_engine.operations.data import Row

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse import ClickHouse


def upserted(dialect: ClickHouse, move: Move, operation: UpsertData) -> Iterator[Item]:
    """Keep what the rows hold, update those that are there, insert the others."""
    table = move.before.table(operation.table)
    upserts.check_rows(dialect, table, operation, move.before)
    _check_order(dialect, table, operation)
    if not operation.rows:
        return
    kept = dialect.quote(upserts.kept_name(dialect, move))
    fields = dialect.listed(field.name for field in table.fields)
    source = f"SELECT {fields} FROM {dialect.thing(table.name)}"
    head = f"CREATE TABLE {kept} ENGINE = MergeTree ORDER BY tuple() AS"
    for keys in upserts.key_conditions(dialect, table, operation, move.before):
        yield Statement(f"{head} {source} WHERE {keys}")
        head = f"INSERT INTO {kept}"
    size = dialect.features.rows_a_statement
    for names, rows in groupby(
        operation.rows, lambda row: upserts.written_fields(table, row)
    ):
        for chunk in upserts.chunks(tuple(rows), size):
            yield from _updated(dialect, move, operation, names, chunk)
            yield _inserted(dialect, move, operation, names, chunk)


def restored(dialect: ClickHouse, move: Move, operation: RestoreData) -> Iterator[Item]:
    """Take out what was not there before, and give the rest what it held."""
    table = move.before.table(operation.table)
    if not operation.rows:
        return
    name = upserts.kept_name(dialect, move)
    kept, keys = dialect.quote(name), dialect.listed(operation.keys)
    yield Expect(
        f"SELECT count() FROM ({dialect.table_exists_sql(name)})",
        rows=((1,),),
        message=f"what {table.name} held before is not kept in this database",
        hint="it was upserted by hand or marked with fake; undo it by hand as well",
    )
    there = f"({keys}) IN (SELECT {keys} FROM {kept})"
    for rows in upserts.key_conditions(dialect, table, operation, move.before):
        words = f"DELETE WHERE {rows} AND NOT ({there}){WAITING}"
        yield dialect.altered(table.name, words)
    changes = ", ".join(
        f"{own} = arrayFirst(x -> x.1 = tuple({keys}),"
        f" (SELECT groupArray((tuple({keys}), tuple({own}))) FROM {kept})).2.1"
        for own in map(dialect.quote, upserts.restored_fields(table, operation))
    )
    if changes:
        yield updated(dialect, table.name, changes, there)
    yield Statement(f"DROP TABLE {kept}")


def _updated(
    dialect: ClickHouse,
    move: Move,
    operation: UpsertData,
    names: Sequence[str],
    rows: Sequence[Row],
) -> Iterator[Item]:
    """The rows that are there already, in one mutation."""
    table = move.before.table(operation.table)
    said = [
        (
            " AND ".join(
                f"{dialect.quote(key)} = {_value(dialect, move, table, row, key)}"
                for key in operation.keys
            ),
            row,
        )
        for row in rows
    ]
    changes: list[str] = []
    for name in names:
        if name not in operation.keys:
            own = dialect.quote(name)
            cases = ", ".join(
                f"{same}, {_value(dialect, move, table, row, name)}"
                for same, row in said
            )
            changes.append(f"{own} = multiIf({cases}, {own})")
    if changes:
        where = " OR ".join(same for same, _ in said)
        yield updated(dialect, table.name, ", ".join(changes), where)


def _inserted(
    dialect: ClickHouse,
    move: Move,
    operation: UpsertData,
    names: Sequence[str],
    rows: Sequence[Row],
) -> Statement:
    """The rows that are not there yet."""
    table = move.before.table(operation.table)
    kept = dialect.quote(upserts.kept_name(dialect, move))
    keys = dialect.listed(operation.keys)

    def line(row: Row) -> str:
        values = [_value(dialect, move, table, row, name) for name in names]
        own = ", ".join(
            _value(dialect, move, table, row, key) for key in operation.keys
        )
        return (
            f"SELECT {', '.join(values)}"
            f" WHERE ({own}) NOT IN (SELECT {keys} FROM {kept})"
        )

    lines = "\nUNION ALL ".join(map(line, rows))
    here = dialect.thing(table.name)
    return Statement(f"INSERT INTO {here} ({dialect.listed(names)})\n{lines}")


def _value(dialect: ClickHouse, move: Move, table: Table, row: Row, name: str) -> str:
    """A value as one of its column, so that all in a column are of one type."""
    field = table.field(name)
    value = upserts.value_sql(dialect, row[name], field, move.before)
    return f"CAST({value} AS {dialect.type_sql(field, move.before)})"


def _check_order(dialect: ClickHouse, table: Table, operation: UpsertData) -> None:
    """Refuse to write what rows are sorted by, which no mutation can."""
    sorted_by = storage.keys_of(dialect, table) - {*operation.keys}
    for name in sorted(name for row in operation.rows for name in row):
        if name in sorted_by:
            raise UnsupportedError(
                f"{dialect.title} updates no field that rows are sorted by, and"
                f' "{name}" of {table.name} is one',
                hint="make it one of the keys of the upsert, or delete the rows and"
                " insert them again, in a RunSQL",
            )
