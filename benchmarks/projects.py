"""Projects as files: where they lie, how they are written and set back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 1 << 30


def in_memory() -> Path | None:
    """A folder for scratch files that are never on a disk, where there is one."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        return None
    return MEMORY


def written(folder: Path, files: Mapping[str, str]) -> None:
    """Write files by their paths below the folder, which is made where missing."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def removal(paths: Iterable[Path]) -> Callable[[], None]:
    """What removes these files and folders, if they are there."""
    gone = tuple(paths)

    def remove() -> None:
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    return remove


def caches_removal(folder: Path) -> Callable[[], None]:
    """What removes every folder of bytecode below this one."""

    def remove() -> None:
        for path in tuple(folder.rglob("__pycache__")):
            shutil.rmtree(path)

    return remove


def emptying(folder: Path, *, keep: tuple[str, ...] = ()) -> Callable[[], None]:
    """What removes everything in a folder but some files of these names."""

    def empty() -> None:
        removal(path for path in folder.iterdir() if path.name not in keep)()

    return empty
