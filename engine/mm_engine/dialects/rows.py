"""Rows inserted or updated, kept for later and given back, in a database's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.sql import Identifier
from mm_engine.dialects.statements import Item, Statement
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table


class Rows(Clauses):
    """The clauses of statements about rows, as PostgreSQL and SQLite have them."""

    def kept_value(self, field: Field, schema: Schema) -> str:
        """What is selected to keep the value of a field for later."""
        del schema
        return self.quote(field.name)

    def kept_sql(
        self, kept: str, queries: Sequence[str], table: Table, schema: Schema
    ) -> Iterable[str]:
        """What makes a table of the rows of a table that some queries give."""
        del table, schema
        first, *others = queries
        yield f"CREATE TABLE {kept} AS {first}"
        yield from (f"INSERT INTO {kept} {query}" for query in others)

    def among_sql(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A condition that holds for the rows with these values in these fields."""
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        return f"({self.listed(names)}) IN ({self.features.rows_word}{values})"

    def restored_value(self, name: str, field: Field, schema: Schema) -> str:
        """A value that was kept, as the field takes it."""
        del field, schema
        return name

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Rows inserted, or updated where their keys are there; values by position."""
        del schema
        lines = ",\n".join(f"    ({', '.join(row)})" for row in rows)
        updated = [self.quote(name) for name in names if name not in keys]
        return (
            f"INSERT INTO {self.thing(table.name)} ({self.listed(names)}) VALUES\n"
            f"{lines}\n{self.conflict_sql(keys, updated)}"
        )

    def counting_by_hand(
        self, table: Table, names: Sequence[str], schema: Schema, insert: Statement
    ) -> Iterable[Item]:
        """Rows inserted with values in these fields, even where those count up."""
        del table, names, schema
        return (insert,)

    def conflict_sql(self, keys: Sequence[str], updated: Sequence[Identifier]) -> str:
        """What an INSERT does with a row whose keys are there already."""
        changes = ", ".join(f"{name} = excluded.{name}" for name in updated)
        done = f"UPDATE SET {changes}" if changes else "NOTHING"
        return f"ON CONFLICT ({self.listed(keys)}) DO {done}"

    def unkept_sql(
        self, here: str, kept: str, found: str, same: str, keys: Sequence[str]
    ) -> str:
        """A DELETE of the rows that are found here, and of which nothing was kept."""
        del keys
        return (
            f"DELETE FROM {here} WHERE {found}"
            f" AND NOT EXISTS (SELECT 1 FROM {kept} WHERE {same})"
        )

    def given_back_sql(
        self,
        here: str,
        kept: str,
        values: Mapping[str, str],
        same: str,
        keys: Sequence[str],
    ) -> str:
        """What gives rows back the values that were kept of them."""
        del keys
        return self.restored_sql(here, kept, values, same)

    def restored_sql(
        self, here: str, kept: str, values: Mapping[str, str], same: str
    ) -> str:
        """An UPDATE that gives rows what was kept of them, values by name."""
        names, old = self.listed(values), ", ".join(values.values())
        return (
            f"UPDATE {here} SET ({names}) = (SELECT {old} FROM {kept} WHERE {same})"
            f" WHERE EXISTS (SELECT 1 FROM {kept} WHERE {same})"
        )
