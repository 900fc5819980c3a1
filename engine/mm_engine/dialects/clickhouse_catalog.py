"""What ClickHouse is asked about what it holds."""

from __future__ import annotations

from mm_engine.dialects.clauses import Clauses


class ClickHouseCatalog(Clauses):
    """Questions to the tables of ``system``, about the database of the connection."""

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return (
            "SELECT 1 FROM system.tables"
            f" WHERE database = currentDatabase() AND name = {self.text(name)}"
        )

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        return (
            f"SELECT 1 FROM system.columns{self.of(table)} AND name = {self.text(name)}"
        )

    def of(self, table: str) -> str:
        """The condition of what the system knows of a table."""
        return f" WHERE database = currentDatabase() AND `table` = {self.text(table)}"
