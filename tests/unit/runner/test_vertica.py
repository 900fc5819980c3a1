"""Vertica's backend, as far as it can be known without a server."""

from __future__ import annotations

import pytest

from mm_engine.runner import history, journal, owned
from mm_engine.runner.backend import Trouble
from mm_engine.runner.vertica import Vertica
from mm_engine.runner.wires import VERTICA


class DriverError(Exception):
    """An error with what vertica-python's have."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("no")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ("55V03", Trouble.IN_USE),
        ("42501", Trouble.RIGHTS),
        ("42710", Trouble.EXISTS),
        ("23505", Trouble.ROWS),
        ("08006", Trouble.LOST),
        ("42601", Trouble.OTHER),
        (None, Trouble.OTHER),
    ],
)
def test_a_failure_is_read_from_its_state(state: str | None, trouble: Trouble) -> None:
    assert Vertica().trouble(DriverError(state)) is trouble


def test_keys_of_our_own_tables_are_looked_at_and_numbered_by_us() -> None:
    made = [
        owned.table_sql(Vertica(), table.TABLE, table.COLUMNS, quote=str)
        for table in (history, journal)
    ]
    assert [sql.count("PRIMARY KEY ENABLED") for sql in made] == [1, 1]
    assert "name VARCHAR(255) NOT NULL UNIQUE ENABLED" in made[0]
    assert not any("IDENTITY" in sql for sql in made)


def test_the_driver_is_told_to_begin_nothing_since_sqlalchemy_cannot_tell_it() -> None:
    assert not VERTICA.commits_itself
    assert VERTICA.options["autocommit"] == "on"
