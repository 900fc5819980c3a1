"""What of a migration rows can stand against, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, index_fields, is_computed
from mm_engine.model.values import Expression
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterEnum,
    AlterField,
    Operation,
    RunPython,
    RunSQL,
)
from mm_pytest.rows.comparing import Row
from mm_pytest.rows.fates import words_of
from mm_pytest.rows.fitting import OPTION

Rows: TypeAlias = Mapping[str, Sequence[Row]]

_ONE_OFF = 'give the operation a one_off, as in one_off=mm.Literal("…")'
_MEND = "mend those rows in a RunSQL before it"


def suspects(
    migration: Migration, before: Schema, rows: Rows, said: str
) -> Iterator[str]:
    """A line for each field that rows may not fit once the migration has run.

    ``rows`` are those before it. Where an operation is named in what was said, only of
    that one.
    """
    schema, lines = before, dict[str, list[str]]()
    for operation in migration.operations:
        suspecting = _Suspecting(schema, rows, migration.name)
        lines.setdefault(operation.describe(), []).extend(suspecting.of(operation))
        schema = operation.apply(schema)
    named = [described for described in lines if f"{described})" in said]
    for described in named or lines:
        yield from lines[described]


def touching(
    migration: Migration, tables: Iterable[str], database: str, *, is_down: bool
) -> Iterator[str]:
    """The operations that speak of tables, and where they are written, a line each.

    The migration's own place where none does.
    """
    named, found = {*tables}, False
    for number, operation in enumerate(migration.operations):
        if named & _tables(operation, database):
            found = True
            said = _undoing(operation) if is_down else operation.describe()
            where = migration.position(number)
            yield f"operation {number + 1}: {said} ({where})"
    if not found:
        yield f"{migration.name} ({migration.at})"


def _undoing(operation: Operation) -> str:
    """What an operation does going down, in words."""
    if isinstance(operation, RunSQL) and operation.backward:
        return RunSQL(operation.backward).describe()
    return f"what undoes: {operation.describe()}"


def _tables(operation: Operation, database: str) -> set[str]:
    """What may be the names of tables that an operation changes."""
    if isinstance(operation, RunSQL | RunPython):
        return set(words_of(operation, database))
    return {operation.subject().table or ""}


@attrs.frozen
class _Suspecting:
    """The schema just before an operation, and the rows before its migration."""

    schema: Schema
    rows: Rows
    migration: str

    def of(self, operation: Operation) -> Iterator[str]:
        """A line for each field."""
        match operation:
            case AddField():
                yield from self._added(operation)
            case AlterField():
                yield from self._altered(operation)
            case AlterEnum():
                yield from self._shortened(operation)
            case AddUnique(table, unique):
                yield self._alone(table, unique.fields)
            case AddIndex(table, index) if index.unique:
                yield self._alone(table, index_fields(index))
            case AddForeignKey(table, key):
                yield (
                    f"values of {_places(table, key.fields)} that no row of {key.table}"
                    f" has: {_MEND}"
                )
            case AddCheck(table, check):
                yield f"rows of {table} that do not meet {check.expression}: {_MEND}"
            case _:
                pass

    def _added(self, operation: AddField) -> Iterator[str]:
        field, name = operation.field, f"{operation.table}.{operation.field.name}"
        if operation.one_off is not None or field.nullable:
            return
        if isinstance(field.default, Expression):
            yield (
                f"{name} is required; if its default gives rows that are there"
                f" nothing: {_ONE_OFF}"
            )
        elif _needs_a_value(field):
            count = self._count(operation.table)
            yield (
                f"{name} is required, and rows that are there get no value for it"
                f"{count}: {_ONE_OFF}"
            )

    def _altered(self, operation: AlterField) -> Iterator[str]:
        new = operation.field
        old = self.schema.table(operation.table).field(new.name)
        name = f"{operation.table}.{new.name}"
        if operation.one_off is None and old.nullable and not new.nullable:
            count = self._count(operation.table, new.name, (None,))
            yield (
                f"{name} becomes required, and rows in which it is null get no value"
                f" for it{count}: {_ONE_OFF}"
            )
        if loss := operation.loses(self.schema):
            convert = "" if operation.convert else "give the operation a convert, or "
            yield (
                f"{loss}: {convert}mend them in a RunSQL before; if all that there are"
                f" fit, say so in the ini file: {OPTION} = {self.migration}:{name}"
            )

    def _shortened(self, operation: AlterEnum) -> Iterator[str]:
        gone = sorted({*operation.gone(self.schema)} - operation.replaced.keys())
        users = self.schema.fields_of_enum(operation.enum.name) if gone else ()
        for table, field in users:
            count = self._count(table.name, field.name, gone)
            yield (
                f"{table.name}.{field.name} may hold {', '.join(gone)}{count}:"
                " say in replaced what its rows get instead"
            )

    def _alone(self, table: str, fields: Sequence[str]) -> str:
        return f"rows that hold the same in {_places(table, fields)}: {_MEND}"

    def _count(self, table: str, field: str = "", values: Sequence[object] = ()) -> str:
        """How many of the rows there are, or of those that hold a value; if known.

        Values of rows may be lists, which no set has.
        """
        rows = self.rows.get(table, ())
        meant = [row for row in rows if not field or row.get(field) in values]
        return f" ({len(meant)} of {len(rows)} rows)" if meant else ""


def _places(table: str, fields: Iterable[str]) -> str:
    return ", ".join(f"{table}.{field}" for field in fields)


def _needs_a_value(field: Field) -> bool:
    is_given = field.default is not None or field.auto_create or field.auto_update
    return not (field.nullable or is_given or is_computed(field))
