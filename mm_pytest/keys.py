"""What tells one migrated database from another: all that it comes of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_engine.config.value import Config
    from mm_pytest.wishes import Stand

FORMAT = "1"
"""Counts up with the ways of keeping a database."""

LENGTH = 24
"""How many digits of the digest a key has: names of databases are short."""

_CODE = b"RunPython"


def key_of(config: Config, stand: Stand, title: str) -> str:
    """The key of a database that stands there, on a server of that title.

    It is made of the migrations' files, settings and versions. Where migrations or a
    seed run code, that code may be anything of the project's, so that all of it counts
    then, but not its tests, other than the one that the seed is written in.
    """
    parts = [FORMAT, version("makemigrations"), version("sqlalchemy"), title]
    parts += [str(stand.named), stand.to or ""]
    digest = hashlib.sha256("\0".join(parts).encode())
    files = list(_files(config.migrations_folder))
    if config.file is not None:
        files.append(config.file)
    texts = [(path, path.read_bytes()) for path in files]
    code = list(_code(config.root)) if _has_code(stand, texts) else []
    if stand.seed is not None:
        code.append(Path(stand.seed.file))
        digest.update(stand.seed.name.encode())
    texts += [(path, path.read_bytes()) for path in code]
    for path, text in texts:
        name = os.path.relpath(path, config.root).encode()
        digest.update(b"%d %d " % (len(name), len(text)) + name + text)
    return digest.hexdigest()[:LENGTH]


def _has_code(stand: Stand, texts: Sequence[tuple[Path, bytes]]) -> bool:
    return stand.seed is not None or any(_CODE in text for _, text in texts)


def _files(folder: Path) -> Iterator[Path]:
    """The files beneath a folder: not what Python keeps there, nor links to nothing."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        found = (Path(place) / name for name in sorted(names))
        yield from (path for path in found if path.is_file())


def _code(root: Path) -> Iterator[Path]:
    """The project's own modules: no tests, no environments, nothing that is hidden."""
    for place, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__pycache__", "node_modules"))
            and not (Path(place) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(place) / name
            if name.endswith(".py") and not _is_test(name) and path.is_file():
                yield path


def _is_test(name: str) -> bool:
    """By the names that pytest goes by."""
    return name.startswith(("test_", "conftest.")) or name.endswith("_test.py")
