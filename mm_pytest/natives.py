"""What a database holds, in its own words, told so that two of them compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.introspect import Native
    from mm_engine.introspect.native import NativeTable
    from mm_engine.project import Project


def native(engine: sa.Engine, project: Project) -> Native:
    """Everything there but what is ours; in one order, since none of them means much.

    What is dropped and made again comes last in its table.
    """
    from mm_engine.introspect import reflect
    from mm_pytest.drifted import dialect_of

    with engine.connect() as connection:
        found = reflect(connection, dialect_of(connection, project))
    tables = {name: _ordered(found.tables[name]) for name in sorted(found.tables)}
    unread = sorted(found.unread, key=repr)
    return attrs.evolve(found, tables=tables, unread=tuple(unread))


def _ordered(table: NativeTable) -> NativeTable:
    return attrs.evolve(
        table,
        columns=tuple(sorted(table.columns, key=repr)),
        uniques=tuple(sorted(table.uniques, key=repr)),
        checks=tuple(sorted(table.checks, key=repr)),
        foreign_keys=tuple(sorted(table.foreign_keys, key=repr)),
        indexes=tuple(sorted(table.indexes, key=repr)),
    )
