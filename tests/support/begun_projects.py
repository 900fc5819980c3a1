"""Projects as ``init`` begins them for a database, and the quick start in them."""

from __future__ import annotations

from pathlib import Path

from command_line import Line
from quickstart import quick_start_schema, with_second_field


def begun(database: str, folder: Path) -> Line:
    """A new project for a type of database, with the example that it comes with."""
    line = Line(folder)
    line.fine("init", "--database", database)
    return line


def quick_start(database: str, folder: Path) -> Line:
    """The quick start of the README, to its second migration; nothing is applied."""
    line = begun(database, folder)
    schema = quick_start_schema()
    line.schema(schema)
    line.fine("makemigrations")

    line.schema(with_second_field(schema))
    line.fine("makemigrations")
    return line
