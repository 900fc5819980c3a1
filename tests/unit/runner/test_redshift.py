"""Redshift's backend, as far as it can be known without a server."""

from __future__ import annotations

import pytest

from mm_engine.errors import ConfigError
from mm_engine.runner import history, owned
from mm_engine.runner.backend import Trouble
from mm_engine.runner.redshift import Redshift


class ProgrammingError(Exception):
    """An error with what redshift_connector's have."""


def failure(state: str, said: str) -> ProgrammingError:
    return ProgrammingError({"S": "ERROR", "C": state, "M": said, "F": "x.cpp"})


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (failure("57014", "Query cancelled on user's request"), Trouble.STOPPED),
        (failure("42501", "permission denied"), Trouble.RIGHTS),
        (failure("42P07", 'Relation "a" already exists'), Trouble.EXISTS),
        (failure("22001", "Value too long for character type"), Trouble.ROWS),
        (failure("XX000", "1023, Serializable isolation violation"), Trouble.IN_USE),
        (failure("42601", "syntax error"), Trouble.OTHER),
        (ProgrammingError("communication error", OSError()), Trouble.UNREACHABLE),
        (None, Trouble.OTHER),
    ],
)
def test_a_failure_is_read_from_its_fields(
    error: Exception | None, trouble: Trouble
) -> None:
    assert Redshift().trouble(error) is trouble


def test_people_read_the_message_and_not_the_fields() -> None:
    assert Redshift().said(failure("42601", "syntax error")) == "syntax error"
    assert Redshift().said(ProgrammingError("no")) == "no"


def test_our_own_tables_are_numbered_by_us_and_dated_by_the_server() -> None:
    made = owned.table_sql(Redshift(), history.TABLE, history.COLUMNS, quote=str)
    assert "id BIGINT NOT NULL PRIMARY KEY" in made
    assert "applied_at TIMESTAMP DEFAULT GETDATE()" in made


def test_a_server_that_is_another_kin_is_refused() -> None:
    with pytest.raises(ConfigError, match="server says that it is auroradsql"):
        Redshift().check_type("auroradsql")
