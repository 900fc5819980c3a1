"""Rows of Redshift upserted and given back; no key keeps them from being twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mm_engine.dialects.base import Items
from mm_engine.dialects.redshift_words import RedshiftWords
from mm_engine.dialects.statements import Move, Statement
from mm_engine.dialects.upserts import value_sql
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import UpsertData
from mm_engine.operations.data import Row


class RedshiftRows(RedshiftWords):
    """Statements about rows: MERGE would want a table to read them from."""

    def rows_apart(self, move: Move, operation: UpsertData) -> Items:
        """The rows that are there already get their values; the others come later."""
        table = move.before.table(operation.table)
        size = self.features.rows_a_statement
        for start in range(0, len(operation.rows), size):
            chunk = operation.rows[start : start + size]
            for names in dict.fromkeys(tuple(row) for row in chunk):
                rows = [row for row in chunk if tuple(row) == names]
                changed = [name for name in names if name not in operation.keys]
                if changed:
                    here = self.thing(table.name)
                    values = ", ".join(
                        f"{self.quote(name)} = given.{self.quote(name)}"
                        for name in changed
                    )
                    given = self._given(table, move.before, names, rows)
                    same = self._same(here, operation.keys)
                    yield Statement(
                        f"UPDATE {here} SET {values} FROM ({given}) AS given"
                        f" WHERE {same}"
                    )

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Rows inserted whose keys are not there; nothing keeps them from being twice.

        https://docs.aws.amazon.com/redshift/latest/dg/merge-examples.html
        """
        here = self.thing(table.name)
        given = self._selected(table, schema, names, rows)
        listed = ", ".join(f"given.{self.quote(name)}" for name in names)
        return (
            f"INSERT INTO {here} ({self.listed(names)})\n"
            f"SELECT {listed} FROM ({given}) AS given"
            f" WHERE NOT EXISTS (SELECT 1 FROM {here} WHERE {self._same(here, keys)})"
        )

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them."""
        changes = ", ".join(f"{self.quote(n)} = {old}" for n, old in values.items())
        return f"UPDATE {here} SET {changes} FROM {kept} WHERE {same}"

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """Refuse numbers by hand where a column counts: it would give them again."""
        for field in table.fields:
            if field.name in written and self.column(field, schema).identity:
                raise UnsupportedError(
                    f'"{table.name}.{field.name}" counts itself up, and'
                    f" {self.title} would give the same numbers again",
                    at=field.at,
                    hint="leave the field out of the rows, or make it an integer",
                )
        return ()

    def _given(
        self, table: Table, schema: Schema, names: Sequence[str], rows: Sequence[Row]
    ) -> str:
        values = [
            [value_sql(self, row[name], table.field(name), schema) for name in names]
            for row in rows
        ]
        return self._selected(table, schema, names, values)

    def _selected(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
    ) -> str:
        """Rows as a query; their types are said, since a NULL has none."""
        types = [self.type_sql(table.field(name), schema) for name in names]
        selects = []
        for row in rows:
            cells = [
                f"{value if type_ == 'SUPER' else f'CAST({value} AS {type_})'}"
                f" AS {self.quote(name)}"
                for name, type_, value in zip(names, types, row, strict=True)
            ]
            selects.append(f"SELECT {', '.join(cells)}")
        return "\nUNION ALL ".join(selects)

    def _same(self, here: str, keys: Sequence[str]) -> str:
        named = map(self.quote, keys)
        return " AND ".join(f"{here}.{key} = given.{key}" for key in named)
