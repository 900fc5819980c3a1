"""A live database held against what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.introspect import Drift
    from mm_engine.model.schema import Schema
    from mm_engine.project import Project


def drift(
    source: sa.Engine | sa.Connection, project: Project, schema: Schema | None
) -> Drift:
    """What differs from a schema; from what is applied, where none is given."""
    import sqlalchemy as sa

    if isinstance(source, sa.Engine):
        with source.connect() as connection:
            return drift(connection, project, schema)
    from mm_engine import introspect
    from mm_engine.model.naming import with_names
    from mm_engine.runner.history import History

    applied = project.graph().schema(History.read(source).names)
    # Schema files leave names open, which a database has.
    expected = applied if schema is None else with_names(schema, applied)
    return introspect.drift(source, expected, dialect_of(source, project))


def dialect_of(source: sa.Connection, project: Project) -> Dialect:
    """How the database of a connection is told."""
    return project.dialect(project.type_behind(source))


def lines_of(
    engine: sa.Engine, project: Project, schema: Schema, tables: list[str]
) -> str:
    """How a database differs from a schema, in lines of a message.

    Where the engine cannot read it, ``tables`` are the lines.
    """
    from mm_pytest.assertions import told
    from mm_pytest.natives import is_read

    with engine.connect() as connection:
        dialect = dialect_of(connection, project)
    if not is_read(dialect.name):
        return "\n".join(tables)
    found = drift(engine, project, schema)
    if not found.operations:
        return "\n".join(["  only in what no schema file can say, in", *tables])
    return told(found.operations, project, found.expected)
