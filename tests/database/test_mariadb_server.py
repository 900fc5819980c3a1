"""The server of MariaDB that tests run on: it goes with its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pymysql
import pytest

from mariadb import rows
from postgresql_runs import wait_until

pytestmark = pytest.mark.database("mariadb")

KILLED = """
import os, signal, sys
from mm_pytest.run import Run
from mm_pytest.servers.mariadb import Binaries, running
run = Run.begun()
binaries = Binaries.found(os.environ.get("MAKEMIGRATIONS_TEST_MARIADB"))
print(run.kept(running, binaries, run.folder), run.folder, flush=True)
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
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    url, folder = killed.stdout.split()
    wait_until(lambda: not Path(folder).exists())
    assert not answers(url)
