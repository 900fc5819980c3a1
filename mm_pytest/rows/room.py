"""A database without rows that climbs, and copies of it that rows are put into."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_pytest.named import Named
    from mm_pytest.opened import Opened
    from mm_pytest.rows.filling import Unfilled


class Room:
    """What the checks of rows on one database have in common."""

    def __init__(self, found: Opened, named: Named) -> None:
        """Make nothing yet."""
        self._found = found
        self._named = named
        self._url = ""
        self._applied: list[str] = []

    def check(self, name: str) -> tuple[Unfilled, ...]:
        """Try one migration with rows; gives the tables that none could be made for.

        Raises ``AssertionError`` where rows are not kept.
        """
        __tracebackhide__ = True
        from mm_pytest.databases.place import CopyingPlace
        from mm_pytest.engines import engine
        from mm_pytest.rows.fitting import fitting
        from mm_pytest.rows.trial import Trial

        project = self._found.standing
        graph, place = project.graph(), self._found.place(self._named)
        assert isinstance(place, CopyingPlace)  # noqa: S101 - what is read is copied
        fits = fitting(self._found.settings.fitting, graph).get(name, ())
        self._climb(name)
        before, migration = graph.schema(self._applied), graph.by_name[name]
        url = place.twin(self._url) if self._applied else place.empty()
        try:
            with engine(url, self._named.kind) as opened:
                return Trial(project, opened, migration, before, fits).run()
        finally:
            place.drop(url)

    def _climb(self, name: str) -> None:
        """Have what a migration comes after applied, as its author had, and no more."""
        from mm_pytest.engines import engine

        project, place = self._found.standing, self._found.place(self._named)
        wanted = [*project.graph().ancestors(name)]
        if wanted[: len(self._applied)] != self._applied:
            place.drop(self._url)
            self._url, self._applied = "", []
        self._url = self._url or place.empty()
        with engine(self._url, self._named.kind) as below:
            for one in wanted[len(self._applied) :]:
                project.migrate(below, to=one)
                self._applied.append(one)
