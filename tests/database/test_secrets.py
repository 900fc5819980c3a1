"""What is said of a server that cannot be reached: never a password.

A driver that is not installed is named instead, without the password too.
"""

from __future__ import annotations

import socket
import traceback
from pathlib import Path

import pytest

from mm_engine.errors import ConfigError
from mm_engine.runner.connect import connected
from mm_engine.runner.url import Url

SECRET = "hidden-word"
SCHEMES = (
    *("postgresql", "mysql", "mariadb", "tidb", "starrocks", "sqlserver"),
    *("redshift", "clickhouse", "vertica"),
)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_server_that_is_not_there_is_named_without_its_password(scheme: str) -> None:
    # Bound and never listened on, so that nobody else can answer there.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = Url.of(f"{scheme}://me:{SECRET}@127.0.0.1:{held.getsockname()[1]}/app")
        with (
            pytest.raises(ConfigError) as caught,
            connected(url, root=Path()),
        ):
            raise AssertionError(scheme)
    assert "127.0.0.1" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
