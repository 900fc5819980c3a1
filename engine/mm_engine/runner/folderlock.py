"""A folder locked by one process, where no database has a lock to give.

SQLite's own lock is a transaction, and some statements run in none (VACUUM). The
kernel frees this one when its holder dies, and nothing is left behind in the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mm_engine.errors import LockError
from mm_engine.runner.waiting import tries


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[bool]:
    """Whether the folder is ours for the block; waits for another who has it.

    Windows locks no folders: there everybody has it.
    """
    handle = None if os.name == "nt" else os.open(folder, os.O_RDONLY)
    try:
        yield handle is None or any(_is_taken(handle, folder) for _ in tries(patience))
    finally:
        if handle is not None:
            os.close(handle)


def _is_taken(handle: int, folder: Path) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise LockError(f"{folder} cannot be locked: {error.strerror}") from error
    return True
