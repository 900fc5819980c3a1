"""What stands in a table of YDB besides its columns: its key, indexes, settings."""

from __future__ import annotations

from collections.abc import Iterable

from mm_engine.dialects.clauses import Clauses
from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import expression
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table
from mm_engine.model.values import Expression

SWITCHES = ("auto_partitioning_by_size", "auto_partitioning_by_load")
"""Settings that are on or off."""

NUMBERS = (
    "auto_partitioning_partition_size_mb",
    "auto_partitioning_min_partitions_count",
    "auto_partitioning_max_partitions_count",
    "uniform_partitions",
)
"""Settings that are numbers."""

_NO_KEYS = ("Float", "Double", "Decimal", "Json", "JsonDocument", "Yson", "Interval")
"""Types that no key can be of (ydb.tech, primitive data types)."""


class YDBParts(Clauses):
    """The clauses of keys and indexes, and of how a table is kept."""

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The indexes of a table, and the key that it cannot be without."""
        del lowered
        yield from (self.check_sql(check) for check in table.checks)
        yield from self.indexes(table).values()
        if table.primary_key is None:
            raise UnsupportedError(
                f"{self.title} has no table without a primary key, and"
                f' "{table.name}" is one',
                at=table.at,
                hint="say which fields tell its rows apart: primary_key: true",
            )
        yield self.primary_key_sql(table.primary_key)

    def primary_key_sql(self, key: PrimaryKey) -> str:
        """The clause of a primary key, which has no name."""
        return f"PRIMARY KEY ({self.listed(key.fields)})"

    def check_sql(self, check: Check) -> str:
        """There are no checks."""
        raise UnsupportedError(
            f'{self.title} has no checks, and "{check.name}" is one',
            at=check.at,
            hint="leave it to the application, and the check out of the schema",
        )

    def indexes(self, table: Table) -> dict[str, str]:
        """What a table has besides its rows, by name; a unique constraint is one."""
        found = {str(u.name): self.unique_sql(u) for u in table.uniques}
        found |= {str(i.name): self.index_clause(i) for i in table.indexes}
        return found

    def unique_sql(self, unique: Unique) -> str:
        """The clause of a unique constraint: an index that two rows cannot share."""
        if unique.deferrable:
            raise self._cannot_wait("unique constraint", unique)
        return self.index_clause(Index(unique.fields, name=unique.name, unique=True))

    def index_clause(self, index: Index) -> str:
        """The clause of an index, as CREATE TABLE and ADD take it."""
        options = self.chosen(index.options, self.index_options)
        self.check_index(index)
        if any(isinstance(part, Expression) for part in index.fields):
            raise UnsupportedError(
                f"{self.title} has no indexes on expressions",
                at=index.at,
                hint="keep what is computed in a field of its own",
            )
        lags = self.flag(options, "async")
        if lags and index.unique:
            raise UnsupportedError(
                f'index "{index.name}" is unique, so it cannot lag behind its table',
                at=index.at,
                hint="leave async out",
            )
        kind = "GLOBAL UNIQUE" if index.unique else "GLOBAL"
        when = "ASYNC" if lags else "SYNC"
        sql = f"INDEX {self.part_name(index.name)} {kind} {when}"
        sql += f" ON ({self.listed(index.field_names)})"
        return f"{sql} COVER ({self.listed(index.include)})" if index.include else sql

    def check_keys(self, table: Table, schema: Schema) -> None:
        """Refuse to order rows by values that have no order here."""
        key = table.primary_key
        users = {"the primary key": key.fields if key else ()}
        users |= {f"unique constraint {u.name}": u.fields for u in table.uniques}
        users |= {f"index {i.name}": i.field_names for i in table.indexes}
        for user, names in users.items():
            for field in map(table.field, names):
                words = self.type_sql(field, schema).partition("(")[0]
                if words in _NO_KEYS:
                    raise UnsupportedError(
                        f'{user} of "{table.name}" would hold "{field.name}", and'
                        f" {self.title} orders nothing by {words}",
                        at=field.at,
                        hint="use a field of another type",
                    )

    def settings(self, table: Table) -> dict[str, str]:
        """What a table is told of its partitions and the life of its rows."""
        options = self.chosen(table.options, self.table_options)
        said: dict[str, str] = {}
        for key in options:
            word = self.single(options, key) or ""
            if key in SWITCHES:
                word = "ENABLED" if self.flag(options, key) else "DISABLED"
            elif key in NUMBERS and not word.isdecimal():
                raise UnsupportedError(
                    f'the option "{key}" is a whole number, not "{word}"', at=table.at
                )
            said[key.upper()] = expression(word, self.features)
        return {key: said[key] for key in sorted(said)}

    def table_suffix(self, table: Table) -> str:
        """The settings of a table."""
        said = ", ".join(
            f"{key} = {word}" for key, word in self.settings(table).items()
        )
        return f" WITH ({said})" if said else ""
