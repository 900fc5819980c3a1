"""A project at rest: its migrations are read once for all checks of a run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from mm_engine.project import Project

if TYPE_CHECKING:
    from mm_engine.migrations.graph import MigrationGraph


@attrs.frozen
class StandingProject(Project):
    """The same project, for those who know that nobody writes migrations meanwhile.

    A test of the user's may; it gets a project that reads them each time.
    """

    given: MigrationGraph | None = attrs.field(default=None, kw_only=True)
    """The migrations to go by, where they are not all that the files say."""

    @cached_property
    def read(self) -> MigrationGraph:
        """The migrations as they were when they were first asked for."""
        return self.given or Project.graph(self)

    def graph(self) -> MigrationGraph:
        """The migrations, as a graph."""
        return self.read
