"""What reads a database is found by its dialect."""

from __future__ import annotations

import pytest

from mm_engine.dialects import dialect
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import UnsupportedError
from mm_engine.introspect.reader import Reader, reader


@pytest.mark.parametrize("name", ["mariadb", "mysql", "postgresql", "sqlite"])
def test_a_database_that_is_told_can_be_read(name: str) -> None:
    assert isinstance(reader(dialect(name)), Reader)


def test_a_database_that_nobody_reads_is_named() -> None:
    class Strange(SQLite):
        name = "strange"
        title = "Strange"

    with pytest.raises(UnsupportedError, match="Strange cannot be read yet"):
        reader(Strange())
