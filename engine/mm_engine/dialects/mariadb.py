"""MariaDB: MySQL's words where the two went different ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import Features
from mm_engine.dialects.mysql import MySQL
from mm_engine.dialects.names import Version
from mm_engine.errors import UnsupportedError


class MariaDB(MySQL):
    """MariaDB from 10.5 on, a variant of MySQL: what is said of that is said of it."""

    title = "MariaDB"
    features = Features.like(
        MySQL.features,
        unique_in_the_database=("foreign key",),
        expression_indexes=False,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {
        (10, 8): {"descending_indexes": False},
        (10, 5, 2): {"renames_columns": False, "renames_indexes": False},
    }
    drops_checks_by = "DROP CONSTRAINT"
    tells_sql = True

    def column_sql(self, column: Column) -> str:
        """A column; what is computed cannot be required."""
        if column.generated and column.not_null:
            raise UnsupportedError(
                f'MariaDB cannot require "{column.name}", which is computed',
                hint="let the field be null; it is so only where the expression is",
            )
        return super().column_sql(column)
