"""A MariaDB server for the tests: one a run, of the machine's own binaries.

Like the plugin's own servers it is kept by a process beside the run, for all workers
of pytest-xdist, and goes with the run even if that is killed.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from mm_pytest.servers.postgresql import unprivileged_user
from mm_pytest.servers.wanted import NoWayError
from mm_pytest.workers import run_of

BINARIES = "MAKEMIGRATIONS_TEST_MARIADB"
"""The folder of ``mariadbd``, where it is none that the machine looks in."""

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-method=nosync",
    "--sync-frm=0",
    "--skip-log-bin",
    "--lock-wait-timeout=20",
    "--max-connections=100",
)
"""What makes a server quick whose data nobody will miss."""

OTHERS = ("mariadb-", "mysql-")
"""What versions are called that are not the machine's own."""

PATIENCE = 30.0
SAID = 40
"""How many of the last lines of its log are shown where a test fails."""

NUMBERS = itertools.count(1)
_READY = "ready for connections"


@pytest.fixture(scope="session")
def mariadb_server(pytestconfig: pytest.Config) -> str:
    """The run's server, gone after the tests; skipped where there can be none."""
    if find_spec("pymysql") is None:
        pytest.skip("PyMySQL is not installed")
    server, maker = program("mariadbd"), program("mariadb-install-db")
    asked = str(pytestconfig.getoption("--database"))
    is_other = asked.startswith(OTHERS)
    if server is None or maker is None or (is_other and BINARIES not in os.environ):
        named = asked if is_other else "MariaDB"
        pytest.skip(f"there is no {named} here, nor in {BINARIES}")
    run = run_of(pytestconfig)
    return run.once(
        "tests-mariadb", str, lambda: run.kept(running, server, maker, run.folder)
    )


@pytest.fixture
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    """An empty database of the test's own."""
    with database(mariadb_server) as url:
        yield url


def program(name: str) -> str | None:
    """Where a program of MariaDB's lies; servers lie beside what users may run."""
    chosen = os.environ.get(BINARIES)
    places = (
        [chosen] if chosen else [os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"]
    )
    return shutil.which(name, path=os.pathsep.join(places))


def said(config: pytest.Config) -> str:
    """What the run's server has said since it was ready, to go with a failure."""
    logs = sorted(run_of(config).folder.glob("maria-*/log"))
    texts = [log.read_text("utf-8", "replace").partition(_READY)[2] for log in logs]
    lines = "".join(texts).splitlines()[2:]  # the first two are its name
    return "\n".join(lines[-SAID:])


@contextmanager
def running(server: str, maker: str, base: Path) -> Iterator[str]:
    """A running server's URL, for one who may do everything; it ends with the block.

    Its data lies in a folder beneath another one.
    """
    folder = Path(tempfile.mkdtemp(prefix="maria-", dir=base))
    user = unprivileged_user()
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        server, maker = _within_reach(folder, server, maker)
        _run(
            [
                *(maker, "--no-defaults", *_places(folder)),
                *("--auth-root-authentication-method=normal", "--skip-test-db"),
                *("--skip-name-resolve", "--innodb-log-file-size=8M"),
            ],
            folder,
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        process = _started(server, folder, port)
        try:
            _wait_until_ready(process, folder, port)
            yield f"mysql://root@127.0.0.1:{port}/"
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database, dropped at the end."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    rows(server, f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        rows(server, f"DROP DATABASE {name}")


def rows(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last of some statements, on a connection of its own."""
    import pymysql

    from mm_engine.runner.url import Url

    read = Url.of(url)
    with (
        closing(
            pymysql.connect(
                host=read.host,
                port=read.port or 0,
                user=read.username,
                password=read.password or "",
                database=read.database or None,
                autocommit=True,
                ssl_disabled=True,  # it would read all certificates of the machine
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def _within_reach(folder: Path, *programs: str) -> tuple[str, ...]:
    """The same programs where somebody else may run them, with what lies beside them.

    What was fetched may lie in a folder that only we can enter.
    """
    home = os.environ.get(BINARIES)
    if home is None or unprivileged_user() is None:
        return programs
    copied = shutil.copytree(home, folder / "programs", symlinks=True)
    return tuple(str(copied / Path(program).name) for program in programs)


def _places(folder: Path) -> tuple[str, ...]:
    """Where data lie, and temporary tables, which no two servers may have in common.

    One that starts removes those of others from their folder, who crash then.
    """
    return f"--datadir={folder / 'data'}", f"--tmpdir={folder}"


def _started(server: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    user = unprivileged_user()
    words = [server, "--no-defaults", *_places(folder), *SETTINGS]
    words += [f"--port={port}", f"--socket={folder / 's'}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )


def _run(words: list[str], folder: Path) -> None:
    user = unprivileged_user()
    done = subprocess.run(
        words,
        capture_output=True,
        cwd=folder,
        check=False,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode != 0:
        raise NoWayError((done.stdout + done.stderr).decode("utf-8", "replace"))


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        if _READY in (folder / "log").read_text("utf-8", "replace"):
            return
        time.sleep(0.01)
    log = (folder / "log").read_text("utf-8", "replace")
    raise NoWayError(f"MariaDB did not start on port {port}:\n{log}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
