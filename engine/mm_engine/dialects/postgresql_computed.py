"""Computed columns: they hold nothing of their own, so they may go and come again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.dialects import postgresql_dependents
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table, index_fields

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql import PostgreSQL

Part: TypeAlias = ForeignKey | Unique | Check | Index


def computed_from(dialect: PostgreSQL, table: Table, name: str) -> list[Field]:
    """The fields that are computed from a field, none of which may change below."""
    return [
        field
        for field in table.fields
        if field.options
        and name in sqltext.identifiers(dialect.generated_text(field) or "")
    ]


def replaced(
    dialect: PostgreSQL, move: Move, table: Table, old: Field, new: Field
) -> Iterator[Item]:
    """A column that is computed from now on, or otherwise: no ALTER makes it so."""
    yield postgresql_dependents.unused_column(dialect, table, old)
    yield from without(dialect, table, [old], move.before)
    changed = move.after.table(table.name)
    yield from again(dialect, changed, [new], move.after)


def without(
    dialect: PostgreSQL, table: Table, fields: Sequence[Field], schema: Schema
) -> Iterator[Item]:
    """The columns gone, and what stands on them."""
    _check_free(table, fields, schema)
    for part in _parts(table, fields):
        if isinstance(part, Index):
            yield from dialect.drop_index(table.name, str(part.name), tolerant=False)
        else:
            yield dialect.part_dropped(table.name, str(part.name), tolerant=False)
    for field in fields:
        name = dialect.quote(field.name)
        yield dialect.altered(table.name, f"DROP COLUMN {name}")


def again(
    dialect: PostgreSQL, table: Table, fields: Sequence[Field], schema: Schema
) -> Iterator[Item]:
    """The columns there again, and what stands on them."""
    for field in fields:
        column = dialect.column_sql(dialect.column(field, schema))
        yield dialect.altered(table.name, f"ADD COLUMN {column}")
        yield from dialect.field_comment(table.name, field.name, None, field.comment)
    for part in reversed(_parts(table, fields)):
        if isinstance(part, Index):
            yield Statement(dialect.index_sql(table.name, part))
        else:
            yield from dialect.part_added(table.name, part, tolerant=False)


def apart(table: Table, fields: Sequence[Field]) -> Table:
    """The table without what stands on the columns."""
    parts = _parts(table, fields)

    def stays(part: Part) -> bool:
        return not any(part is other for other in parts)

    return attrs.evolve(
        table,
        indexes=filter(stays, table.indexes),
        uniques=filter(stays, table.uniques),
        checks=filter(stays, table.checks),
        foreign_keys=filter(stays, table.foreign_keys),
    )


def _parts(table: Table, fields: Sequence[Field]) -> list[Part]:
    names = {field.name for field in fields}
    found: list[Part] = []
    found += [k for k in table.foreign_keys if names & {*k.fields}]
    found += [u for u in table.uniques if names & {*u.fields}]
    found += [c for c in table.checks if names & {*sqltext.identifiers(c.expression)}]
    found += [i for i in table.indexes if names & {*index_fields(i)}]
    return found


def _check_free(table: Table, fields: Sequence[Field], schema: Schema) -> None:
    names = {field.name for field in fields}
    key = table.primary_key
    referred = [
        k for _, k in schema.references_to(table.name) if names & {*k.references}
    ]
    if (key and names & {*key.fields}) or referred:
        raise UnsupportedError(
            f'"{table.name}.{fields[0].name}" has to be made anew, and rows are told'
            " apart by it",
            at=fields[0].at,
            hint="drop the key on it before, and add it again after it",
        )
