"""What SQL Server is asked about what it holds."""

from __future__ import annotations

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.sql import LiteralSQL


class SQLServerCatalog(Clauses):
    """Questions to the catalog views of ``sys``; every column of theirs has a name."""

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return f"SELECT 1 AS found WHERE {self.object_id(name)} IS NOT NULL"

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        return self._found("columns", "object_id", table, self.text(name))

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such an index."""
        return self._found("indexes", "object_id", table, self.part_text(name))

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such a constraint."""
        return self._found("objects", "parent_object_id", table, self.part_text(name))

    def absent_sql(self, exists: str) -> str:
        """A query that gives a row where another gives none."""
        return f"SELECT 1 AS found WHERE NOT EXISTS ({exists})"

    def object_id(self, table: str) -> str:
        """The number of a table, or null."""
        return f"OBJECT_ID({self.text(self.thing(table))}, N'U')"

    def _found(self, view: str, owner: str, table: str, name: LiteralSQL) -> str:
        return (
            f"SELECT 1 AS found FROM sys.{view}"
            f" WHERE {owner} = {self.object_id(table)} AND name = {name}"
        )
