"""A migration: a name, what it comes after, and its operations."""

from __future__ import annotations

import attrs

from mm_engine.errors import Position
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation


@attrs.frozen(kw_only=True)
class Migration:
    """One step of the history, as a file says it.

    ``replaces`` names the migrations that this one is the squash of.
    """

    name: str
    dependencies: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    operations: tuple[Operation, ...] = attrs.field(converter=tuple[Operation, ...])
    replaces: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    at: Position | None = attrs.field(default=None, eq=False, repr=False)

    def apply(self, schema: Schema) -> Schema:
        """The schema after all operations, in their order."""
        for operation in self.operations:
            schema = operation.apply(schema)
        return schema
