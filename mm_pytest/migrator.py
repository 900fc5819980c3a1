"""An empty database that a test migrates itself, as far as it wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.model.schema import Schema
    from mm_engine.project import Project


@attrs.frozen
class TestMigrator:
    """Goes up and down on a database of the test's own.

    ``engine`` is for the test's own statements; ``project`` knows the migrations.
    """

    __test__ = False  # pytest would take the class for tests

    project: Project
    url: str = attrs.field(repr=False)
    kind: str
    engine: sa.Engine

    def up(self, to: str | None = None) -> tuple[str, ...]:
        """Apply what is pending, or what a migration needs with itself; the names."""
        from mm_pytest.engines import engine

        with engine(self.url, self.kind) as opened:
            run = self.project.migrate(opened, to=to)
        return tuple(result.name for result in run.results)

    def down(
        self, to: str | None = None, *, steps: int | None = None
    ) -> tuple[str, ...]:
        """Undo the last migration, some more, or all after a migration; the names."""
        from mm_pytest.engines import engine

        with engine(self.url, self.kind) as opened:
            run = self.project.rollback(opened, to=to, steps=steps)
        return tuple(result.name for result in run.results)

    def schema(self) -> Schema:
        """The schema that what is applied adds up to."""
        from mm_engine.runner.history import History

        with self.engine.connect() as connection:
            applied = History.read(connection).names
        return self.project.graph().schema(applied)
