"""Rows of SQL Server: merged, kept and given back, with numbers written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mm_engine.dialects.literals import NULL
from mm_engine.dialects.rows import Rows
from mm_engine.dialects.sqlserver_words import SQLServerWords
from mm_engine.dialects.statements import Item, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table


class SQLServerRows(SQLServerWords, Rows):
    """The clauses of statements about rows."""

    def kept_value(self, field: Field, schema: Schema) -> str:
        """What is selected to keep a value; a bare column would count on in the copy.

        https://learn.microsoft.com/sql/t-sql/queries/select-into-clause-transact-sql
        """
        name = self.quote(field.name)
        column = self.column(field, schema)
        return f"CAST({name} AS {column.type}) AS {name}" if column.identity else name

    def kept_sql(
        self, kept: str, queries: Sequence[str], table: Table, schema: Schema
    ) -> Iterable[str]:
        """What makes a table of the rows of a table that some queries give."""
        first, *others = queries
        selected = ", ".join(self.kept_value(f, schema) for f in table.fields)
        head = f"SELECT {selected}"
        yield f"{head} INTO {kept}{first.removeprefix(head)}"
        yield from (f"INSERT INTO {kept} {query}" for query in others)

    def among_sql(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A condition that holds for the rows with these values in these fields."""
        if len(names) == 1:
            values = ", ".join(row[0] for row in rows)
            return f"{self.quote(names[0])} IN ({values})"
        return f"({' OR '.join(self._same(names, row) for row in rows)})"

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Rows inserted, or updated where their keys are there, safe beside others.

        HOLDLOCK keeps the gap of a missing key from others until the transaction ends;
        https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
        """
        for name in names:
            if name not in keys and self._counts(table, name, schema):
                raise UnsupportedError(
                    f'"{name}" counts itself up, and {self.title} changes no such'
                    " number of a row that is there",
                    hint="tell the rows apart by it, or leave it out",
                )
        said = self._typed(table, schema, names, rows)
        lines = ",\n".join(f"    ({', '.join(row)})" for row in said)
        same = " AND ".join(f"t.{self.quote(k)} = s.{self.quote(k)}" for k in keys)
        updated = [self.quote(name) for name in names if name not in keys]
        changes = ", ".join(f"{name} = s.{name}" for name in updated)
        matched = f"WHEN MATCHED THEN UPDATE SET {changes}\n" if changes else ""
        values = ", ".join(f"s.{self.quote(name)}" for name in names)
        return (
            f"MERGE {self.thing(table.name)} WITH (HOLDLOCK) AS t\n"
            f"USING (VALUES\n{lines}\n) AS s ({self.listed(names)})\nON {same}\n"
            f"{matched}"
            f"WHEN NOT MATCHED THEN INSERT ({self.listed(names)}) VALUES ({values});"
        )

    def counting_by_hand(
        self, table: Table, names: Sequence[str], schema: Schema, insert: Statement
    ) -> Iterable[Item]:
        """Rows inserted with numbers of their own, which has to be said before."""
        if not any(self._counts(table, name, schema) for name in names):
            return (insert,)
        said = f"SET IDENTITY_INSERT {self.thing(table.name)}"
        return (Statement(f"{said} ON"), insert, Statement(f"{said} OFF"))

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them, values by name."""
        changes = ", ".join(f"{self.quote(n)} = {old}" for n, old in values.items())
        return f"UPDATE {here} SET {changes} FROM {here} INNER JOIN {kept} ON {same}"

    def _counts(self, table: Table, name: str, schema: Schema) -> bool:
        return self.counts_up(table, table.field(name), schema)

    def _same(self, names: Sequence[str], row: Sequence[str]) -> str:
        pairs = zip(names, row, strict=True)
        return f"({' AND '.join(f'{self.quote(n)} = {value}' for n, value in pairs)})"

    def _typed(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
    ) -> Sequence[Sequence[str]]:
        """The rows, a column of nothing but NULL made one of its type.

        It would be of whole numbers, which become no date and no UUID.
        """
        first, *others = (list(row) for row in rows)
        for number, name in enumerate(names):
            if all(row[number] == NULL for row in rows):
                words = self.type_sql(table.field(name), schema)
                first[number] = f"CAST(NULL AS {words})"
        return [first, *others]
