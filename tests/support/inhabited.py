"""A database that an example project is migrated on, with rows in its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import attrs
import yaml

from histories import Example
from live_clickhouse import MADE
from live_mysql import LiveMySQL
from live_postgresql import LivePostgreSQL
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.project import Project
from mm_engine.runner.connect import connected
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url
from rows_kept import Row, Rows, ordered


@attrs.define
class Inhabited:
    """A copy of a project, its database, and what is applied there."""

    example: Example
    project: Project
    graph: MigrationGraph
    applied: list[str] = attrs.field(factory=list)

    @classmethod
    def of(cls, example: Example, folder: Path, url: str) -> Inhabited:
        """The project with an empty database."""
        project = Project.find(example.copy(folder), url=url)
        return cls(example, project, project.graph())

    def up(self, name: str) -> None:
        """Apply one migration, whose ancestors are applied."""
        done = self.project.migrate(to=name)
        assert [result.name for result in done.results] == [name]
        self.applied.append(name)

    def down(self) -> str:
        """Undo the last one: its name."""
        done = self.project.rollback()
        assert [result.name for result in done.results] == [self.applied.pop()]
        return done.results[0].name

    def schema(self) -> Schema:
        """What the migrations say that is there."""
        return self.graph.schema(self.applied)

    def migration(self, name: str) -> Migration:
        """One of its migrations."""
        return self.graph.by_name[name]

    def text(self, name: str) -> str:
        """The file of a migration."""
        return self.example.migrations()[f"{name}.py"]

    def forgotten(self) -> Iterator[str]:
        """What would bring back what the last migration left in the database."""
        if not self.applied:
            return
        *earlier, last = self.applied
        schema = self.graph.schema(earlier)
        for operation in self.migration(last).operations:
            if operation.schema_only:
                yield from (back.describe() for back in operation.reverse(schema))
            schema = operation.apply(schema)

    def populate(self, name: str) -> None:
        """Put in the rows that belong after a migration."""
        dialect, schema = self.project.dialect(), self.schema()
        with self._opened() as opened:
            written = written_rows(self.example.folder / "rows.yaml")
            starts = {self.graph.resolve(start): start for start in written}
            for table, rows in written.get(starts.get(name, ""), {}).items():
                for row in rows:
                    values = [
                        dialect.literal(text, schema.table(table).field(field), schema)
                        for field, text in row.items()
                    ]
                    opened.run(
                        f"INSERT INTO {dialect.quote(table)} ({dialect.listed(row)})"
                        f" VALUES ({', '.join(values)})"
                    )

    def rows(self) -> Rows:
        """Every row there is, as the migrations know it."""
        dialect = self.project.dialect()
        found: dict[str, tuple[Row, ...]] = {}
        with self._opened() as opened:
            for table in self.schema().tables.values():
                names = [field.name for field in table.fields]
                query = f"SELECT {dialect.listed(names)} FROM"
                rows = opened.rows(f"{query} {dialect.quote(table.name)}")
                found[table.name] = ordered(
                    dict(zip(names, row, strict=True)) for row in rows
                )
        return found

    @property
    def is_readable(self) -> bool:
        """Whether the tool reads what is in the database; ClickHouse is not read."""
        return self.project.database_type() != "clickhouse"

    def shape(self) -> object:
        """What the database knows of its tables."""
        if self.project.database_type() in ("sqlite", "turso"):
            query = "SELECT type, name, tbl_name FROM sqlite_schema ORDER BY 1, 2"
            with self._opened() as opened:
                return opened.rows(query), self.columns(opened)
        if self.project.database_type() == "clickhouse":
            with self._opened() as opened:
                ours = self.schema().tables
                return sorted(row for row in opened.rows(MADE) if row[0] in ours)
        url = str(self.project.config.url)
        if url.startswith("mysql:"):
            with LiveMySQL.on(url) as live:
                return live.shape()
        import psycopg

        with psycopg.connect(url) as connection:
            return LivePostgreSQL(connection).shape()

    def columns(self, opened: Session) -> object:
        """What SQLite says of every column, in no order."""
        query = (
            'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk > 0'
            " FROM sqlite_schema m, pragma_table_xinfo(m.name) c"
            " WHERE m.type = 'table' ORDER BY 1, 2"
        )
        return opened.rows(query)

    @contextmanager
    def _opened(self) -> Iterator[Session]:
        config = self.project.config
        with (
            connected(Url.of(str(config.url)), root=config.url_base) as connection,
            session(connection) as opened,
        ):
            yield opened


@cache
def written_rows(file: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Rows by how the name of a migration starts and by table; every scalar a text."""
    loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    rows: dict[str, dict[str, list[dict[str, str]]]] = loaded
    return rows
