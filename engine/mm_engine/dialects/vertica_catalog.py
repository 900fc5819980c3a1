"""What Vertica is asked about what it holds."""

from __future__ import annotations

from mm_engine.dialects.catalog import Catalog


class VerticaCatalog(Catalog):
    """Questions to ``v_catalog``, where names keep their case and mean it not."""

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return f"SELECT 1 FROM v_catalog.tables{self._where(name)}"

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        same = self._same("column_name", name)
        return f"SELECT 1 FROM v_catalog.columns{self._where(table)} AND {same}"

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such a constraint."""
        same = self._same("constraint_name", self.cut_name(name or ""))
        where = f"{self._where(table)} AND {same}"
        return f"SELECT 1 FROM v_catalog.constraint_columns{where} LIMIT 1"

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """The same: a unique index is a constraint, and there are no others."""
        return self.constraint_exists_sql(table, name)

    def absent_sql(self, exists: str) -> str:
        """A query that gives a row where another gives none."""
        return f"SELECT 1 FROM v_catalog.dual WHERE NOT EXISTS ({exists})"

    def _where(self, table: str) -> str:
        namespace, own = self.place(table)
        here = "table_schema = current_schema()"
        if namespace is not None:
            here = self._same("table_schema", namespace)
        return f" WHERE {here} AND {self._same('table_name', own)}"

    def _same(self, column: str, name: str) -> str:
        """The column has this name, whatever the case of its letters."""
        return f"LOWER({column}) = LOWER({self.text(name)})"
