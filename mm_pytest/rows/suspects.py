"""What of a migration rows can stand against, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, is_computed
from mm_engine.operations import AddField, AlterEnum, AlterField, Operation
from mm_pytest.rows.fitting import OPTION


def suspects(migration: Migration, before: Schema, said: str) -> Iterator[str]:
    """A line for each field that rows may not fit once the migration has run.

    Where an operation is named in what was said, only of that one.
    """
    schema, lines = before, dict[str, list[str]]()
    for operation in migration.operations:
        lines.setdefault(operation.describe(), []).extend(
            _of(operation, schema, migration.name)
        )
        schema = operation.apply(schema)
    named = [described for described in lines if f"{described})" in said]
    for described in named or lines:
        yield from lines[described]


def _of(operation: Operation, schema: Schema, migration: str) -> Iterator[str]:
    match operation:
        case AddField():
            yield from _added(operation)
        case AlterField():
            yield from _altered(operation, schema, migration)
        case AlterEnum():
            yield from _shortened(operation, schema)
        case _:
            pass


def _added(operation: AddField) -> Iterator[str]:
    if operation.one_off is None and _needs_a_value(operation.field):
        yield (
            f"{operation.table}.{operation.field.name} is required, and rows that are"
            " there get no value for it: give the operation a one_off"
        )


def _altered(operation: AlterField, schema: Schema, migration: str) -> Iterator[str]:
    new = operation.field
    old = schema.table(operation.table).field(new.name)
    name = f"{operation.table}.{new.name}"
    if operation.one_off is None and old.nullable and not new.nullable:
        yield (
            f"{name} becomes required, and rows in which it is null get no value for"
            " it: give the operation a one_off"
        )
    if loss := operation.loses(schema):
        convert = "" if operation.convert else "give the operation a convert, or "
        yield (
            f"{loss}: {convert}mend them in a RunSQL before; if all that there are fit,"
            f" say so in the ini file: {OPTION} = {migration}:{name}"
        )


def _shortened(operation: AlterEnum, schema: Schema) -> Iterator[str]:
    gone = set(operation.gone(schema)) - operation.replaced.keys()
    for table, field in schema.fields_of_enum(operation.enum.name) if gone else ():
        yield (
            f"{table.name}.{field.name} may hold {', '.join(sorted(gone))}: say in"
            " replaced what its rows get instead"
        )


def _needs_a_value(field: Field) -> bool:
    is_given = field.default is not None or field.auto_create or field.auto_update
    return not (field.nullable or is_given or is_computed(field))
