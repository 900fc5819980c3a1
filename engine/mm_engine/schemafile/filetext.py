"""Schema files as text: found, read and decoded, or a reason why not."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from mm_engine.errors import Position, nearest
from mm_engine.schemafile.report import Report

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What YAML 1.1 (5.1) calls printable; libyaml counts bytes where it refuses the rest.
_UNPRINTABLE = re.compile(
    "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def label(path: Path, root: Path) -> str:
    """What messages call a file: its path from the root, if it lies inside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def file_text(
    path: Path, file: str, report: Report, *, wanted_at: Position | None = None
) -> str | None:
    """The text of a file without its byte order mark; None where there is none.

    ``wanted_at`` is where the file was asked for: a file that is missing is a problem
    of that place.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        report.problem(f'there is no file "{file}"', wanted_at, similar_file(path))
    except IsADirectoryError:
        hint = f'name its files: "{file}/*.yaml"'
        report.problem(f'"{file}" is a folder, not a schema file', wanted_at, hint)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        report.problem(f'"{file}" cannot be read: {reason}', wanted_at)
    else:
        return _decoded(content, file, report)
    report.incomplete = True
    return None


def similar_file(path: Path) -> str | None:
    """A hint with the file in the same folder whose name is most like a missing one."""
    try:
        names = sorted(other.name for other in path.parent.iterdir())
    except OSError:
        return f'there is no folder "{path.parent.name}" either'
    return nearest(path.name, names)


def _decoded(content: bytes, file: str, report: Report) -> str | None:
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        report.incomplete = True
        before = content[: error.start].decode(encoding, "replace")
        report.problem(
            f"this is not {encoding.removesuffix('-sig').upper()}:"
            f" byte 0x{content[error.start]:02x} cannot stand here",
            _place(before, file),
            "save the file as UTF-8",
        )
        return None
    unprintable = _UNPRINTABLE.search(text)
    if unprintable is None:
        return text
    report.incomplete = True
    report.problem(
        f"a control character (U+{ord(unprintable[0]):04X}) stands in the file",
        _place(text[: unprintable.start()], file),
        'remove it, or write it as an escape in double quotes: "\\x07"',
    )
    return None


def _place(before: str, file: str) -> Position:
    """Where a text ends that is the beginning of a file."""
    lines = before.split("\n")
    return Position(file, len(lines), len(lines[-1]) + 1)
