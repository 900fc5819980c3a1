"""The server of MariaDB that tests run on: it goes with its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pymysql
import pytest

from mariadb import program, rows
from postgresql_runs import wait_until

pytestmark = pytest.mark.database("mariadb")

KILLED = """
import os, signal, sys
from mariadb import running
from mm_pytest.run import Run
run = Run.begun()
print(run.kept(running, sys.argv[1], sys.argv[2], run.folder), run.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        return rows(url, "SELECT 1") == [(1,)]
    except pymysql.err.OperationalError:
        return False


def test_it_ends_with_a_run_that_is_killed(mariadb_server: str) -> None:
    del mariadb_server  # it says that there is one here
    words = [
        sys.executable,
        "-c",
        KILLED,
        *map(program, ("mariadbd", "mariadb-install-db")),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    killed = subprocess.run(
        [word or "" for word in words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    url, folder = killed.stdout.split()
    wait_until(lambda: not Path(folder).exists())
    assert not answers(url)
