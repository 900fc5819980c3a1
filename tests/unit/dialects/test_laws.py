"""What holds of any operation on any schema, with rows, on a live SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_sqlite import Live, UnexpectedRowsError, moves, without_ours
from mm_engine import operations as ops
from mm_engine.dialects import sqlite_text, upserts
from mm_engine.dialects.sqlite import SQLite
from mm_engine.dialects.statements import Item, Statement, flat
from mm_engine.errors import MMError, UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.values import Expression, Symbol
from mm_engine.operations import Operation
from mm_engine.operations.data import Row
from strategies import Situation, situations
from strategies.choice import Choice, Draw
from strategies.operations import trails
from strategies.rows import some_rows

REFUSED = (UnsupportedError, UnexpectedRowsError, sqlite3.IntegrityError)
"""A change that this database, or the rows in it, do not take."""


@attrs.frozen
class Filled:
    """A schema, rows for its tables, and what shall be done to them."""

    before: Schema
    rows: Mapping[str, Sequence[Row]]
    operations: tuple[Operation, ...]

    def live(self) -> Live:
        """A database with the schema, and those of the rows that it takes."""
        live = Live.of(self.before)
        live.sql("PRAGMA foreign_keys=OFF")
        for name, rows in self.rows.items():
            for row in rows:
                self._insert(live, name, row)
        live.sql("PRAGMA foreign_keys=ON")
        return live

    def _insert(self, live: Live, name: str, row: Row) -> None:
        words, table = live.dialect, self.before.table(name)
        try:
            values = ", ".join(
                upserts.value_sql(words, value, table.field(field), self.before)
                for field, value in row.items()
            )
            names = words.listed(row)
            live.sql(f"INSERT INTO {words.quote(name)} ({names}) VALUES ({values})")
        except REFUSED:
            return


@st.composite
def filled(draw: Draw, *, most: int) -> Filled:
    """A schema with rows, and operations of which each fits after the last."""
    trail = draw(trails(least=1, most=most))
    before, choice = trail.before, Choice(draw)
    own = (ops.RunSQL, ops.RunPython)
    made = takewhile(lambda operation: not isinstance(operation, own), trail.operations)
    rows = {
        name: some_rows(choice, before, table)
        for name, table in before.tables.items()
        if table.primary_key
    }
    plain = tuple(map(_plain, made))
    upserted = [
        operation for operation in plain if isinstance(operation, ops.UpsertData)
    ]
    if any(upserted.count(operation) > 1 for operation in upserted):
        plain = ()
    return Filled(before, rows, plain)


def _plain(operation: Operation) -> Operation:
    """The operation, really done, and without SQL that was only made to be read."""
    if isinstance(operation, ops.AlterField):
        operation = attrs.evolve(operation, convert={})
    return attrs.evolve(operation, schema_only=False)


def statements(items: Sequence[Item]) -> Iterator[str]:
    for item in flat(tuple(items)):
        if isinstance(item, Statement):
            yield item.sql


@given(situations())
def test_every_statement_is_one_statement(situation: Situation) -> None:
    operation, before = situation.operation, situation.before
    try:
        items = SQLite().items(moves([operation], before))
    except UnsupportedError:
        return
    for sql in statements(items):
        assert len(sqlite_text.statements(f"{sql};")) == 1
    if operation.schema_only:
        assert items == ()


@pytest.mark.database("sqlite")
@given(filled(most=4))
def test_the_table_is_what_it_would_be_from_the_start_and_comes_back(
    case: Filled,
) -> None:
    try:
        live = case.live()
    except UnsupportedError:
        return
    before, catalog, rows, shape = (
        live.schema,
        live.catalog(),
        live.rows(),
        live.shape(),
    )
    try:
        live.up(case.operations)
    except REFUSED:
        assert (live.catalog(), live.rows()) == (catalog, rows)
        return
    assert without_ours(live.shape()) == Live.of(live.schema).shape()
    above = (live.catalog(), live.rows())
    try:
        live.down(case.operations, before)
    except (*REFUSED, MMError):
        assert (live.catalog(), live.rows()) == above
        return
    assert live.shape() == shape


def is_the_same_each_time(field: Field) -> bool:
    """Whether a row written twice holds the same: no clock and no chance in it."""
    by_name = isinstance(field.default, Symbol | Expression)
    return not (by_name or field.auto_create or field.auto_update)


@pytest.mark.database("sqlite")
@given(filled(most=5))
def test_operations_told_together_do_what_they_do_one_by_one(case: Filled) -> None:
    try:
        together = case.live()
    except UnsupportedError:
        return
    alone = together.copy()
    try:
        together.up(case.operations)
        for operation in case.operations:
            alone.up([operation])
    except REFUSED:
        return
    assert together.shape() == alone.shape()
    for name, table in case.before.tables.items():
        after = together.schema.tables.get(name)
        kept = [
            field.name
            for field in table.fields
            if after and after.has_field(field.name)
            if is_the_same_each_time(field)
            if is_the_same_each_time(after.field(field.name))
        ]
        if kept:
            query = f"SELECT {SQLite().listed(kept)} FROM {SQLite().quote(name)}"
            assert sorted(map(repr, together.sql(query))) == sorted(
                map(repr, alone.sql(query))
            )
