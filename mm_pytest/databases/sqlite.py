"""Databases of SQLite: files in memory where the machine has room for them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mm_pytest.databases.place import KEPT, CopyingPlace, NotKeptError

if TYPE_CHECKING:
    from mm_pytest.databases.resets import Reset

_SCHEME = "sqlite:///"


class SQLite(CopyingPlace):
    """A folder of files in the folder of a run, gone at the end."""

    kind = "sqlite"

    def __init__(self, base: Path) -> None:
        """Make the folder."""
        import sqlite3

        self.version = sqlite3.sqlite_version
        self.title = f"sqlite {self.version}"
        self._base = base
        self._folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=base))
        self._numbers = count(1)

    def empty(self) -> str:
        """A URL of a file that is made by the first who connects."""
        return f"{_SCHEME}{self._folder / f'{next(self._numbers)}.db'}"

    def sealed(self, url: str) -> str:
        """The same file elsewhere, with everything in it and nothing beside it."""
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(_path(url))) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        folder = Path(tempfile.mkdtemp(prefix="template-", dir=self._base))
        return f"{_SCHEME}{_path(url).rename(folder / 'template.db')}"

    def copy(self, sealed: str) -> str:
        """A copy of the file."""
        url = self.empty()
        shutil.copyfile(_path(sealed), _path(url))
        return url

    def kept(self, key: str) -> str | None:
        """A file of the cache, if its bytes are those that were kept."""
        for path in sorted(_cache().glob(f"{key}-*.db")):
            if path.stem == f"{key}-{_digest(path)}":
                os.utime(path)
                return f"{_SCHEME}{path}"
            path.unlink(missing_ok=True)
        return None

    def keep(self, sealed: str, key: str) -> str:
        """The same file in the cache, named after its bytes."""
        try:
            folder = _cache()
            folder.mkdir(parents=True, exist_ok=True)
            aside = Path(
                shutil.copyfile(_path(sealed), folder / f".{self._folder.name}")
            )
            path = aside.rename(folder / f"{key}-{_digest(aside)}.db")
        except OSError as error:
            raise NotKeptError(str(error)) from error
        for old in sorted(folder.glob("*.db"), key=_moment)[:-KEPT]:
            old.unlink(missing_ok=True)
        return f"{_SCHEME}{path}"

    def forget(self) -> int:
        """Remove what is in the cache."""
        found = sorted(_cache().glob("*.db"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def reset(self, url: str, sealed: str) -> Reset:
        """What copies the template's pages into the file."""
        from mm_pytest.databases.sqlite_reset import SQLiteReset

        return SQLiteReset(_path(url), _path(sealed))

    def drop(self, url: str) -> None:
        """Remove the file, and what SQLite keeps beside it."""
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{_path(url)}{suffix}").unlink(missing_ok=True)

    def drop_sealed(self, url: str) -> None:
        """Remove a template of the run."""
        shutil.rmtree(_path(url).parent, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _cache() -> Path:
    from mm_pytest.servers.binaries import cache

    return cache() / "sqlite"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _moment(path: Path) -> float:
    """When it was kept or found; the earliest of all for one that is gone by now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _path(url: str) -> Path:
    return Path(url.removeprefix(_SCHEME))
