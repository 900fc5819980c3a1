"""The schema every tool gets: a tree of tables, each with the same columns.

Each table has ``id``, seven columns, one index and a nullable foreign key to the table
halfway before it: all tables are connected, which is where some tools slow down.
A history adds one nullable integer at a time, to one table after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from benchmarks.tasks import Shape


@attrs.frozen
class Extra:
    """One column that a later migration adds."""

    number: int
    table: str

    @property
    def name(self) -> str:
        """The column's name."""
        return f"extra_{self.number:04}"


@attrs.frozen
class TreeTable:
    """One table, the one it refers to, and what was added to it."""

    name: str
    parent: str | None
    extras: tuple[Extra, ...]


def tree(shape: Shape) -> Iterator[TreeTable]:
    """Every table of the shape, parents first."""
    added = tuple(extras(shape))
    for number in range(shape.tables):
        parent = table_name((number - 1) // 2) if number else None
        yield TreeTable(
            table_name(number), parent, added[number :: shape.tables] if added else ()
        )


def extras(shape: Shape) -> Iterator[Extra]:
    """The column of each migration after the first, in their order."""
    for number in range(shape.history):
        yield Extra(number, table_name(number % shape.tables))


def table_name(number: int) -> str:
    """The name of the table with that number."""
    return f"t{number:04}"
