"""A live database as tests of a dialect use it: migrated by the engine itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from mm_engine.runner.connect import connected, fitted
from mm_engine.runner.execute import Result
from mm_engine.runner.history import History
from mm_engine.runner.run import Migrator
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url

OURS = "makemigrations_"
"""What the names of the engine's own tables begin with."""


@attrs.define
class LiveDatabase:
    """An open database, the migrations made for it, and the schema they add up to."""

    session: Session
    dialect: Dialect
    migrations: list[Migration] = attrs.field(factory=list)
    schema: Schema = attrs.field(factory=Schema)

    @classmethod
    @contextmanager
    def opened(
        cls, url: str, database: str, root: Path, *, patience: float = 10
    ) -> Iterator[LiveDatabase]:
        """The database of a URL; ``patience`` is how long others are waited for."""
        where = Url.of(url).refined(database)
        with (
            connected(where, root=root, lock_timeout=patience) as connection,
            session(connection, lock_timeout=patience, database_type=database) as ready,
        ):
            yield cls(ready, fitted(dialect(database), connection))

    @property
    def graph(self) -> MigrationGraph:
        """The migrations, each after the one before it."""
        return MigrationGraph.of(self.migrations)

    @property
    def migrator(self) -> Migrator:
        """What applies them."""
        return Migrator(session=self.session, graph=self.graph, dialect=self.dialect)

    @property
    def history(self) -> tuple[str, ...]:
        """The names that the database says are applied."""
        return History.read(self.session.connection).names

    def planned(self, operations: Iterable[Operation]) -> None:
        """One more migration, which nobody has applied yet."""
        names = [migration.name for migration in self.migrations]
        self.migrations.append(
            Migration(
                name=f"{len(names) + 1:04}_planned",
                dependencies=names[-1:],
                operations=tuple(operations),
            )
        )

    def up(self, operations: Iterable[Operation] = ()) -> tuple[Result, ...]:
        """Apply what is pending, and these operations as one more migration."""
        if told := tuple(operations):
            self.planned(told)
        done = self.migrator.up(is_review_allowed=True)
        self.schema = self.graph.schema([each.name for each in self.migrations])
        return done

    def down(self, steps: int = 1) -> tuple[Result, ...]:
        """Undo the last migrations, which stay as files do."""
        done = self.migrator.down(steps=steps)
        kept = [each.name for each in self.migrations][: -len(done) or None]
        self.schema = self.graph.schema(kept)
        return done

    def sql(self, sql: str) -> list[tuple[object, ...]]:
        """One statement of the test's own, and its rows."""
        return list(self.session.rows(sql))

    def tables(self) -> list[str]:
        """What the database calls its tables, without the engine's own."""
        import sqlalchemy as sa

        connection = self.session.connection
        names: Sequence[str] = sa.inspect(connection).get_table_names()
        return sorted(name for name in names if not name.startswith(OURS))

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table that the schema has, in no order of their own."""
        return {name: self._rows_of(name) for name in self.schema.tables}

    def _rows_of(self, name: str) -> list[str]:
        fields = [field.name for field in self.schema.table(name).fields]
        query = f"SELECT {self.dialect.listed(fields)} FROM {self.dialect.thing(name)}"
        return sorted(
            repr(dict(zip(fields, row, strict=True))) for row in self.sql(query)
        )
