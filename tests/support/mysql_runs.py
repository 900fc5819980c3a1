"""Scripts made by hand, and what they are run on, where DDL commits by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

import runs
from mm_engine.dialects.features import Transactions
from mm_engine.dialects.statements import Item
from mm_engine.runner.connect import connected
from mm_engine.runner.history import read_history
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session, session
from mm_engine.runner.url import Url

HERE = Path(__file__).parent
BEGIN = "START TRANSACTION"


def up(name: str, *items: Item | str) -> Script:
    """A script as a dialect of MySQL's kin would make it."""
    made = runs.up(name, *items)
    policy = Transactions.NONE
    return attrs.evolve(made, begin=BEGIN, is_atomic=False, policy=policy)


@contextmanager
def opened(url: str, *, lock_timeout: float = 5) -> Iterator[Session]:
    """A session on a database."""
    with (
        connected(Url.of(url), root=HERE, lock_timeout=lock_timeout) as connection,
        session(connection, lock_timeout=lock_timeout) as ready,
    ):
        yield ready


def names(url: str) -> tuple[str, ...]:
    """What the database says is applied."""
    return read_history(Url.of(url), root=HERE).names
