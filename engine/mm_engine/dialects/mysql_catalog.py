"""What MySQL is asked about what it holds, and what its answers mean."""

from __future__ import annotations

from typing import ClassVar

from mm_engine.dialects import mysql_types as types
from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.lifting import neutral_types
from mm_engine.model.types import FieldType


class MySQLCatalog(Clauses):
    """Questions to ``information_schema``, about the database that is connected to."""

    tells_sql: ClassVar[bool] = False
    """Whether the catalog tells defaults as SQL and expressions as they were said.

    MariaDB does so since 10.2.7, MySQL leaves quotes out or escapes them once more.
    https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-columns-table
    """

    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""
        return f"SELECT 1 FROM information_schema.tables{self._where(name)}"

    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""
        where = f"{self._where(table)} AND column_name = {self.text(name)}"
        return f"SELECT 1 FROM information_schema.columns{where}"

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such an index."""
        where = f"{self._where(table)} AND index_name = {self.part_text(name)}"
        return f"SELECT 1 FROM information_schema.statistics{where} LIMIT 1"

    def constraint_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such a constraint."""
        where = f"{self._where(table)} AND constraint_name = {self.part_text(name)}"
        return f"SELECT 1 FROM information_schema.table_constraints{where} LIMIT 1"

    def absent_sql(self, exists: str) -> str:
        """A query that gives a row where another gives none."""
        return f"SELECT 1 FROM DUAL WHERE NOT EXISTS ({exists})"

    def told_type(self, words: str) -> str:
        """A type as the catalog tells it; see ``mysql_types.told_type``."""
        return types.told_type(words)

    def lifted_types(self, words: str) -> tuple[FieldType, ...]:
        """What such words may mean; nobody takes a varchar for an interval."""
        named = {k: v for k, v in self.types.items() if k != "interval"}
        return (*neutral_types(named, words), *types.texts(words))

    def _where(self, table: str) -> str:
        return f" WHERE table_schema = DATABASE() AND table_name = {self.text(table)}"
