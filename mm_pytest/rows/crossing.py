"""The branches of a merge on rows that are older than both, whichever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

import attrs

from mm_pytest.assertions import placed
from mm_pytest.orders import other_order
from mm_pytest.rows.fates import Fates, Place
from mm_pytest.rows.promised import Promised
from mm_pytest.rows.suspects import suspects

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.errors import MMError
    from mm_engine.project import Project
    from mm_pytest.rows.filling import Unfilled


@attrs.frozen
class Crossing:
    """The two orders in which what a migration merges can be applied."""

    project: Project
    name: str
    one: tuple[str, ...]
    other: tuple[str, ...]

    @classmethod
    def of(cls, project: Project, name: str) -> Crossing:
        """The orders of what one migration needs."""
        graph = project.graph()
        return cls(project, name, graph.ancestors(name), other_order(graph, name))

    @property
    def shared(self) -> tuple[str, ...]:
        """What comes before the branches: the rows are as old as that."""
        pairs = zip(self.one, self.other, strict=True)
        found = next((n for n, (a, b) in enumerate(pairs) if a != b), len(self.one))
        return self.one[:found]

    @property
    def branches(self) -> tuple[str, ...]:
        """What is applied in one order or the other."""
        return self.one[len(self.shared) :]

    def fill(self, engine: sa.Engine, fitting: Sequence[Place]) -> tuple[Unfilled, ...]:
        """Make rows that fit all that the branches add to what there is."""
        from mm_pytest.drifted import dialect_of
        from mm_pytest.rows.filling import Filling

        graph = self.project.graph()
        before = graph.schema(self.shared)
        of_each = (graph.by_name[name].operations for name in self.branches)
        with engine.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            dialect = dialect_of(connection, self.project)
            fates = Fates.of(chain.from_iterable(of_each), before, dialect.name)
            places = [place for place in fitting if place in fates.fields]
            promised = Promised.by(before, graph.schema(self.one), fates, places)
            return Filling(connection, dialect, before, promised).fill()

    def climb(self, engine: sa.Engine, order: Sequence[str]) -> None:
        """Apply the branches; raises ``AssertionError`` where rows stand against it."""
        __tracebackhide__ = True
        from mm_engine.errors import MMError

        applied = [*self.shared]
        for name in order[len(applied) :]:
            try:
                self.project.migrate(engine, to=name)
            except MMError as error:
                self._tell(error, name, applied, order)
            applied.append(name)

    def _tell(
        self, error: MMError, name: str, applied: list[str], order: Sequence[str]
    ) -> NoReturn:
        __tracebackhide__ = True
        graph = self.project.graph()
        failed, before = graph.by_name[name], graph.schema(applied)
        lines = [*str(error).splitlines(), *suspects(failed, before, {}, str(error))]
        told = "\n".join(f"  {line}" for line in lines)
        raise AssertionError(
            f"{placed(graph.by_name[self.name])}: the branches that it merges fail with"
            f" rows in the tables in the order {', '.join(order[len(self.shared) :])}:"
            f'\n{told}\n"makemigrations migrate showsql {name}" shows what runs'
        )
