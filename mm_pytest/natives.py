"""What a database holds, in its own words, told so that two of them compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.introspect import Native, Unread
    from mm_engine.introspect.native import NativeTable
    from mm_engine.project import Project


OURS = "makemigrations_"
"""What the names of the engine's own tables begin with."""


@attrs.frozen
class Listed:
    """What a driver lists of a database that the engine cannot read.

    The columns and indexes of each table, by its name, each as one text.
    """

    tables: Mapping[str, tuple[str, ...]]
    unread: tuple[Unread, ...] = ()


def is_read(kind: str) -> bool:
    """Whether the engine reads databases of that kind, and finds drift there."""
    from mm_engine.introspect.reader import readable
    from mm_engine.runner.wires import database_named

    return database_named(kind) in readable()


def native(engine: sa.Engine, project: Project) -> Native | Listed:
    """Everything there but what is ours; in one order, since none of them means much.

    What is dropped and made again comes last in its table. Where the engine cannot read
    a database, what its driver lists is all there is to compare.
    """
    from mm_engine.introspect import reflect
    from mm_pytest.drifted import dialect_of

    with engine.connect() as connection:
        dialect = dialect_of(connection, project)
        if not is_read(dialect.name):
            return listed(connection)
        found = reflect(connection, dialect)
    tables = {name: _ordered(found.tables[name]) for name in sorted(found.tables)}
    unread = sorted(found.unread, key=repr)
    return attrs.evolve(found, tables=tables, unread=tuple(unread))


def listed(connection: sa.Connection) -> Listed:
    """What the driver lists of a database."""
    import sqlalchemy as sa

    looking = sa.inspect(connection)
    names = sorted(looking.get_table_names())
    return Listed({n: _parts(looking, n) for n in names if not n.startswith(OURS)})


def differing(one: Native | Listed, other: Native | Listed) -> list[str]:
    """Tables that two databases have differently, a line each."""
    names = sorted({*one.tables, *other.tables})
    return [
        f"  table {name}"
        for name in names
        if one.tables.get(name) != other.tables.get(name)
    ]


def _parts(looking: sa.Inspector, table: str) -> tuple[str, ...]:
    columns = [
        f"{each['name']} {each['type']!r} nullable={each['nullable']}"
        f" default={each.get('default')}"
        for each in looking.get_columns(table)
    ]
    key = looking.get_pk_constraint(table).get("constrained_columns")
    indexes = [
        f"{each['name']} on {each['column_names']} unique={each['unique']}"
        for each in looking.get_indexes(table)
    ]
    return (*sorted(columns), f"primary key {key}", *sorted(indexes))


def _ordered(table: NativeTable) -> NativeTable:
    return attrs.evolve(
        table,
        columns=tuple(sorted(table.columns, key=repr)),
        uniques=tuple(sorted(table.uniques, key=repr)),
        checks=tuple(sorted(table.checks, key=repr)),
        foreign_keys=tuple(sorted(table.foreign_keys, key=repr)),
        indexes=tuple(sorted(table.indexes, key=repr)),
    )
