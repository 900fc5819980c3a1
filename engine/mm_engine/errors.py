"""Errors a user can act on, each naming the place it speaks of.

MMError
 +-- ConfigError          settings, config files, URLs
 +-- UsageError           a question nobody answered, a flag that does not fit
 +-- FilesError           every problem found in files
 |    +-- SchemaFileError      a schema file cannot be read
 |    +-- MigrationFileError   a migration file cannot be loaded
 +-- GraphError           migrations do not form a graph that can be applied
 +-- StateError           an operation does not fit the schema before it
 +-- IrreversibleError    something that cannot be undone was asked to be undone
 +-- UnsupportedError     a database cannot do what an operation asks
 +-- LockError            somebody else is migrating
 +-- HistoryError         the history and the files disagree
 |    +-- UnfinishedError      a migration was begun and not finished
 +-- RunError             a statement failed
 +-- DriftError           a database is not what its migrations say
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

import attrs


@attrs.frozen
class Position:
    """A place in a file, counted from 1 as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@attrs.frozen
class Problem:
    """One thing that is wrong, where, and what might help."""

    message: str
    at: Position | None = attrs.field(default=None, kw_only=True)
    hint: str | None = attrs.field(default=None, kw_only=True)

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


class MMError(Exception):
    """Base of every error this project raises on purpose."""

    kind: ClassVar[str] = "error"

    def __init__(
        self, message: str, *, at: Position | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything this error speaks of; most speak of one thing."""
        return (Problem(self.message, at=self.at, hint=self.hint),)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ConfigError(MMError):
    """Settings contradict each other, or a setting cannot be read."""

    kind = "config"


class UsageError(MMError):
    """What was asked cannot be done as asked; faces exit with 2."""

    kind = "usage"


class FilesError(MMError):
    """Files cannot be read as what they should be; holds every problem found."""

    def __init__(
        self,
        message: str,
        *,
        at: Position | None = None,
        hint: str | None = None,
        problems: Iterable[Problem] = (),
    ) -> None:
        super().__init__(message, at=at, hint=hint)
        self._problems = tuple(problems)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """One error for many problems; the first gives its message and place."""
        all_of_them = tuple(problems)
        first = all_of_them[0]
        return cls(first.message, at=first.at, hint=first.hint, problems=all_of_them)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem in every file read, in the order of the files."""
        return self._problems or super().problems


class SchemaFileError(FilesError):
    """A schema file cannot be read as a schema; holds every problem found."""

    kind = "schema_file"


class MigrationFileError(FilesError):
    """Migration files cannot be loaded or written; holds every problem found."""

    kind = "migration_file"


class GraphError(MMError):
    """The migrations do not form a graph that can be applied."""

    kind = "graph"


class StateError(MMError):
    """An operation does not fit the schema it is applied to."""

    kind = "state"


class IrreversibleError(MMError):
    """Something that cannot be undone was asked to be undone."""

    kind = "irreversible"


class UnsupportedError(MMError):
    """A database cannot do what an operation asks; raised before anything ran."""

    kind = "unsupported"


class LockError(MMError):
    """Somebody else is migrating this database; faces exit with 4."""

    kind = "lock"


class HistoryError(MMError):
    """What the database says was applied and what the files say disagree."""

    kind = "history"


class UnfinishedError(HistoryError):
    """A migration was begun and not finished; says how far it came and how to go on."""

    kind = "unfinished"


class RunError(MMError):
    """A statement failed; says which, of how many, and what had been done."""

    kind = "run"


class DriftError(MMError):
    """A database is not what its migrations add up to."""

    kind = "drift"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """A hint with the known name most like the given one, if any is.

    >>> nearest("nulable", ["nullable", "name"])
    'did you mean "nullable"?'
    >>> nearest("zzz", ["nullable"]) is None
    True
    """
    from difflib import get_close_matches

    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'did you mean "{found[0]}"?' if found else None
