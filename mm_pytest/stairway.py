"""Every migration up, down and up again, on one database that climbs with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.introspect import Native
    from mm_engine.model.schema import Schema
    from mm_engine.project import Project
    from mm_pytest.natives import Listed


class Stairway:
    """A database that was empty, and what is applied to it by now."""

    def __init__(self, project: Project, engine: sa.Engine) -> None:
        """Stand at the foot of the stairs."""
        self._project = project
        self._engine = engine
        self._graph = project.graph()
        self._applied: list[str] = []

    def can_step(self, name: str) -> bool:
        """Whether the migration is still to come."""
        return name not in self._applied

    def step(self, name: str) -> None:
        """Take one migration up, down and up, with those before it if they miss.

        Raises ``AssertionError`` where it leaves something else than it should, and
        ``IrreversibleError`` for one that says it cannot be undone.
        """
        __tracebackhide__ = True
        from mm_pytest.natives import differing

        for parent in self._graph.by_name[name].dependencies:
            self._up(parent)
        before, below = self._schema(), self._native()
        self._up(name)
        above = self._native()
        self._down()
        if (left := self._native()) != below:
            what = "down leaves what up had changed"
            self._fail(name, before, what, differing(below, left))
        self._up(name)
        if (again := self._native()) != above:
            what = "up, after down, makes something else"
            self._fail(name, self._schema(), what, differing(above, again))

    def _up(self, name: str) -> None:
        run = self._project.migrate(self._engine, to=name)
        self._applied += [result.name for result in run.results]

    def _down(self) -> None:
        run = self._project.rollback(self._engine, steps=1)
        for result in run.results:
            self._applied.remove(result.name)

    def _schema(self) -> Schema:
        return self._graph.schema(self._applied)

    def _native(self) -> Native | Listed:
        from mm_pytest.natives import native

        return native(self._engine, self._project)

    def _fail(self, name: str, schema: Schema, what: str, tables: list[str]) -> None:
        __tracebackhide__ = True
        from mm_pytest.assertions import placed
        from mm_pytest.drifted import lines_of

        lines = lines_of(self._engine, self._project, schema, tables)
        raise AssertionError(
            f"{placed(self._graph.by_name[name])}: {what}; the database differs from"
            f" the migrations by:\n{lines}\n"
            f'"makemigrations migrate showsql {name} --down" shows what runs'
        )
