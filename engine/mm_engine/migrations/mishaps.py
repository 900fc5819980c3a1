"""What went wrong in a migration file, in words that say how to mend it."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import attrs

from mm_engine.errors import MMError, Position, Problem, nearest
from mm_engine.migrations.package import is_private

_UNEXPECTED = re.compile(
    r"(\w+)\.__init__\(\) got an unexpected keyword argument '([^']+)'"
)
_MISSING = re.compile(r"(\w+)\.__init__\(\) missing \d+ required .*?arguments?: (.+)")
_TOO_MANY = re.compile(
    r"(\w+)\.__init__\(\) takes (?:from \d+ to )?(\d+) positional arguments?"
    r" but (\d+)"
)
_NO_LIST = re.compile(r"'(\w+)' object is not iterable")


@cache
def vocabulary() -> Mapping[str, type]:
    """What a migration file can name after ``mm.``: every class, by its name."""
    from mm_engine import operations
    from mm_engine.migrations import migration
    from mm_engine.model import constraints, objects, schema, table, types, values

    homes = (
        operations,
        table,
        types,
        values,
        constraints,
        objects,
        schema,
        migration,
    )
    return {
        name: kind
        for home in homes
        for name, kind in vars(home).items()
        if isinstance(kind, type)
        and attrs.has(kind)
        and kind.__module__.startswith("mm_engine.")
        and name not in ("BaseOperation", "BaseType", "Position")
    }


def problem_of(error: BaseException, path: Path) -> Problem:
    """The problem behind an error that a file raised while it was read or run."""
    match error:
        case MMError(at=None):
            return attrs.evolve(error.problems[0], at=_raised_at(error, path))
        case MMError():
            return error.problems[0]
        case UnicodeDecodeError():
            return _not_utf8(error, path)
        case SyntaxError():
            file = error.filename or str(path)
            at = Position(file, error.lineno or 1, max(error.offset or 1, 1))
            return Problem(error.msg, at=at)
        case OSError() if error.__traceback__ and not _ran(error):
            reason = error.strerror or str(error)
            return Problem(f"cannot be read: {reason}", at=Position(str(path), 1, 1))
        case _:
            message, hint = _words(error)
            return Problem(message, at=_raised_at(error, path), hint=hint)


def _ran(error: BaseException) -> bool:
    """Whether the file was being run, not just read, when the error came."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.name == "<module>" for frame in frames)


def _not_utf8(error: UnicodeDecodeError, path: Path) -> Problem:
    before = error.object[: error.start]
    line = before.count(b"\n") + 1
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    return Problem(
        f"byte 0x{error.object[error.start]:02x} is not UTF-8",
        at=Position(str(path), line, column),
        hint="save the file as UTF-8",
    )


def _raised_at(error: BaseException, path: Path) -> Position:
    """The last place in the migration's folder that the error passed through."""
    place = Position(str(path), 1, 1)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(path) or Path(frame.filename).parent == path.parent:
            column = len((frame.line or "").encode()[: frame.colno or 0].decode()) + 1
            place = Position(frame.filename, frame.lineno or 1, column)
    return place


def _words(error: BaseException) -> tuple[str, str | None]:
    """A message and a hint for what Python says in its own terms."""
    match error:
        case TypeError():
            return _about_arguments(str(error)) or (f"TypeError: {error}", None)
        case AttributeError(name=str(name)) if _is_ours(error.obj):
            return f"there is no mm.{name}", nearest(name, vocabulary())
        case ModuleNotFoundError(name=str(name)) if is_private(name):
            missing = name.partition(".")[2]
            return f"there is no {missing}.py beside the migrations", None
        case ModuleNotFoundError(name=str(name)):
            return (
                f'there is no module "{name}"',
                "install your project, or name its folder in PYTHONPATH",
            )
        case SystemExit():
            return f"the file ended the program: SystemExit: {error}", None
        case _:
            text = str(error)
            kind = type(error).__name__
            return f"{kind}: {text}" if text else kind, None


def _is_ours(module: object) -> bool:
    return getattr(module, "__name__", "") == "mm_engine"


def _about_arguments(message: str) -> tuple[str, str | None] | None:
    """What Python says of wrong arguments, in the words of the file."""
    if found := _UNEXPECTED.search(message):
        kind, word = found[1], found[2]
        return f'mm.{kind} has no "{word}"', nearest(word, _arguments(kind))
    if found := _MISSING.search(message):
        needed = found[2].replace("'", '"')
        return f"mm.{found[1]} needs {needed}", None
    if found := _TOO_MANY.search(message):
        kind, most, given = found[1], int(found[2]) - 1, int(found[3]) - 1
        words = "one value" if most == 1 else f"{most} values"
        return (
            f"mm.{kind} takes {words} without a keyword, here are {given}",
            f"say which is which: {', '.join(_arguments(kind)[most:]) or 'nothing'}",
        )
    found = _NO_LIST.search(message)
    if found and found[1] in vocabulary():
        kind = found[1]
        return f"mm.{kind} stands where a list belongs", f"write [mm.{kind}(...)]"
    return None


def _arguments(kind: str) -> list[str]:
    """What the class takes, its own keywords first."""
    known = vocabulary().get(kind)
    if known is None or not attrs.has(known):
        return []
    fields = [field for field in attrs.fields(known) if field.name != "at"]
    return [field.name for field in sorted(fields, key=lambda field: field.inherited)]
