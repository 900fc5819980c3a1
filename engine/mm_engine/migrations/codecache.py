"""Compiled migration files, kept so that a long history is compiled once.

One file a folder and Python version, in ``__pycache__``, holds the code of all
migrations by the hash of path and text: an entry belongs to one text for ever, so it
can be missing but never stale. Compiling is most of the time that loading takes (of
1,000 files of one operation 40 of 75 ms, of one file of 1,000 tables 173 of 235 ms).
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType

WORTH_WRITING = 32 * 1024
"""Bytes of new text that make us write: compiling them takes longer than writing."""

# Counted up with every new check of a file: those in the cache are not checked again.
_HEADER = b"makemigrations 2\n" + MAGIC_NUMBER


class CodeCache:
    """The code of the files of one folder, for the time of one loading."""

    def __init__(self, folder: Path) -> None:
        self.path = _path(folder)
        self.known = _read(self.path)
        self.used: dict[bytes, CodeType] = {}
        self.fresh: dict[Path, bytes] = {}
        self.compiled = 0

    def code(self, path: Path, text: str) -> CodeType:
        """What the text compiles to, in a file of this path."""
        key = hashlib.sha256(f"{path}\0{text}".encode()).digest()
        code = self.known.get(key)
        if code is None:
            code = compile(text, str(path), "exec", dont_inherit=True)
            self.compiled += len(text)
            self.fresh[path] = key
        self.used[key] = code
        return code

    def forget(self, path: Path) -> None:
        """Keep nothing of a file that has to be looked at again next time."""
        self.used.pop(self.fresh[path], None)

    def keep(self) -> None:
        """Write what was used, if much of it is new and writing is allowed."""
        if self.compiled < WORTH_WRITING or sys.dont_write_bytecode:
            return
        payload = marshal.dumps(self.used)
        content = _HEADER + hashlib.sha256(payload).digest() + payload
        # A folder that cannot be written, or a full disk, only costs time next time.
        with contextlib.suppress(OSError):
            _replace(self.path, content)


def _path(folder: Path) -> Path:
    """Where the cache of a folder lies; ``PYTHONPYCACHEPREFIX`` is honoured."""
    beside = Path(cache_from_source(str(folder / "mm_migrations.py")))
    return beside.with_suffix(".codes")


def _read(path: Path) -> dict[bytes, CodeType]:
    """The entries of a cache that is whole and of this Python; else none."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    start = len(_HEADER) + hashlib.sha256().digest_size
    head, payload = content[:start], content[start:]
    if head != _HEADER + hashlib.sha256(payload).digest():
        return {}
    found: dict[bytes, CodeType] = marshal.loads(payload)  # noqa: S302 (as a .pyc)
    return found


def _replace(path: Path, content: bytes) -> None:
    import tempfile

    path.parent.mkdir(exist_ok=True)
    number, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
