"""Rows that MySQL upserts: by every unique key of a table, so we look before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect, Item, Move
from mm_engine.dialects.upserts import value_sql
from mm_engine.errors import UnsupportedError
from mm_engine.model.table import Table
from mm_engine.operations import UpsertData

if TYPE_CHECKING:
    from mm_engine.dialects.mysql import MySQL


def apart(dialect: MySQL, move: Move, operation: UpsertData) -> Iterator[Item]:
    """Stop where a row would meet one of another key, by a value that is unique.

    ON DUPLICATE KEY UPDATE asks for no key: it would change that other row.
    """
    table = move.before.table(operation.table)
    for fields in _others(table, operation.keys):
        said: dict[tuple[str, ...], int] = {}
        clashes: list[str] = []
        for number, row in enumerate(operation.rows, start=1):
            if any(row.get(name) is None for name in fields):
                continue
            values = {
                name: value_sql(dialect, row[name], table.field(name), move.before)
                for name in (*fields, *operation.keys)
            }
            own = tuple(values[name] for name in fields)
            if own in said:
                raise UnsupportedError(
                    f"rows {said[own]} and {number} are the same in"
                    f" {', '.join(fields)}, which is unique",
                )
            said[own] = number
            same = (f"{dialect.quote(n)} = {values[n]}" for n in fields)
            key = (f"{dialect.quote(n)} = {values[n]}" for n in operation.keys)
            clashes.append(f"{' AND '.join(same)} AND NOT ({' AND '.join(key)})")
        if clashes:
            yield Expect(
                f"SELECT count(*) FROM {dialect.thing(table.name)}"
                f" WHERE {' OR '.join(clashes)}",
                rows=((0,),),
                message=f"other rows of {table.name} already have these values of"
                f" {', '.join(fields)}, which is unique",
                hint="change those rows first, or tell the rows apart by that key",
            )


def _others(table: Table, keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What else is unique in a table."""
    found = [unique.fields for unique in table.uniques]
    found += [index.field_names for index in table.indexes if index.unique]
    if table.primary_key:
        found.insert(0, table.primary_key.fields)
    for fields in dict.fromkeys(found):
        if sorted(fields) != sorted(keys):
            yield fields
