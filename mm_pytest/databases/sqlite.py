"""Databases of SQLite: files in memory where the machine has room for them."""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path

from mm_pytest.databases.place import Place

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, for data nobody will miss
_ROOM = 64 * 1024 * 1024


class SQLite(Place):
    """A folder of files, gone at the end."""

    kind = "sqlite"

    def __init__(self) -> None:
        """Make the folder."""
        import sqlite3

        self.title = f"sqlite {sqlite3.sqlite_version}"
        roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
        base = _MEMORY if roomy else None
        self._folder = Path(tempfile.mkdtemp(prefix="mm-sqlite-", dir=base))
        self._numbers = count(1)

    def empty(self) -> str:
        """A URL of a file that is made by the first who connects."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    def sealed(self, url: str) -> str:
        """The same file, with everything in it and nothing beside it."""
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(_path(url))) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        return url

    def copy(self, sealed: str) -> str:
        """A copy of the file."""
        url = self.empty()
        shutil.copyfile(_path(sealed), _path(url))
        return url

    def drop(self, url: str) -> None:
        """Remove the file, and what SQLite keeps beside it."""
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{_path(url)}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
