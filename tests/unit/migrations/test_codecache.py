from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import mm_engine as mm
from mm_engine.migrations.codecache import WORTH_WRITING
from mm_engine.migrations.loader import load_migrations
from mm_engine.operations import Operation


def write(folder: Path, table: str, *, size: int = WORTH_WRITING) -> Path:
    path = folder / "0001_a.py"
    path.write_text(
        "import mm_engine as mm\n"
        f"migration = mm.Migration(name='0001_a', dependencies=[],"
        f" operations=[mm.DropTable('{table}')])\n" + "#" * size,
        encoding="utf-8",
    )
    return path


def caches(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


@pytest.fixture(autouse=True)
def writing_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def dropped(folder: Path) -> Operation:
    [loaded] = load_migrations(folder)
    return loaded.operations[0]


def test_code_is_kept_where_compiling_takes_long(tmp_path: Path) -> None:
    write(tmp_path, "posts")
    load_migrations(tmp_path)
    [cache] = caches(tmp_path)
    assert cache.suffix == ".codes"
    kept = cache.read_bytes()
    assert dropped(tmp_path) == mm.DropTable("posts")
    assert cache.read_bytes() == kept


def test_a_small_project_keeps_nothing(tmp_path: Path) -> None:
    write(tmp_path, "posts", size=0)
    load_migrations(tmp_path)
    assert caches(tmp_path) == []


def test_nothing_is_kept_where_python_writes_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    write(tmp_path, "posts")
    load_migrations(tmp_path)
    assert caches(tmp_path) == []


def test_a_changed_file_of_the_same_size_and_time_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "posts")
    stat = path.stat()
    load_migrations(tmp_path)
    write(tmp_path, "users")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert dropped(tmp_path) == mm.DropTable("users")


def test_a_file_that_was_moved_is_told_at_its_new_place(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    write(tmp_path / "old", "posts")
    load_migrations(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    assert dropped(tmp_path / "new") == mm.DropTable("posts")
    [loaded] = load_migrations(tmp_path / "new")
    assert loaded.path == tmp_path / "new" / "0001_a.py"


@pytest.mark.parametrize("damage", [b"", b"makemigrations 1\n", b"\0" * 100])
def test_a_damaged_cache_is_no_harm(damage: bytes, tmp_path: Path) -> None:
    write(tmp_path, "posts")
    load_migrations(tmp_path)
    [cache] = caches(tmp_path)
    whole = cache.read_bytes()
    cache.write_bytes(damage or whole[:-1] + bytes([whole[-1] ^ 1]))
    assert dropped(tmp_path) == mm.DropTable("posts")
    assert cache.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    write(tmp_path, "posts")
    (tmp_path / "__pycache__").write_text("no folder")
    assert dropped(tmp_path) == mm.DropTable("posts")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0001_a.py",
        "__pycache__",
    ]
