"""This project's own command line."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import attrs

from benchmarks.jobs import Job, Part, output
from benchmarks.projects import caches_removal, emptying, removal, written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Row, Shape, Task
from benchmarks.tree import Extra, TreeTable, extras, tree

COMMAND = (sys.executable, "-m", "mm_engine")
UP = (*COMMAND, "migrate", "up", "--json")
DATABASE = "bench.sqlite3"
URL = f"sqlite:///{DATABASE}"

CONFIG = f"""\
[tool.makemigrations.database]
default_url = "{URL}"
"""

TABLE = """\
  - name: {name}
    fields:
      - name: id
        type: serial
        primary_key: true
      - name: code
        type: varchar
        length: 40
        nullable: false
      - name: title
        type: varchar
        length: 120
      - name: body
        type: text
      - name: quantity
        type: integer
        nullable: false
      - name: price
        type: decimal
        precision: 10
        scale: 2
      - name: active
        type: boolean
        nullable: false
      - name: made_at
        type: timestamp
"""
# The others make no index for this key, or are told not to.
PARENT = """\
      - name: parent_id
        type: foreign_key
        foreign_key:
          table: {parent}
          on_delete: CASCADE
          index: false
"""
EXTRA = """\
      - name: {name}
        type: integer
"""
INDEX = """\
    indexes:
      - name: {name}_code
        fields: [code]
"""
MIGRATION = '''\
"""Add {extra.table}.{extra.name}."""

import mm_engine as mm

migration = mm.Migration(
    name="{name}",
    dependencies=["{before}"],
    operations=[
        mm.AddField("{extra.table}", mm.Field("{extra.name}", mm.Integer())),
    ],
)
'''


@attrs.frozen
class Ours:
    """``makemigrations``, with a schema in YAML and a SQLite database."""

    folder: Path
    server: PostgreSQL | None
    name: str = "makemigrations"
    packages: tuple[str, ...] = ("attrs", "click", "PyYAML", "SQLAlchemy", "psycopg")

    def job(self, row: Row) -> Job | None:
        """The process to time."""
        shape = row.shape
        match row.task:
            case Task.START:
                return Job((*COMMAND, "--help"), self.folder)
            case Task.CHECK:
                words = (*COMMAND, "makemigrations", "--check")
                return Job(words, self.settled(shape))
            case Task.COLD:
                project = self.settled(shape)
                words = (*COMMAND, "makemigrations", "--check")
                return Job(words, project, caches_removal(project))
            case Task.FIRST:
                project = self.fresh(shape)
                reset = emptying(project / "migrations")
                return Job((*COMMAND, "makemigrations"), project, reset)
            case Task.STATUS:
                return Job((*COMMAND, "migrate", "status"), self.settled(shape))
            case Task.APPLY_SQLITE:
                project = self.settled(shape)
                reset = removal(database_files(project))
                return Job(UP, project, reset, _act(shape))
            case Task.APPLY_POSTGRESQL:
                if self.server is None:
                    return None
                database = self.server.database(f"ours_{shape.slug}")
                told = (*UP, "--url", database.url)
                project = self.settled(shape)
                return Job(told, project, database.emptied, _act(shape))

    def fresh(self, shape: Shape) -> Path:
        """A project without migrations."""
        project = self.folder / f"fresh-{shape.slug}"
        (project / "migrations").mkdir(parents=True, exist_ok=True)
        files = {"pyproject.toml": CONFIG, "schema/schema.yaml": schema_yaml(shape)}
        written(project, files)
        return project

    def settled(self, shape: Shape) -> Path:
        """A project whose migrations are all there, and all applied."""
        return settled(self.folder, shape)

    def sql(self, shape: Shape, url: str) -> str:
        """The SQL of every migration, for a database of that kind."""
        words = (*COMMAND, "migrate", "showsql", "--all", "--url", url)
        return output(words, self.settled(shape))


@cache
def settled(folder: Path, shape: Shape) -> Path:
    """Make that project, once."""
    project = folder / f"settled-{shape.slug}"
    (project / "migrations").mkdir(parents=True)
    first = schema_yaml(shape.without_history())
    written(project, {"pyproject.toml": CONFIG, "schema/schema.yaml": first})
    output((*COMMAND, "makemigrations"), project)
    written(project, {"schema/schema.yaml": schema_yaml(shape)})
    written(project / "migrations", history(shape))
    output((*COMMAND, "migrate", "up"), project)
    output((*COMMAND, "makemigrations", "--check"), project)
    return project


def _act(shape: Shape) -> Part | None:
    """The runner's own time, whole milliseconds: too coarse for many small steps."""
    return None if shape.history else _told


def _told(wall: float, printed: str) -> float:
    del wall
    return float(sum(step["milliseconds"] for step in json.loads(printed)["applied"]))


def database_files(project: Path) -> tuple[Path, ...]:
    """The database, and what SQLite may leave beside it."""
    return tuple(project / f"{DATABASE}{end}" for end in ("", "-wal", "-shm"))


def schema_yaml(shape: Shape) -> str:
    """The schema as we read it."""
    return "tables:\n" + "".join(table_yaml(table) for table in tree(shape))


def table_yaml(table: TreeTable) -> str:
    """One table of it."""
    parent = PARENT.format(parent=table.parent) if table.parent else ""
    added = "".join(EXTRA.format(name=extra.name) for extra in table.extras)
    named = {"name": table.name}
    return TABLE.format(**named) + parent + added + INDEX.format(**named)


def history(shape: Shape) -> dict[str, str]:
    """The migration files after the first, as ``makemigrations`` writes them."""
    files: dict[str, str] = {}
    before = "0001_initial"
    for extra in extras(shape):
        name = migration_name(extra)
        files[f"{name}.py"] = MIGRATION.format(name=name, before=before, extra=extra)
        before = name
    return files


def migration_name(extra: Extra) -> str:
    """The name of the migration that adds that column."""
    return f"{extra.number + 2:04}_add_{extra.table}_{extra.name}"
