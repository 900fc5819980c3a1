"""Where the things of a schema are written: in schema files, in migrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import Position
from mm_engine.migrations.facts import Path
from mm_engine.migrations.provenance import Origin, Renaming, provenance
from mm_engine.model.naming import with_names
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table
from mm_engine.operations import Operation
from mm_engine.project.things import thing_paths

if TYPE_CHECKING:
    from mm_engine.migrations.migration import Migration


@attrs.frozen
class Whereabouts:
    """By path, as ``facts`` tell it: a place in the schema files, and an origin."""

    positions: dict[Path, Position] = attrs.field(factory=dict)
    origins: dict[Path, Origin] = attrs.field(factory=dict)

    @classmethod
    def of(
        cls, written: Schema, migrations: Iterable[Migration], schema: Schema
    ) -> Whereabouts:
        """What schema files tell, and migrations; parts are called as in the schema."""
        named = with_names(written, schema)
        return cls(_positions(named), dict(provenance(migrations).origins))

    def position(self, operation: Operation) -> Position | None:
        """Where it is written what an operation changes, else the table around it."""
        paths = thing_paths(operation)
        around = [("table", path[1]) for path in paths if path[0] != "enum"]
        found = (self.positions.get(path) for path in (*paths, *around))
        return next((at for at in found if at is not None), None)

    def origin(self, operation: Operation) -> Origin | None:
        """Where the thing comes from that an operation changes."""
        paths = thing_paths(operation)
        found = (self.origins.get(path) for path in paths)
        return next((origin for origin in found if origin is not None), None)

    def after(self, operation: Operation) -> Whereabouts:
        """The same in the names that hold after an operation."""
        names = Renaming.of(operation)
        return Whereabouts(names.applied(self.positions), names.applied(self.origins))


def _positions(schema: Schema) -> dict[Path, Position]:
    found: dict[Path, Position | None] = {}
    for name, enum in schema.enums.items():
        found["enum", name] = enum.at
    for table in schema.tables.values():
        found |= _positions_in(table)
    return {path: at for path, at in found.items() if at is not None}


def _positions_in(table: Table) -> dict[Path, Position | None]:
    key = table.primary_key
    return {
        ("table", table.name): table.at,
        ("primary key", table.name): key.at if key else None,
        **{("field", table.name, part.name): part.at for part in table.fields},
        **{("index", table.name, part.name or ""): part.at for part in table.indexes},
        **{("unique", table.name, part.name or ""): part.at for part in table.uniques},
        **{("check", table.name, part.name or ""): part.at for part in table.checks},
        **{
            ("foreign key", table.name, part.name or ""): part.at
            for part in table.foreign_keys
        },
    }
