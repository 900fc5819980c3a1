"""A MariaDB server of our own, started from binaries and gone after the tests.

Made for tests as that of PostgreSQL is: see there.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from mm_pytest.servers.programs import Home, free_port, home, said_version

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

_READY = re.compile("ready for connections")
_BESIDE = ("/usr/sbin", "/usr/bin")
"""Servers lie beside what users may run."""


@attrs.frozen
class Binaries:
    """The programs of a server; ``fetched`` is their folder where we put them there."""

    server: str
    maker: str
    fetched: Path | None = None

    @classmethod
    def found(cls, fetched: str | None = None) -> Binaries | None:
        """Those in a folder, else those of the machine; None where one is missing."""
        places = [fetched] if fetched else [os.environ.get("PATH", ""), *_BESIDE]
        path = os.pathsep.join(places)
        server = shutil.which("mariadbd", path=path)
        maker = shutil.which("mariadb-install-db", path=path)
        if server is None or maker is None:
            return None
        return cls(server, maker, Path(fetched) if fetched else None)

    def version(self) -> str:
        """What the server says of its version, as in ``10.11.19``."""
        return said_version(self.server)

    def within_reach(self, place: Home) -> Binaries:
        """The same where somebody else may run them, with what lies beside them.

        What was fetched may lie in a folder that only we can enter.
        """
        if self.fetched is None or place.user is None:
            return self
        copied = shutil.copytree(self.fetched, place.folder / "programs", symlinks=True)
        server, maker = (copied / Path(one).name for one in (self.server, self.maker))
        return Binaries(str(server), str(maker))


@contextmanager
def running(binaries: Binaries, base: Path | None) -> Iterator[str]:
    """A running server's URL, for one who may do everything; it ends with the block.

    Its data lies in a folder beneath another one. Where we are root the server runs as
    a user that has no rights. Raises ``NoWayError`` with the server's own words.
    """
    with home("MariaDB", "maria-", base) as place:
        programs = binaries.within_reach(place)
        # Temporary tables too: one that starts removes those of others from their
        # folder, who crash then.
        places = (f"--datadir={place.folder / 'data'}", f"--tmpdir={place.folder}")
        place.run(
            [
                *(programs.maker, "--no-defaults", *places),
                *("--auth-root-authentication-method=normal", "--skip-test-db"),
                *("--skip-name-resolve", "--innodb-log-file-size=8M"),
            ]
        )
        port = free_port()
        words = [programs.server, "--no-defaults", *places, *SETTINGS]
        words += [f"--port={port}", f"--socket={place.folder / 's'}"]
        with place.served(words, port=port, ready=_READY, stop=signal.SIGTERM):
            yield f"mysql://root@127.0.0.1:{port}/"
