"""A ClickHouse database that is told what the dialect says, and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

import attrs
import pytest
import sqlalchemy as sa

from clickhouse import own_database
from live_sqlite import UnexpectedRowsError, moves, reversed_moves
from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Move,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
)
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateEnum, CreateTable, Operation

_HERE = "WHERE database = currentDatabase() AND name NOT LIKE 'makemigrations_kept%'"
_TABLES = f"SELECT name FROM system.tables {_HERE} AND name NOT LIKE '.inner%'"
MADE = f"SELECT name, formatQuery(create_table_query) FROM system.tables {_HERE}"


@attrs.define
class LiveClickHouse:
    """A database of the engine, and the schema we believe it to have."""

    connection: sa.Connection
    dialect: Dialect = attrs.field(factory=lambda: dialect("clickhouse"))
    schema: Schema = attrs.field(factory=Schema)

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement, without parameters, and its rows."""
        found = self.connection.exec_driver_sql(
            sql, execution_options={"no_parameters": True}
        )
        return [tuple(row) for row in found] if found.returns_rows else []

    def up(self, operations: Iterable[Operation]) -> None:
        """Tell the database a migration."""
        told = moves(operations, self.schema)
        self.told(told)
        self.schema = told[-1].after if told else self.schema

    def down(self, operations: Iterable[Operation], before: Schema) -> None:
        """Tell it the way back."""
        undone = reversed_moves(operations, before)
        self.told(undone)
        self.schema = undone[-1].after if undone else self.schema

    def told(self, told: tuple[Move, ...]) -> None:
        """Tell it moves, one statement after the other; nothing takes them back."""
        self._run(self.dialect.items(told))

    def _run(self, items: Iterable[Item]) -> None:
        for item in items:
            match item:
                case Statement():
                    assert self.dialect.split(item.sql) == (item.sql,)
                    self.sql(item.sql)
                case Expect():
                    found = self.sql(item.query)
                    if tuple(found) != item.rows:
                        raise UnexpectedRowsError(item, found)
                case When():
                    if self.sql(item.query):
                        self._run(item.items)
                case PythonCall():
                    pass
                case Remember() | Recall():
                    raise AssertionError(item)
                case _:
                    assert_never(item)

    def shape(self) -> dict[str, list[str]]:
        """What the database knows of each table, without the order of its parts."""
        return {
            str(name): sorted(
                line.strip(" ,") for line in str(text).splitlines() if line.strip()
            )
            for name, text in self.sql(MADE)
        }

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table, fields by name."""
        return {str(name): self._rows_of(str(name)) for (name,) in self.sql(_TABLES)}

    def _rows_of(self, table: str) -> list[str]:
        found = self.connection.exec_driver_sql(
            f"SELECT * FROM {self.dialect.quote(table)}",
            execution_options={"no_parameters": True},
        )
        return sorted(repr(sorted(row.items())) for row in found.mappings())

    def emptied(self) -> None:
        """Drop every table."""
        for (name,) in self.sql("SHOW TABLES"):
            self.sql(f"DROP TABLE {self.dialect.quote(str(name))}")

    def built(self, schema: Schema) -> None:
        """Make a schema from nothing."""
        self.schema = attrs.evolve(schema, tables={}, enums={})
        self.up(CreateEnum(enum) for enum in schema.enums.values())
        self.up([CreateTable.of(table) for table in schema.tables.values()])


@pytest.fixture
def live_clickhouse(
    clickhouse_connection: sa.Connection,
) -> Iterator[LiveClickHouse]:
    """An empty database of the engine."""
    with own_database(clickhouse_connection):
        yield LiveClickHouse(clickhouse_connection)
