"""What no tool in Python can beat: Python itself, and SQLite itself."""

from __future__ import annotations

import sys
from pathlib import Path

import attrs

from benchmarks.jobs import Job
from benchmarks.ours import Ours, database_files
from benchmarks.projects import removal, written
from benchmarks.tasks import Row, Task

DATABASE = "bench.sqlite3"
SQL = "all.sql"
NOTHING = (sys.executable, "-c", "pass")
EXECUTE = f"""\
import sqlite3
with open("{SQL}", encoding="utf-8") as file:
    sqlite3.connect("{DATABASE}").executescript(file.read())
"""


@attrs.frozen
class Floor:
    """Python doing nothing, and Python handing SQLite the SQL that we make."""

    folder: Path
    ours: Ours
    name: str = "floor"
    packages: tuple[str, ...] = ()

    def job(self, row: Row) -> Job | None:
        """The process to time."""
        match row.task:
            case Task.START:
                return Job(NOTHING, self.folder)
            case Task.APPLY:
                project = self.folder / row.shape.slug
                written(project, {SQL: self.ours.sql(row.shape)})
                reset = removal(database_files(project))
                return Job((sys.executable, "-c", EXECUTE), project, reset)
            case _:
                return None
