"""A database without rows that climbs, and copies of it that rows are put into."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    import sqlalchemy as sa

    from mm_pytest.named import Named
    from mm_pytest.opened import Opened
    from mm_pytest.rows.fates import Place
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
        from mm_pytest.orders import is_merge
        from mm_pytest.rows.trial import Trial

        project = self._found.standing
        graph = project.graph()
        if is_merge(graph, name):
            self._cross(name)
        self._climb(graph.ancestors(name))
        before, migration = graph.schema(self._applied), graph.by_name[name]
        with self._twin() as url, self._engine(url) as opened:
            return Trial(project, opened, migration, before, self._fits(name)).run()

    def _cross(self, name: str) -> None:
        """Take rows of before its branches through them, in one order and the other."""
        __tracebackhide__ = True
        from mm_pytest.rows.crossing import Crossing

        crossing = Crossing.of(self._found.standing, name)
        self._climb(crossing.shared)
        fits = [place for one in crossing.branches for place in self._fits(one)]
        for order in (crossing.one, crossing.other):
            with self._twin() as url, self._engine(url) as opened:
                crossing.fill(opened, fits)
                crossing.climb(opened, order)

    def _fits(self, name: str) -> tuple[Place, ...]:
        from mm_pytest.rows.fitting import fitting

        words, graph = self._found.settings.fitting, self._found.standing.graph()
        return fitting(words, graph).get(name, ())

    def _engine(self, url: str) -> AbstractContextManager[sa.Engine]:
        from mm_pytest.engines import engine

        return engine(url, self._named.kind)

    @contextmanager
    def _twin(self) -> Iterator[str]:
        """A database as it stands, to be spent."""
        from mm_pytest.databases.place import CopyingPlace

        place = self._found.place(self._named)
        assert isinstance(place, CopyingPlace)  # noqa: S101 - what is read is copied
        url = place.twin(self._url) if self._applied else place.empty()
        try:
            yield url
        finally:
            place.drop(url)

    def _climb(self, names: Sequence[str]) -> None:
        """Have that applied which a migration's author had, and no more."""
        project, place = self._found.standing, self._found.place(self._named)
        wanted = [*names]
        if wanted[: len(self._applied)] != self._applied:
            place.drop(self._url)
            self._url, self._applied = "", []
        self._url = self._url or place.empty()
        with self._engine(self._url) as below:
            for one in wanted[len(self._applied) :]:
                project.migrate(below, to=one)
                self._applied.append(one)
