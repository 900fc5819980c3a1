"""Another SQLite is built from the source that was meant, or not at all."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from sqlite_library import LibraryError, source, told

CODE = b"/* all of SQLite */"
SUM = hashlib.sha256(CODE).hexdigest()


def packed(name: str, code: bytes) -> bytes:
    """An archive that holds one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(code)
        tar.addfile(member, io.BytesIO(code))
    return file.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        packed("package/deps/sqlite3/sqlite3.c", CODE),
        packed("package/deps/sqlite3.tar.gz", packed("sqlite3.c", CODE)),
    ],
    ids=["as a file", "in an archive of its own"],
)
def test_the_source_is_found_in_a_package(tmp_path: Path, archive: bytes) -> None:
    (tmp_path / "package.tgz").write_bytes(archive)
    assert source(tmp_path / "package.tgz", SUM) == CODE


def test_another_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.tgz").write_bytes(packed("sqlite3.c", CODE + b" "))
    with pytest.raises(LibraryError, match=f"holds no sqlite3.c with SHA-256 {SUM}"):
        source(tmp_path / "package.tgz", SUM)


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="there is no no-such-cc here"):
        told(["no-such-cc"], tmp_path)


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="sh failed: not today"):
        told(["sh", "-c", "echo not today >&2; exit 3"], tmp_path)
