"""How many questions it takes to find what was done to a database by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import attrs

from benchmarks.jobs import output
from benchmarks.ours import UP, URL, Ours
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import MANY, TEN, Shape

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.dialects.base import Dialect
    from mm_engine.model.schema import Schema

SHAPES = (TEN, MANY)
TIMES = 2


@attrs.frozen
class Questions:
    """What comparing one database with its migrations asks of it.

    ``reading`` is what reading it asks; ``all`` is that, and what building the same
    schema in a scratch place takes. Milliseconds are the least of some times.
    """

    database: str
    shape: Shape
    reading: int
    all: int
    milliseconds: float


def questions(ours: Ours, server: PostgreSQL | None) -> tuple[Questions, ...]:
    """Those of every size, on SQLite and on PostgreSQL."""
    found: list[Questions] = []
    for shape in SHAPES:
        found.append(_questions(ours, shape, "SQLite", URL))
        if server is not None:
            # What was measured last has left it there, migrated.
            database = server.database(f"ours_{shape.slug}")
            if not database.is_there():
                database.emptied()
            found.append(_questions(ours, shape, "PostgreSQL", database.url))
    return tuple(sorted(found, key=lambda each: each.database))


def failures(found: Sequence[Questions]) -> Iterator[str]:
    """Reading and comparing must ask as much of many tables as of few."""
    counts: dict[str, set[int]] = {}
    for asked in found:
        counts.setdefault(f"reading {asked.database}", set()).add(asked.reading)
        counts.setdefault(f"db-diff on {asked.database}", set()).add(asked.all)
    for what, numbers in counts.items():
        if len(numbers) > 1:
            yield f"{what} asks {min(numbers)} to {max(numbers)} questions"


def _questions(ours: Ours, shape: Shape, name: str, url: str) -> Questions:
    from mm_engine.dialects import dialect
    from mm_engine.introspect.reader import reflect
    from mm_engine.project import Project
    from mm_engine.runner.connect import connected
    from mm_engine.runner.url import Url

    folder = ours.settled(shape)
    output((*UP, "--url", url), folder)
    schema = Project.find(folder).graph().schema()
    spoken = dialect(name.lower())
    with connected(Url.of(url), root=folder) as connection:
        with _counted(connection) as reading:
            reflect(connection, spoken)
        times: list[float] = []
        with _counted(connection) as asked:
            is_empty = _compared(connection, schema, spoken, times)
        for _ in range(TIMES - 1):
            is_empty = _compared(connection, schema, spoken, times) and is_empty
        if not is_empty:
            raise ValueError(f"{name}: a database that we made is not as we made it")
    return Questions(name, shape, len(reading), len(asked), min(times))


def _compared(
    connection: sa.Connection, schema: Schema, spoken: Dialect, times: list[float]
) -> bool:
    """Whether a database is as it must be; adds what finding out took."""
    from mm_engine.introspect.drift import drift

    begin = perf_counter()
    found = drift(connection, schema, spoken)
    times.append((perf_counter() - begin) * 1000)
    return found.is_empty


@contextmanager
def _counted(connection: sa.Connection) -> Iterator[list[str]]:
    """Every statement that is sent within the block."""
    from sqlalchemy import event

    sent: list[str] = []

    def listen(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(connection, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", listen)
