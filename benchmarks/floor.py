"""What nobody can beat: Python doing nothing, and the databases' own shells."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import attrs

from benchmarks.jobs import Job, timed
from benchmarks.ours import URL, Ours, database_files
from benchmarks.projects import removal, written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Row, Shape, Task

DATABASE = "bench.sqlite3"
SQL = "all.sql"
EMPTY = "empty.sql"
TIMES = 3
NOTHING = (sys.executable, "-c", "pass")
EXECUTE = f"""\
import sqlite3
import sys
with open(sys.argv[1], encoding="utf-8") as file:
    sqlite3.connect("{DATABASE}").executescript(file.read())
"""


@attrs.frozen
class Floor:
    """Python doing nothing, and the shells told the SQL that we make."""

    folder: Path
    server: PostgreSQL | None
    ours: Ours
    name: str = "floor"
    packages: tuple[str, ...] = ()

    def job(self, row: Row) -> Job | None:
        """The process to time."""
        match row.task:
            case Task.START:
                return Job(NOTHING, self.folder)
            case Task.APPLY_SQLITE:
                project = self._project(f"sqlite-{row.shape.slug}", row.shape, URL)
                reset = removal(database_files(project))
                return _job(sqlite_shell(SQL), sqlite_shell(EMPTY), project, reset)
            case Task.APPLY_POSTGRESQL if self.server:
                database = self.server.database(f"floor_{row.shape.slug}")
                url = database.url
                project = self._project(f"postgresql-{row.shape.slug}", row.shape, url)
                words = psql(self.server, url, SQL)
                start = psql(self.server, url, EMPTY)
                return _job(words, start, project, database.emptied)
            case _:
                return None

    def _project(self, name: str, shape: Shape, url: str) -> Path:
        """A folder with what a shell is told."""
        project = self.folder / name
        written(project, {SQL: self.ours.sql(shape, url), EMPTY: ""})
        return project


def _job(
    words: tuple[str, ...],
    start: tuple[str, ...],
    project: Path,
    reset: Callable[[], None],
) -> Job:
    """The shell told everything; the act is what it takes beyond being told nothing.

    Being told nothing is timed some times: what disturbs it would make the act seem
    quicker than a shell can be.
    """
    nothing = Job(start, project)

    def act(wall: float, printed: str) -> float:
        del printed
        return wall - min(timed(nothing).wall for _ in range(TIMES))

    return Job(words, project, reset, act)


def psql(server: PostgreSQL, url: str, file: str) -> tuple[str, ...]:
    """PostgreSQL's own shell, reading a file."""
    told = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    return (str(server.psql), *told, f"--file={file}", url)


def sqlite_shell(file: str) -> tuple[str, ...]:
    """SQLite's own shell reading a file; Python in its place where there is none."""
    shell = shutil.which("sqlite3")
    if shell is None:
        return (sys.executable, "-c", EXECUTE, file)
    return (shell, "-bail", "-init", os.devnull, DATABASE, f".read {file}")
