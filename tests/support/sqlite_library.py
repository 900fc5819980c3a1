"""Another SQLite for the tests: built from its source, found by the loader.

Python's own module takes ``libsqlite3.so.0`` from wherever the loader finds it first,
so a folder with ours in ``LD_LIBRARY_PATH`` gives every process another SQLite. A
script: it takes a version of ``tests/databases.toml`` and the folder to build into.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

VERSIONS = Path(__file__).parents[1] / "databases.toml"
LIBRARY = "libsqlite3.so.0"

# What Debian's library is built with, as far as SQL or Python's module shows it
# (sqlite.org/compile.html). The first three are in every SQLite from 3.36 and 3.38 on;
# without the last of them an old one waits for a lock in whole seconds.
OPTIONS = (
    "SQLITE_ENABLE_DESERIALIZE",
    "SQLITE_ENABLE_JSON1",
    "HAVE_USLEEP=1",
    "SQLITE_ENABLE_COLUMN_METADATA",
    "SQLITE_ENABLE_DBSTAT_VTAB",
    "SQLITE_ENABLE_FTS3",
    "SQLITE_ENABLE_FTS3_PARENTHESIS",
    "SQLITE_ENABLE_FTS3_TOKENIZER",
    "SQLITE_ENABLE_FTS4",
    "SQLITE_ENABLE_FTS5",
    "SQLITE_ENABLE_LOAD_EXTENSION",
    "SQLITE_ENABLE_MATH_FUNCTIONS",
    "SQLITE_ENABLE_PREUPDATE_HOOK",
    "SQLITE_ENABLE_RTREE",
    "SQLITE_ENABLE_SESSION",
    "SQLITE_ENABLE_STMTVTAB",
    "SQLITE_ENABLE_UNLOCK_NOTIFY",
    "SQLITE_ENABLE_UPDATE_DELETE_LIMIT",
    "SQLITE_LIKE_DOESNT_MATCH_BLOBS",
    "SQLITE_MAX_VARIABLE_NUMBER=250000",
    "SQLITE_SECURE_DELETE",
    "SQLITE_SOUNDEX",
    "SQLITE_THREADSAFE=1",
    "SQLITE_USE_URI=1",
)
KIND = ("-O1", "-w", "-fPIC", "-shared", f"-Wl,-soname,{LIBRARY}")


class LibraryError(Exception):
    """The library could not be built; the message says why."""


def build(version: str, folder: Path) -> None:
    """Put the library of a version into a folder, unless it is there as we want it.

    It is made aside, so that nobody loads one that is half written.
    """
    pin = tomllib.loads(VERSIONS.read_text("utf-8"))["sqlite"][version]
    recipe, wanted = folder / "recipe", "\n".join([pin["sha256"], *KIND, *OPTIONS])
    if recipe.exists() and recipe.read_text("utf-8") == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as aside:
        code = source(packed(pin["package"], Path(aside)), pin["sha256"])
        (Path(aside) / "sqlite3.c").write_bytes(code)
        compiled(Path(aside)).replace(folder / LIBRARY)
    recipe.write_text(wanted, "utf-8")


def packed(package: str, folder: Path) -> Path:
    """The archive of a package, as npm gives it; nothing of it is run."""
    said = told(["npm", "pack", "--silent", "--ignore-scripts", package], folder)
    return folder / said.split()[-1]


def source(archive: Path, sha256: str) -> bytes:
    """The amalgamation of an archive, or of one inside of it, if that is meant."""
    with tarfile.open(archive) as tar:
        for member in tar:
            name, file = Path(member.name).name, tar.extractfile(member)
            if file is not None and name in {"sqlite3.c", "sqlite3.tar.gz"}:
                code = _unpacked(file.read()) if name != "sqlite3.c" else file.read()
                if hashlib.sha256(code).hexdigest() == sha256:
                    return code
    raise LibraryError(f"{archive.name} holds no sqlite3.c with SHA-256 {sha256}")


def _unpacked(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None and Path(member.name).name == "sqlite3.c":
                return file.read()
    return b""


def compiled(folder: Path) -> Path:
    """The shared library of the source in a folder."""
    defined = [f"-D{option}" for option in OPTIONS]
    libraries = ["-ldl", "-lpthread", "-lm"]
    told(["cc", *KIND, *defined, "-o", LIBRARY, "sqlite3.c", *libraries], folder)
    return folder / LIBRARY


def told(words: list[str], folder: Path) -> str:
    """What a program prints, or an error with what it complains about."""
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise LibraryError(f"there is no {words[0]} here") from None
    if done.returncode != 0:
        raise LibraryError(f"{words[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


if __name__ == "__main__":
    try:
        build(sys.argv[1], Path(sys.argv[2]))
    except LibraryError as error:
        sys.exit(f"there is no SQLite {sys.argv[1]} to test on: {error}")
