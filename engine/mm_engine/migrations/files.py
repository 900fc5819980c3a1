"""Migration files written: whole, once, never over another."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mm_engine.errors import MigrationFileError, Position
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.naming import is_migration_name
from mm_engine.migrations.source import migration_source

_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_migration(
    folder: Path, migration: Migration, *, title: str | None = None
) -> Path:
    """Write a migration into a new file of its folder, which is made if need be.

    The file is written beside its place and linked into it, so that it is never there
    in part. Raises ``MigrationFileError`` if there is one of its name already, or if
    it cannot be written; then everything is as it was.
    """
    path = _place(folder, migration.name)
    content = migration_source(migration, title).encode()
    with _told(path):
        folder.mkdir(parents=True, exist_ok=True)
        with _beside(path, content) as written:
            _link(written, path, content)
    return path


def replace_migration(
    folder: Path, old: str, new: Migration, *, title: str | None = None
) -> Path:
    """Put a migration in the place of the one called *old*, whose file goes.

    Where the name stays, the change is atomic; where it does not, the new file is
    there before the old one goes.
    """
    path = _place(folder, new.name)
    content = migration_source(new, title).encode()
    with _told(path):
        with _beside(path, content) as written:
            if new.name == old:
                written.replace(path)
            else:
                _link(written, path, content)
        if new.name != old:
            _place(folder, old).unlink()
    return path


def _place(folder: Path, name: str) -> Path:
    if not is_migration_name(name):
        raise MigrationFileError(
            f"a migration cannot be called {name!r}",
            hint="four digits, an underscore, then letters, digits and underscores",
        )
    return folder / f"{name}.py"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what the system refused, in the words of the file it was about."""
    try:
        yield
    except FileExistsError as error:
        raise MigrationFileError(
            f"there already is a file {path.name}",
            at=Position(str(path), 1, 1),
            hint="give the migration another name, or delete the file",
        ) from error
    except OSError as error:
        raise MigrationFileError(
            f"cannot write {path.name}: {error.strerror or error}",
            at=Position(str(path), 1, 1),
            hint="nothing was changed; see to room on the disk and to the rights",
        ) from error


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A file of this content beside the path, gone afterwards."""
    written = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(written, content)
        yield written
    finally:
        written.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, _FRESH, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _link(written: Path, path: Path, content: bytes) -> None:
    """Give the file its name, unless that is taken."""
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links: the name is then taken before the content.
        try:
            _write(path, content)
        except FileExistsError:
            raise
        except OSError:
            path.unlink(missing_ok=True)
            raise
