"""A PostgreSQL schema of its own that is told what the dialect says, and looked at."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import assert_never

import attrs
import psycopg

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
    flat,
)
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateEnum, CreateTable, Operation

_NUMBERS = itertools.count(1)

# What a table consists of, in the server's own words and without its own numbers.
_COLUMNS = """
SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
    col_description(c.oid, a.attnum), o.collname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation o ON o.oid = a.attcollation
WHERE c.relnamespace IN ({spaces}) AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace IN ({spaces}) AND contype <> 'n'
"""
_INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE to_regnamespace(quote_ident(schemaname)) IN ({spaces})
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), p.prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid
WHERE NOT tgisinternal AND p.pronamespace IN ({spaces})
"""
_FUNCTIONS = (
    "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace IN ({spaces})"
)
_TABLES = """
SELECT oid::regclass::text, obj_description(oid, 'pg_class'), relpersistence, reloptions
FROM pg_class
WHERE relnamespace IN ({spaces}) AND relkind = 'r'
"""
_ENUMS = """
SELECT t.oid::regtype::text, obj_description(t.oid, 'pg_type'),
    array_agg(enumlabel::text ORDER BY enumsortorder)
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE typnamespace IN ({spaces}) GROUP BY t.oid, typname
"""
_OTHER_SPACES = """
SELECT nspname FROM pg_namespace
WHERE nspname <> current_schema() AND nspname !~ '^(pg_|live_)'
"""


@attrs.define
class LivePostgreSQL:
    """A schema on a server, and the schema we believe it to have."""

    connection: psycopg.Connection
    schema: Schema = attrs.field(factory=Schema)
    spaces_before: frozenset[str] = frozenset()
    dialect: Dialect = attrs.field(factory=lambda: dialect("postgresql"))

    @classmethod
    @contextmanager
    def on(cls, url: str) -> Iterator[LivePostgreSQL]:
        """An empty schema, dropped at the end with everything in it."""
        with psycopg.connect(url, autocommit=True) as connection:
            name = f"live_{connection.info.backend_pid}_{next(_NUMBERS)}"
            version = divmod(connection.info.server_version, 10000)
            live = cls(connection, dialect=dialect("postgresql", version))
            live.sql("SET client_min_messages = warning")
            live.sql(f"CREATE SCHEMA {name}")
            live.sql(f"SET search_path = {name}")
            live.spaces_before = live.other_spaces()
            try:
                yield live
            finally:
                connection.rollback()
                for space in (name, *live.other_spaces() - live.spaces_before):
                    live.sql(f"DROP SCHEMA {live.dialect.quote(space)} CASCADE")

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """Something of the test's own, and its rows."""
        found = self.connection.execute(sql.encode())
        return found.fetchall() if found.description else []

    def other_spaces(self) -> frozenset[str]:
        """The namespaces beside that of the test, without those of other tests."""
        return frozenset(str(row[0]) for row in self.sql(_OTHER_SPACES))

    def asked(self, query: str) -> list[tuple[object, ...]]:
        """What a query finds in the namespaces that are this test's."""
        made = self.other_spaces() - self.spaces_before
        names = ", ".join(self.dialect.text(name) for name in ("", *made))
        spaces = (
            "SELECT oid FROM pg_namespace WHERE nspname = current_schema()"
            f" OR nspname IN ({names})"
        )
        return self.sql(query.format(spaces=spaces))

    def up(self, operations: Iterable[Operation]) -> None:
        """Tell the database a migration, in one transaction."""
        told = moves(operations, self.schema)
        self._told(told)
        self.schema = told[-1].after if told else self.schema

    def down(self, operations: Iterable[Operation], before: Schema) -> None:
        """Tell it the way back."""
        undone = reversed_moves(operations, before)
        self._told(undone)
        self.schema = undone[-1].after if undone else self.schema

    def _told(self, told: tuple[Move, ...]) -> None:
        items = self.dialect.items(told)
        statements = [item for item in flat(items) if isinstance(item, Statement)]
        if all(statement.transactional for statement in statements):
            with self.connection.transaction():
                self._run(items)
        else:
            self._run(items)

    def _run(self, items: Iterable[Item]) -> None:
        for item in items:
            match item:
                case Statement():
                    is_within = item.transactional
                    said = self.dialect.split(item.sql, transactional=is_within)
                    assert len(said) == 1
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
        asked = {
            "tables": _TABLES,
            "columns": _COLUMNS,
            "constraints": _CONSTRAINTS,
            "indexes": _INDEXES,
            "triggers": _TRIGGERS,
            "functions": _FUNCTIONS,
            "enums": _ENUMS,
        }
        here = self.name
        return {
            name: sorted(
                repr(row).replace(f"{here}.", "")
                for row in self.asked(query)
                if "makemigrations_kept_" not in str(row[0])
            )
            for name, query in asked.items()
        }

    @property
    def name(self) -> str:
        """What the schema is called on the server."""
        return str(self.sql("SELECT current_schema()")[0][0])

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table, fields by name, as texts."""
        return {
            str(name): sorted(
                str(row[0])
                for row in self.sql(f"SELECT to_jsonb(t)::text FROM {name} t")
            )
            for name, *_ in self.asked(_TABLES)
            if not str(name).startswith("makemigrations_kept_")
        }

    def built(self, schema: Schema) -> None:
        """Make a schema from nothing."""
        self.schema = attrs.evolve(schema, tables={}, enums={})
        self.up(CreateEnum(enum) for enum in schema.enums.values())
        self.up([CreateTable.of(table) for table in schema.tables.values()])
