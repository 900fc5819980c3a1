"""A SQLite database in memory that is told what the dialect says, and looked at after.

Only the standard library speaks to it, so what is tested is the dialect alone.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

import attrs

from mm_engine.dialects.sqlite import SQLite
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
from mm_engine.dialects.upserts import KEPT
from mm_engine.model.schema import Schema
from mm_engine.operations import CreateTable, Operation
from mm_engine.testing.steps import (
    loses_rows,
    moves,
    reversed_moves,
    step_text,
    text,
)

__all__ = [
    "Live",
    "UnexpectedRowsError",
    "loses_rows",
    "moves",
    "reversed_moves",
    "step_text",
    "text",
    "without_ours",
]


class UnexpectedRowsError(Exception):
    """An ``Expect`` was not met; says what was found."""

    def __init__(self, expect: Expect, found: Sequence[object]) -> None:
        super().__init__(f"{expect.message}: {found}")
        self.expect = expect
        self.found = found


@attrs.define
class Live:
    """A database in memory, and the schema we believe it to have."""

    connection: sqlite3.Connection = attrs.field(
        factory=lambda: sqlite3.connect(":memory:", isolation_level=None)
    )
    schema: Schema = attrs.field(factory=Schema)
    dialect: SQLite = attrs.field(
        factory=lambda: SQLite().at(sqlite3.sqlite_version_info)
    )
    called: list[PythonCall] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        # Python 3.13 warns of a connection that nobody closed.
        weakref.finalize(self, self.connection.close)
        self.sql("PRAGMA foreign_keys=ON")

    @classmethod
    def of(cls, schema: Schema) -> Live:
        """A database that has this schema from the start."""
        live = cls()
        live.schema = attrs.evolve(schema, tables={})
        tables = schema.tables.values()
        live.up([CreateTable.of(table) for table in tables])
        return live

    def copy(self) -> Live:
        """Another database with the same in it."""
        other = Live(schema=self.schema, dialect=self.dialect)
        self.connection.backup(other.connection)
        return other

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement of the test's own, and its rows."""
        return self.connection.execute(sql).fetchall()

    def script(self, sql: str) -> None:
        """Statements of the test's own."""
        self.connection.executescript(sql)

    def up(self, operations: Iterable[Operation]) -> tuple[Item, ...]:
        """One migration; what it was told."""
        steps = moves(operations, self.schema)
        return self.step(steps)

    def down(self, operations: Iterable[Operation], before: Schema) -> tuple[Item, ...]:
        """The undoing of one migration that began with this schema."""
        return self.step(reversed_moves(operations, before))

    def step(self, steps: Sequence[Move]) -> tuple[Item, ...]:
        """Moves in one transaction; the database is as before if one fails.

        What no transaction holds runs in none.
        """
        items = self.dialect.items(steps)
        statements = [item for item in flat(items) if isinstance(item, Statement)]
        if not all(statement.transactional for statement in statements):
            self.run(items)
            self.schema = steps[-1].after
            return items
        for statement in self.dialect.prologue(items):
            self.sql(statement.sql)
        self.sql(self.dialect.begin.sql)
        try:
            self.run(items)
        except BaseException:
            self.sql("ROLLBACK")
            raise
        else:
            self.sql("COMMIT")
        finally:
            for statement in self.dialect.epilogue(items):
                self.sql(statement.sql)
        if steps:
            self.schema = steps[-1].after
        return items

    def run(self, items: Iterable[Item]) -> None:
        """Items as they are, in whatever transaction there is."""
        self._run(items, {})

    def _run(self, items: Iterable[Item], kept: dict[str, list[str]]) -> None:
        for item in items:
            match item:
                case Statement():
                    assert sqlite3.complete_statement(f"{item.sql};")
                    self.sql(item.sql)
                case Expect():
                    found = self.sql(item.query)
                    if tuple(found) != item.rows:
                        raise UnexpectedRowsError(item, found)
                case Remember():
                    kept[item.name] = [str(row[0]) for row in self.sql(item.query)]
                case Recall():
                    for sql in kept[item.name]:
                        self.sql(sql)
                case When():
                    if self.sql(item.query):
                        self._run(item.items, kept)
                case PythonCall():
                    self.called.append(item)
                case _:
                    assert_never(item)

    def catalog(self) -> list[tuple[object, ...]]:
        """Everything the database says it holds, in words."""
        return self.sql(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema"
            " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
        )

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, with the class each value is stored in."""
        return {name: self.rows_of(name) for name in self._tables()}

    def rows_of(self, table: str) -> list[tuple[object, ...]]:
        """The rows of one table, fields by name."""
        names = sorted(
            str(name)
            for (name,) in self.connection.execute(
                "SELECT name FROM pragma_table_xinfo(?)", (table,)
            )
        )
        quoted = [self.dialect.quote(name) for name in names]
        both = ", ".join(f"typeof({name}), {name}" for name in quoted)
        return sorted(
            self.sql(f"SELECT {both} FROM {self.dialect.quote(table)}"), key=repr
        )

    def shape(self) -> dict[str, object]:
        """What the database knows of each table, without the order of anything."""
        return {name: self._shape_of(name) for name in self._tables()}

    def _shape_of(self, table: str) -> object:
        def found(pragma: str, columns: str) -> list[tuple[object, ...]]:
            sql = f"SELECT {columns} FROM pragma_{pragma}(?)"
            return self.connection.execute(sql, (table,)).fetchall()

        indexes = found("index_list", 'name, "unique", origin, partial')
        return {
            "columns": sorted(
                found("table_xinfo", 'name, type, "notnull", dflt_value, pk, hidden'),
                key=repr,
            ),
            "foreign keys": sorted(
                found(
                    "foreign_key_list", '"table", "from", "to", on_update, on_delete'
                ),
                key=repr,
            ),
            "indexes": sorted(
                (
                    (
                        name if origin == "c" else origin,
                        unique,
                        partial,
                        self.connection.execute(
                            'SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key',
                            (name,),
                        ).fetchall(),
                    )
                    for name, unique, origin, partial in indexes
                ),
                key=repr,
            ),
            "triggers": sorted(
                str(name)
                for (name,) in self.connection.execute(
                    "SELECT name FROM sqlite_schema"
                    " WHERE type = 'trigger' AND tbl_name = ?",
                    (table,),
                )
            ),
        }

    def _tables(self) -> list[str]:
        return [
            str(name)
            for (name,) in self.sql(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            )
        ]


def without_ours(shape: Mapping[str, object]) -> dict[str, object]:
    """A shape without the tables that keep what rows held."""
    return {n: part for n, part in shape.items() if not n.startswith(KEPT)}
