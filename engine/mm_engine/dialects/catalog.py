"""What a database is asked about what it holds, before it is told to change it."""

from __future__ import annotations

from abc import abstractmethod

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.features import Guarded
from mm_engine.errors import UnsupportedError


class Catalog(Clauses):
    """The questions that ``if_present`` needs answers to."""

    def can_say(self, statement: Guarded) -> bool:
        """Whether a statement can say IF EXISTS, or IF NOT EXISTS."""
        return statement in self.features.says_if_exists

    @abstractmethod
    def table_exists_sql(self, name: str) -> str:
        """A query that gives a row if there is such a table."""

    @abstractmethod
    def field_exists_sql(self, table: str, name: str) -> str:
        """A query that gives a row if a table has such a column."""

    def absent_sql(self, exists: str) -> str:
        """A query that gives a row where another gives none."""
        return f"SELECT 1 WHERE NOT EXISTS ({exists})"

    def index_exists_sql(self, table: str, name: str | None) -> str:
        """A query that gives a row if a table has such an index.

        Wanted only where CREATE INDEX or DROP INDEX cannot say IF EXISTS.
        """
        raise UnsupportedError(
            f'{self.title} cannot be asked whether "{table}" has an index "{name}"',
            hint="leave if_present out",
        )
