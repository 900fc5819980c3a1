"""A PostgreSQL server of our own, started from binaries and gone after the tests.

Made for tests: no durability, data in memory where the machine has room for it, no
network beyond loopback, stopped by its process id, nothing left behind, be the
process that wanted it killed.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mm_pytest.run import Run
from mm_pytest.servers.programs import free_port, home

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
    with home("PostgreSQL", "pg-", base) as place:
        data, port = place.folder / "data", free_port()
        place.run(_initdb(binaries, data))
        if is_standby:
            (data / "standby.signal").touch()
        words = _words(binaries, data, place.folder, port)
        with place.served(words, port=port, ready=_READY, stop=signal.SIGINT):
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"


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


def _words(binaries: Path, data: Path, folder: Path, port: int) -> list[str]:
    settings = {
        **SETTINGS,
        "port": str(port),
        "unix_socket_directories": str(folder),
    }
    words = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        words += ["-c", f"{name}={value}"]
    return words
