"""What is measured: tasks, on schemas of several shapes, by several tools."""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum
from typing import Protocol

import attrs

from benchmarks.jobs import Job


class Task(Enum):
    """One thing that a user waits for; the value is its name in the report."""

    START = "start: `--help`"
    CHECK = "check, nothing to do"
    COLD = "check, fresh checkout"
    FIRST = "first migration"
    STATUS = "status, all applied"
    APPLY = "apply to SQLite"


@attrs.frozen
class Shape:
    """How large a schema is: its tables, and the migrations after the first."""

    tables: int
    history: int = 0

    def __str__(self) -> str:
        """Its name in the report."""
        tables = f"{self.tables:,} table{'s' if self.tables > 1 else ''}"
        return f"{self.history:,} migrations, {tables}" if self.history else tables

    @property
    def slug(self) -> str:
        """Its name as a folder."""
        return f"tables{self.tables}-history{self.history}"

    def without_history(self) -> Shape:
        """The schema of the first migration."""
        return Shape(self.tables)


@attrs.frozen
class Row:
    """One line of the report: a task on a shape."""

    task: Task
    shape: Shape


class Tool(Protocol):
    """A contestant: it makes its own project of a shape, and says what to run."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What the report calls it."""

    @property
    @abstractmethod
    def packages(self) -> tuple[str, ...]:
        """The distributions whose versions are named."""

    @abstractmethod
    def job(self, row: Row) -> Job | None:
        """The process to time, its project made; None for what is not compared."""


ONE = Shape(1)
TABLES = tuple(Shape(tables) for tables in (10, 100, 1000))
HISTORY = Shape(50, 1000)
GROWING = (Task.CHECK, Task.FIRST)

ROWS = (
    Row(Task.START, ONE),
    *(Row(task, shape) for task in GROWING for shape in (ONE, *TABLES)),
    Row(Task.CHECK, HISTORY),
    Row(Task.COLD, HISTORY),
    Row(Task.STATUS, HISTORY),
    Row(Task.APPLY, TABLES[-1]),
    Row(Task.APPLY, HISTORY),
)
