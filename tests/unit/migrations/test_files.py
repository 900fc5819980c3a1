from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mm_engine as mm
from mm_engine.errors import MigrationFileError
from mm_engine.migrations.files import replace_migration, write_migration
from mm_engine.migrations.loader import load_migrations
from written_migrations import step

BIG = step("0002_big", does=tuple(mm.DropTable(f"table_{n}") for n in range(2000)))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_migration(tmp_path, step("0001_a", does=(mm.DropTable("old"),)))
    return tmp_path


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_written_migration_loads(tmp_path: Path) -> None:
    path = write_migration(tmp_path / "new" / "folder", BIG)
    assert path.name == "0002_big.py"
    assert load_migrations(path.parent) == (BIG,)
    assert b"\r" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_existing_file_is_never_overwritten(folder: Path) -> None:
    before = content(folder)
    with pytest.raises(MigrationFileError, match=r"already is a file 0001_a\.py"):
        write_migration(folder, step("0001_a"))
    assert content(folder) == before


@pytest.mark.parametrize("name", ["../0001_a", "0001", "0001_a/b", "1_a", "0001_ä", ""])
def test_a_name_that_is_no_file_of_a_migration_is_refused(
    name: str, folder: Path
) -> None:
    with pytest.raises(MigrationFileError, match="a migration cannot be called"):
        write_migration(folder, step(name))


def test_a_full_disk_leaves_everything_as_it_was(folder: Path) -> None:
    before = content(folder)
    with full_disk(10_000), pytest.raises(MigrationFileError, match="File too large"):
        write_migration(folder, BIG)
    assert content(folder) == before


def test_a_full_disk_leaves_the_migration_that_was_to_be_replaced(folder: Path) -> None:
    before = content(folder)
    for name in ("0001_a", "0001_b"):
        big = mm.Migration(name=name, dependencies=[], operations=BIG.operations)
        with full_disk(10_000), pytest.raises(MigrationFileError, match="too large"):
            replace_migration(folder, "0001_a", big)
        assert content(folder) == before


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def test_a_folder_that_cannot_be_written_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(folder)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(MigrationFileError, match="Read-only file system"):
        write_migration(folder, BIG)
    monkeypatch.undo()
    assert content(folder) == before


def test_a_file_system_without_links_will_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse)
    write_migration(folder, BIG)
    assert sorted(content(folder)) == ["0001_a.py", "0002_big.py"]
    with pytest.raises(MigrationFileError, match="already is a file"):
        write_migration(folder, BIG)


def test_a_folder_that_is_a_file_is_told(folder: Path) -> None:
    with pytest.raises(MigrationFileError, match=r"0002_big\.py"):
        write_migration(folder / "0001_a.py", BIG)


def test_a_migration_is_replaced_under_its_name(folder: Path) -> None:
    path = replace_migration(folder, "0001_a", step("0001_a"))
    assert load_migrations(folder) == (step("0001_a"),)
    assert sorted(content(folder)) == [path.name]


def test_a_migration_is_replaced_under_another_name(folder: Path) -> None:
    replace_migration(folder, "0001_a", step("0001_b"))
    assert sorted(content(folder)) == ["0001_b.py"]


def test_a_migration_is_not_replaced_by_one_whose_name_is_taken(folder: Path) -> None:
    write_migration(folder, step("0001_b"))
    before = content(folder)
    with pytest.raises(MigrationFileError, match=r"already is a file 0001_b\.py"):
        replace_migration(folder, "0001_a", step("0001_b"))
    assert content(folder) == before
