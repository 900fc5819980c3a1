"""What the migrations say, and how the database would describe exactly that."""

from __future__ import annotations

import attrs

from mm_engine.introspect.native import Native, NativeTable
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table


@attrs.frozen
class Guide:
    """A schema, and the same as a database tells it that was made from nothing else.

    Where a live database tells an attribute in the same words, what the schema says of
    it is taken over: much of it no database can tell.
    """

    schema: Schema = attrs.field(factory=Schema)
    native: Native = attrs.field(factory=lambda: Native(tables={}))

    def table(self, name: str) -> tuple[Table | None, NativeTable | None]:
        """A table as it is said and as it is told, if it is there."""
        return self.schema.tables.get(name), self.native.tables.get(name)
