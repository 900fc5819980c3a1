"""The schema of a live database, as a value that a plain ``assert`` can compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from mm_engine.model.schema import Schema
from mm_pytest.assertions import told
from mm_pytest.drifted import drift

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    import sqlalchemy as sa

    from mm_engine.introspect import Drift
    from mm_engine.project import Project


@attrs.define(eq=False, repr=False)
class LiveSchema:
    """Equal to a schema that it has no drift from.

    Databases say the same in other words than schema files do, so it is read when it is
    compared, and held against what the schema would be there.
    """

    source: sa.Engine | sa.Connection
    project: Project
    _read: tuple[Schema, Drift] | None = None

    def __eq__(self, other: object) -> bool:
        """Read the database; compare what it means, not how it is written."""
        if not isinstance(other, Schema):
            return NotImplemented
        self._read = other, drift(self.source, self.project, other)
        return not self._read[1].operations

    __hash__ = None  # type: ignore[assignment]  # it changes with the database

    def __repr__(self) -> str:
        """Which kind of database it is of; never its URL."""
        return f"<the schema of a live {self.source.dialect.name}>"

    def drift(self, schema: Schema) -> Drift:
        """How it differs; from the schema it was last compared with, as it did then."""
        if self._read is not None and self._read[0] is schema:
            return self._read[1]
        return drift(self.source, self.project, schema)


def explained(config: pytest.Config, left: object, right: object) -> list[str] | None:
    """What differs between two schemas, one of them live or none; None for others.

    pytest shows eight lines of it, and all with ``-vv``. What keeps it from being told
    is told instead: the assertion has failed whatever happens here.
    """
    if not isinstance(left, LiveSchema | Schema):
        return None
    if not isinstance(right, LiveSchema | Schema):
        return None
    try:
        return [*_explained(config, left, right)]
    except Exception as error:  # noqa: BLE001 - else pytest tells of this one alone
        return ["the schemas differ, and how cannot be told:", f"  {error}"]


def _explained(
    config: pytest.Config, left: LiveSchema | Schema, right: LiveSchema | Schema
) -> Iterator[str]:
    match left, right:
        case (LiveSchema() as live, Schema() as schema) | (
            Schema() as schema,
            LiveSchema() as live,
        ):
            found = live.drift(schema)
            yield (
                "the database is not that schema, but was changed by"
                ' ("makemigrations db-diff" compares, too):'
            )
            yield from told(found.operations, live.project, found.expected).splitlines()
        case Schema(), Schema():
            yield from _beside(config, left, right)
        case _:
            yield "two databases are compared: give one of them a Schema to meet"


def _beside(config: pytest.Config, left: Schema, right: Schema) -> Iterator[str]:
    """Two schemas as values, which are equal only if all is named and in order."""
    from mm_engine.diff import diff
    from mm_engine.model.naming import with_names
    from mm_pytest.opened import opened

    right = with_names(right, left)
    operations = diff(right, left)
    if operations:
        yield "the schema on the left is the one on the right, and then:"
        yield from told(operations, opened(config).project, right).splitlines()
    else:
        yield "no migration is between them: one leaves names open, or orders otherwise"
