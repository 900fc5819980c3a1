"""A migration: a name, what it comes after, and its operations."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import attrs

from mm_engine.errors import Position, StateError
from mm_engine.migrations.standing import mixed
from mm_engine.model.names import names_of
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation


@attrs.frozen(kw_only=True)
class Migration:
    """One step of the history, as a file says it.

    ``replaces`` names the migrations that this one is the squash of. ``path`` is the
    file it was loaded from, ``at`` the same as it is shown to people.
    """

    name: str
    dependencies: tuple[str, ...] = attrs.field(converter=names_of)
    operations: tuple[Operation, ...] = attrs.field(converter=tuple[Operation, ...])
    replaces: tuple[str, ...] = attrs.field(default=(), converter=names_of)
    at: Position | None = attrs.field(default=None, eq=False, repr=False)
    path: Path | None = attrs.field(default=None, eq=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """What tells it from a changed one; see ``migrations.digest``."""
        from mm_engine.migrations.digest import digest_of

        return digest_of(self.operations)

    def apply(self, schema: Schema) -> Schema:
        """The schema after all operations, in their order.

        Raises ``StateError``, naming migration, operation and place, where one does
        not fit, and ``MigrationFileError`` where one should have stood alone.
        """
        is_mixed = len(self.operations) > 1
        for number, operation in enumerate(self.operations):
            if is_mixed and operation.stands_alone(schema):
                raise mixed(operation, self.name, self.position(number))
            try:
                schema = operation.apply(schema)
            except StateError as error:
                raise StateError(
                    f"{self.name}: cannot {operation.describe()}: {error.message}",
                    at=error.at or self.position(number),
                    hint=error.hint,
                ) from error
        return schema

    def position(self, number: int) -> Position | None:
        """Where an operation is written, counted from 0; reads the file again."""
        from mm_engine.migrations.positions import operation_position

        if self.path is None or self.at is None:
            return self.at
        found = operation_position(self.path, number)
        return attrs.evolve(found, file=self.at.file)
