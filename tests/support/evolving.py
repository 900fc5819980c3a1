"""A project whose schema changes while its SQLite database holds rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import attrs

from command_line import SETTINGS, Answer, Line
from schema_files import table, tables

THINGS = tables(table())
"""A schema of one table, ``things``, that has a key and nothing else."""


def things(*fields: str, more: str = "") -> str:
    """A schema of that table with these fields, told in one line each."""
    return tables(table(*fields, more=more))


@attrs.frozen
class Evolving:
    """A project on its way from one schema to the next, as its user drives it."""

    line: Line

    @classmethod
    def in_folder(cls, folder: Path) -> Evolving:
        """A project without a schema yet, configured for a file of SQLite."""
        line = Line(folder)
        line.schema(SETTINGS, "migrations/makemigrations.config.yaml")
        return cls(line)

    def written(self, schema: str, *words: str) -> str:
        """Change the schema files and write the migration; gives its text."""
        self.line.schema(schema)
        self.line.fine("makemigrations", "--yes", *words)
        return self.last

    def becomes(self, schema: str, *words: str) -> str:
        """The same, applied, after which schema files and migrations agree."""
        text = self.written(schema, *words)
        self.up()
        self.settled()
        return text

    def becomes_nothing(self, schema: str) -> None:
        """Change the schema files in a way that needs no migration."""
        self.line.schema(schema)
        self.settled()

    def settled(self) -> None:
        """See that there is nothing left to write."""
        answer = self.line("check")
        assert answer.code == 0, answer.out + answer.err

    def by_hand(self, operations: str, name: str = "by_hand") -> str:
        """Write a migration of these operations; gives its name."""
        self.line.fine("makemigrations", "--empty", "--name", name)
        written = self.line.migrations()[-1]
        self.line.edit(
            "operations=[]", f"operations=[{operations}]", f"migrations/{written}.py"
        )
        return written

    def up(self, *words: str) -> None:
        """Apply what is pending."""
        self.line.fine("migrate", "up", *words)

    def down(self, *words: str) -> None:
        """Undo the last migration, or what is said, whatever is lost."""
        self.line.fine("migrate", "down", "--yes", *words)

    def said(self, *words: str) -> Answer:
        """What a command answers, that may fail."""
        return self.line(*words)

    @property
    def last(self) -> str:
        """The text of the last migration."""
        return self.line.source(self.line.migrations()[-1])

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What SQLite itself says, with foreign keys enforced, without our code."""
        with closing(sqlite3.connect(self.line.folder / "app.db")) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            with connection:
                return connection.execute(sql).fetchall()

    def value(self, sql: str) -> object:
        """The one value that a query gives."""
        [(found,)] = self.rows(sql)
        return found

    def refuses(self, sql: str) -> bool:
        """Whether a constraint of the database stands against it."""
        try:
            self.rows(sql)
        except sqlite3.IntegrityError:
            return True
        return False

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in their order."""
        found = self.rows(f"SELECT name FROM pragma_table_info('{table}')")
        return [str(name) for (name,) in found]

    def names(self, kind: str) -> list[str]:
        """The names of all tables, indexes or triggers but those of SQLite and ours."""
        found = self.rows(
            f"SELECT name FROM sqlite_schema WHERE type = '{kind}' ORDER BY name"
        )
        ours = ("sqlite_", "makemigrations_")
        return [str(name) for (name,) in found if not str(name).startswith(ours)]
