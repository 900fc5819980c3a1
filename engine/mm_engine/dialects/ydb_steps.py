"""The single steps in which a table of YDB is altered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import ValueSQL
from mm_engine.dialects.statements import Expect, Item, Statement
from mm_engine.dialects.ydb_rows import YDBRows
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table

_AT_FIRST = ("UNIFORM_PARTITIONS", "PARTITION_AT_KEYS")
"""Settings that only a new table takes."""


class YDBSteps(YDBRows):
    """Columns made and filled, indexes dropped and made, settings set."""

    def made(
        self, table: str, column: Column, value: ValueSQL | None = None
    ) -> Iterator[Item]:
        """A new column that is filled; what is required of it is said at the end."""
        bare = attrs.evolve(column, default=None, not_null=False)
        yield self.altered(table, f"ADD COLUMN {self.column_sql(bare)}")
        if value is not None:
            yield self.filled(table, column.name, value)
        if column.default is not None:
            yield self.column_changed(table, column.name, default_words(column))
        if column.not_null:
            yield self.column_changed(table, column.name, "SET NOT NULL")

    def filled(
        self, table: str, name: str, value: ValueSQL, *, only_gaps: bool = False
    ) -> Statement:
        """An UPDATE that gives rows a value."""
        own = self.quote(name)
        where = f" WHERE {own} IS NULL" if only_gaps else ""
        return Statement(f"UPDATE {self.thing(table)} SET {own} = {value}{where}")

    def column_changed(self, table: str, name: str, words: str) -> Statement:
        """One ALTER COLUMN."""
        return self.altered(table, f"ALTER COLUMN {self.quote(name)} {words}")

    def index_renamed(self, table: str, old: str, new: str) -> Statement:
        """One RENAME INDEX."""
        words = f"RENAME INDEX {self.part_name(old)} TO {self.part_name(new)}"
        return self.altered(table, words)

    def without(self, table: str, names: Iterable[str]) -> Iterator[Item]:
        """Indexes dropped."""
        for name in names:
            yield self.altered(table, f"DROP INDEX {self.part_name(name)}")

    def with_(self, table: str, come: Mapping[str, str]) -> Iterator[Item]:
        """Indexes made."""
        for clause in come.values():
            yield self.altered(table, f"ADD {clause}")

    def held_indexes(
        self, before: Table, after: Table, names: Sequence[str]
    ) -> tuple[list[str], dict[str, str]]:
        """The indexes that hold one of some fields, and what makes them again."""
        parts: list[Unique | Index] = [*before.uniques, *before.indexes]
        held = [str(part.name) for part in parts if {*names} & {*_fields(part)}]
        now = self.indexes(after)
        return held, {name: now[name] for name in held if name in now}

    def settings_changed(self, before: Table, after: Table) -> Iterator[Item]:
        """Settings as they now are; only the life of rows can be forgotten."""
        old, new = self.settings(before), self.settings(after)
        for key in {**old, **new}:
            if old.get(key) == new.get(key):
                continue
            if key in _AT_FIRST or (key not in new and key != "TTL"):
                raise UnsupportedError(
                    f"{key.lower()} is said when a table is made, or never taken back",
                    at=after.at,
                    hint="say another value; or make a new table, and fill it",
                )
            words = f"SET ({key} = {new[key]})" if key in new else f"RESET ({key})"
            yield self.altered(after.name, words)

    def check_held(self, table: Table, field: Field, schema: Schema, what: str) -> None:
        """Refuse to touch the key that rows are kept by, and what is counted."""
        if table.primary_key and field.name in table.primary_key.fields:
            raise UnsupportedError(
                f'"{field.name}" is in the primary key, and {self.title} keeps rows by'
                f" it: it cannot be {what}",
                at=field.at,
                hint="make a new table, fill it from this one, and drop this one",
            )
        if self.counts(field, schema):
            raise self.only_at_first(field, f"counts itself up, and cannot be {what}")

    def only_at_first(self, field: Field, what: str) -> UnsupportedError:
        """What is said of a sequence that would come or go later."""
        return UnsupportedError(
            f'"{field.name}" {what}: {self.title} ties a sequence to a column when its'
            " table is made",
            at=field.at,
            hint="make a new table, fill it from this one, and drop this one",
        )

    def is_empty(self, table: str, name: str) -> Expect:
        """Expect no rows, where a new column could give them nothing."""
        return Expect(
            f"SELECT count(*) FROM {self.thing(table)}",
            rows=((0,),),
            message=f"{table}.{name} is required and has no default,"
            " and there are rows without it",
            hint="give the rows that exist a value: one_off=…",
        )

    def fits(self, table: str, field: Field, misfit: str) -> Expect:
        """Expect that no value is lost or bent by its new type."""
        return Expect(
            f"SELECT count(*) FROM {self.thing(table)} WHERE {misfit}",
            rows=((0,),),
            message=f"{table}.{field.name} holds values"
            f" that are no {field.type.yaml_name}",
            hint="say what becomes of them: convert={…}, or mend them before",
        )


def default_words(column: Column) -> str:
    """What sets a column's default, or takes it away."""
    return f"SET DEFAULT {column.default}" if column.default else "DROP DEFAULT"


def _fields(part: Unique | Index) -> tuple[str, ...]:
    if isinstance(part, Index):
        return (*part.field_names, *part.include)
    return part.fields
