"""A PostgreSQL server of our own, started from binaries and gone after the tests.

Made for tests: no durability, data in memory where the machine has room for it, no
network beyond loopback, stopped by its process id, nothing left behind, be the
process that wanted it killed.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mm_pytest.run import Run
from mm_pytest.servers.wanted import NoWayError

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "logging_collector": "off",
    # Files beside the data, and not of the machine, which would outlive the server.
    "dynamic_shared_memory_type": "mmap",
}
"""What makes a server quick whose data nobody will miss."""

USER = "postgres"
PATIENCE = 30.0
"""Seconds to wait for a server that was told to start or to stop."""

_READY = re.compile(r"database system is ready to accept (read-only )?connections")


@contextmanager
def postgresql_server(binaries: Path, *, is_standby: bool = False) -> Iterator[str]:
    """A running server's URL, without a driver's name; the server ends with the block.

    It ends with this process too, however that ends. See ``running`` for the rest.
    """
    with Run.alone() as run:
        yield run.kept(running, binaries, run.folder, is_standby=is_standby)


@contextmanager
def running(
    binaries: Path, base: Path | None, *, is_standby: bool = False
) -> Iterator[str]:
    """A server that ends with the block; its data lies in a folder beneath another one.

    A standby only reads, as a replica does; it follows no other server. ``binaries``
    is the folder that holds ``initdb`` and ``postgres``. Where we are root
    the server runs as a user that has no rights, since PostgreSQL refuses root.
    Raises ``NoWayError`` with the server's own words.
    """
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=base))
    try:
        data = folder / "data"
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _run(_initdb(binaries, data), folder, user)
        if is_standby:
            (data / "standby.signal").touch()
        port = _free_port()
        server = _started(binaries, data, folder, port, user)
        try:
            _wait_until_ready(server, folder, port)
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initdb(binaries: Path, data: Path) -> list[str]:
    return [
        str(binaries / "initdb"),
        f"--pgdata={data}",
        f"--username={USER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]


def _started(
    binaries: Path, data: Path, folder: Path, port: int, user: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    settings = {
        **SETTINGS,
        "port": str(port),
        "unix_socket_directories": str(folder),
    }
    words = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        words += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the binaries the caller chose
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


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        text = (folder / "log").read_text("utf-8", "replace")
        if _READY.search(text):
            return
        time.sleep(0.01)
    log = (folder / "log").read_text("utf-8", "replace")
    raise NoWayError(f"PostgreSQL did not start on port {port}:\n{log}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; the hard way if the server does not heed it."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _run(words: list[str], folder: Path, user: pwd.struct_passwd | None) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the binaries the caller chose
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            check=False,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        who = f" as {user.pw_name}, since PostgreSQL refuses root" if user else ""
        raise NoWayError(f"{words[0]} cannot be started{who}: {error.strerror}") from (
            error
        )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise NoWayError(f"{Path(words[0]).name} failed: {said}")


def unprivileged_user() -> pwd.struct_passwd | None:
    """Somebody who exists and may do nothing, where we are root; None elsewhere."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoWayError("PostgreSQL refuses root, and there is no other user to run it")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
