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
    APPLY_SQLITE = "apply to SQLite"
    APPLY_POSTGRESQL = "apply to PostgreSQL"


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


@attrs.frozen
class Ladder:
    """A task at three sizes: one to start from, and two of which one is ten times.

    Over the last step it is seen how the task grows.
    """

    task: Task
    shapes: tuple[Shape, Shape, Shape]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its lines of the report."""
        return tuple(Row(self.task, shape) for shape in self.shapes)

    def __str__(self) -> str:
        """Its name in the report."""
        what = "migrations" if self.shapes[-1].history else "tables"
        return f"{self.task.value}, by {what}"


ONE, TEN, MANY = Shape(1), Shape(10), Shape(1000)
BY_TABLES = (ONE, Shape(100), MANY)
HISTORY = Shape(50, 1000)
BY_HISTORY = (HISTORY.without_history(), Shape(50, 100), HISTORY)

APPLYING = (Task.APPLY_SQLITE, Task.APPLY_POSTGRESQL)
COMPARED = (MANY, HISTORY)
"""What is applied by peers too; the sizes below show how we grow."""

LADDERS = (
    Ladder(Task.CHECK, BY_TABLES),
    Ladder(Task.FIRST, BY_TABLES),
    *(Ladder(task, shapes) for task in APPLYING for shapes in (BY_TABLES, BY_HISTORY)),
)

ROWS = (
    Row(Task.START, ONE),
    *(
        Row(task, shape)
        for task in (Task.CHECK, Task.FIRST)
        for shape in (ONE, TEN, *BY_TABLES[1:])
    ),
    Row(Task.CHECK, HISTORY),
    Row(Task.COLD, HISTORY),
    Row(Task.STATUS, HISTORY),
    *(Row(task, shape) for task in APPLYING for shape in (*BY_TABLES, *BY_HISTORY)),
)
