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

    def position(self, path: Path | None) -> Position | None:
        """Where a thing is written, else the table around it."""
        if path is None:
            return None
        kind, name, *_ = path
        around = None if kind == "enum" else self.positions.get(("table", name))
        return self.positions.get(path, around)

    def origin(self, path: Path | None) -> Origin | None:
        """Where a thing comes from."""
        return None if path is None else self.origins.get(path)

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
