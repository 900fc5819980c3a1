"""A MySQL or MariaDB database that is told what the dialect says, and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import assert_never
from urllib.parse import urlsplit

import attrs
import pymysql
import pytest

from live_sqlite import UnexpectedRowsError, moves, reversed_moves
from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.mysql import MySQL
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
from mm_engine.dialects.upserts import KEPT
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateEnum, CreateTable, Operation

_HERE = "WHERE {schema} = DATABASE() AND table_name NOT LIKE 'makemigrations_kept%'"
_COMPUTED = ", generation_expression"
_HAS_CHECKS = (
    "SELECT 1 FROM information_schema.columns WHERE table_name = 'CHECK_CONSTRAINTS'"
    " AND table_schema = 'information_schema' LIMIT 1"
)
"""What the catalog of a server gives no row for that knows no checks, nor columns that
are computed: MySQL 5.6.
"""
_CATALOG = {
    "tables": "SELECT table_name, engine, table_collation, row_format, table_comment"
    f" FROM information_schema.tables {_HERE.format(schema='table_schema')}",
    "columns": "SELECT table_name, column_name, column_type, is_nullable,"
    f" column_default, extra, collation_name, column_comment{_COMPUTED}"
    f" FROM information_schema.columns {_HERE.format(schema='table_schema')}",
    "indexes": "SELECT table_name, index_name, non_unique, seq_in_index, column_name,"
    " sub_part, collation, index_type"
    f" FROM information_schema.statistics {_HERE.format(schema='table_schema')}",
    "foreign keys": "SELECT table_name, constraint_name, ordinal_position, column_name,"
    " referenced_table_name, referenced_column_name"
    f" FROM information_schema.key_column_usage"
    f" {_HERE.format(schema='constraint_schema')}"
    " AND referenced_table_name IS NOT NULL",
    "actions": "SELECT table_name, constraint_name, delete_rule, update_rule"
    " FROM information_schema.referential_constraints"
    f" {_HERE.format(schema='constraint_schema')}",
    "checks": "SELECT table_name, constraint_name, check_clause"
    " FROM information_schema.check_constraints"
    f" {_HERE.format(schema='constraint_schema')}",
    "triggers": "SELECT trigger_name, event_object_table, action_statement"
    " FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
}


@attrs.define
class LiveMySQL:
    """A database on a server, and the schema we believe it to have."""

    connection: pymysql.Connection
    dialect: Dialect
    schema: Schema = attrs.field(factory=Schema)

    @classmethod
    @contextmanager
    def on(cls, url: str) -> Iterator[LiveMySQL]:
        """The empty database that a URL names."""
        parts = urlsplit(url)
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            user=parts.username or "root",
            password=parts.password or "",
            database=parts.path.strip("/"),
            charset="utf8mb4",
            ssl_disabled=True,  # it would read all certificates of the machine
            autocommit=True,
        )
        with connection:
            words = dialect("mysql")
            assert isinstance(words, MySQL)
            live = cls(connection, words)
            ((version,),) = live.sql("SELECT VERSION()")
            live.dialect = words.as_server(str(version))
            yield live

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement, without parameters, and its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

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
        items = self.dialect.items(told)
        for statement in self.dialect.prologue(items):
            self.sql(statement.sql)
        try:
            self._run(items)
        finally:
            for statement in self.dialect.epilogue(items):
                self.sql(statement.sql)

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

    def shape(self) -> dict[str, object]:
        """What the database knows, without the order of anything."""
        asked = dict(_CATALOG)
        if not self.sql(_HAS_CHECKS):
            del asked["checks"]
            asked["columns"] = asked["columns"].replace(_COMPUTED, "")
        return {name: sorted(map(repr, self.sql(q))) for name, q in asked.items()}

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table, fields by name."""
        return {
            str(name): self._rows_of(str(name))
            for (name, *_) in self.sql(_CATALOG["tables"])
            if not str(name).startswith(KEPT)
        }

    def _rows_of(self, table: str) -> list[str]:
        with self.connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(f"SELECT * FROM {self.dialect.quote(table)}")
            return sorted(repr(sorted(row.items())) for row in cursor.fetchall())

    def emptied(self) -> None:
        """Drop every table, whatever refers to it."""
        self.sql("SET foreign_key_checks = 0")
        for (name,) in self.sql("SHOW TABLES"):
            self.sql(f"DROP TABLE {self.dialect.quote(str(name))}")
        self.sql("SET foreign_key_checks = 1")

    def built(self, schema: Schema) -> None:
        """Make a schema from nothing."""
        self.schema = attrs.evolve(schema, tables={}, enums={})
        self.up(CreateEnum(enum) for enum in schema.enums.values())
        self.up([CreateTable.of(table) for table in schema.tables.values()])


@pytest.fixture
def live_mariadb(mariadb_url: str) -> Iterator[LiveMySQL]:
    """An empty database on the server of the tests."""
    with LiveMySQL.on(mariadb_url) as live:
        yield live
