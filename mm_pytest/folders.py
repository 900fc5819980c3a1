"""Folders for what nobody will miss, each held by the processes that need it.

A hold is a lock on a file, so that it ends with its process however that ends. What
hangs on a folder (a server's process, the next run that sweeps) waits for the last
hold to go.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PREFIX = "mm-run-"
"""What the names of the folders begin with."""

PATIENCE = 40.0
"""Seconds to wait for what hangs on a folder to have ended: longer than any of it
waits for its server."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, for data nobody will miss
_ROOM = 512 * 1024 * 1024
_HELD = "held"
_HANGING = "hanging"


class Hold:
    """A claim on a folder, until it is let go or its process has ended."""

    def __init__(self, file: BinaryIO) -> None:
        """Share a file's lock with others who hold it."""
        _lock(file)
        self._file = file

    def let_go(self) -> None:
        """Hold it no longer; a process that was forked meanwhile does not either."""
        _unlock(self._file)
        self._file.close()


def made() -> tuple[Path, Hold]:
    """A folder of our own, and our hold on it; those that nobody holds are removed.

    It lies in memory where the machine has room for it.
    """
    base = base_folder()
    _sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    if os.name == "posix" and os.geteuid() == 0:
        folder.chmod(0o711)  # servers run as somebody else, who has to get through
    (folder / _HANGING).touch()
    # Nobody sees the file before it is locked, and takes the folder for abandoned.
    aside = folder / f".{_HELD}"
    hold = Hold(aside.open("w+b"))
    aside.rename(folder / _HELD)
    return folder, hold


def joined(folder: Path) -> Hold:
    """One more hold on a folder; raises ``OSError`` if it is no more."""
    return Hold((folder / _HELD).open("r+b"))


def hanging(folder: Path) -> Hold:
    """The sign that something hangs on a folder, and that it may not be removed yet."""
    return Hold((folder / _HANGING).open("r+b"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time does what is done with a lock."""
    with path.open("w+b") as file:
        _lock(file, alone=True)
        yield


def wait_until_free(folder: Path) -> None:
    """Wait as long as anybody holds a folder."""
    with suppress(FileNotFoundError), (folder / _HELD).open("r+b") as file:
        _lock(file, alone=True)


def removed(folder: Path) -> None:
    """Remove a folder that nobody holds, when what hangs on it has ended."""
    deadline = time.monotonic() + PATIENCE
    with suppress(FileNotFoundError), (folder / _HANGING).open("r+b") as file:
        while not _is_free(file) and time.monotonic() < deadline:
            time.sleep(0.002)
    shutil.rmtree(folder, ignore_errors=True)


def base_folder() -> Path:
    """One in memory if it has room and may be written to, else the usual one."""
    fits = os.access(_MEMORY, os.W_OK | os.X_OK)
    roomy = fits and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if roomy else Path(tempfile.gettempdir())


def _sweep(base: Path) -> None:
    """Remove folders of ours that nobody holds any more."""
    if os.name != "posix":
        return  # nobody can tell
    for folder in sorted(base.glob(f"{PREFIX}*")):
        try:
            if folder.lstat().st_uid != os.geteuid():
                continue
            with (folder / _HELD).open("r+b") as file:
                if _is_free(file):
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # another one sweeps it, or it is only being made


def _lock(file: BinaryIO, *, alone: bool = False) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)


def _unlock(file: BinaryIO) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)


def _is_free(file: BinaryIO) -> bool:
    """Whether nobody holds a file's lock; it is ours then."""
    if os.name != "posix":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
