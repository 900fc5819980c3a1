"""Read migration files into migrations."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import attrs

from mm_engine.errors import MigrationFileError, Position, Problem
from mm_engine.migrations import package
from mm_engine.migrations.codecache import CodeCache
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.mishaps import problem_of
from mm_engine.migrations.positions import (
    keyword_position,
    migration_line,
    operation_position,
)
from mm_engine.migrations.standing import mixed
from mm_engine.model.schema import Schema

_FILE = re.compile(r"[0-9]{4,}_.*\.py")
_LOADING = threading.RLock()


def load_migrations(folder: Path, *, root: Path | None = None) -> tuple[Migration, ...]:
    """Every migration of a folder, by file name; none if the folder is not there.

    Files that are not called ``NNNN_*.py`` are left alone, and may be imported
    relatively. Positions are relative to *root* where they can be. Raises
    ``MigrationFileError`` with the problems of all files.
    """
    folder = folder.absolute()
    with _LOADING:
        codes = CodeCache(folder)
        files = _Files(folder, root, package.package_of(folder), codes)
        loaded: list[Migration] = []
        problems: list[Problem] = []
        for name in files.names():
            try:
                loaded.append(files.migration(name))
            except MigrationFileError as error:
                problems += error.problems
        codes.keep()
    if problems:
        raise MigrationFileError.of(problems)
    return tuple(loaded)


def load_migration(path: Path, *, root: Path | None = None) -> Migration:
    """The migration of one file; raises ``MigrationFileError`` where there is none."""
    path = path.absolute()
    with _LOADING:
        folder = path.parent
        codes = CodeCache(folder)
        files = _Files(folder, root, package.package_of(folder), codes)
        return files.migration(path.name)


@attrs.frozen
class _Files:
    """A folder of migrations, while it is read."""

    folder: Path
    root: Path | None
    package: str
    codes: CodeCache

    def names(self) -> list[str]:
        try:
            found = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise MigrationFileError(
                f"the folder of migrations cannot be read: {fault.strerror}",
                at=Position(self._relative(str(self.folder)), 1, 1),
            ) from None
        return sorted(name for name in found if _FILE.fullmatch(name))

    def migration(self, name: str) -> Migration:
        path = self.folder / name
        try:
            return self._checked(path)
        except (Exception, SystemExit) as error:
            raise MigrationFileError.of(
                [self._shown(problem_of(error, path))]
            ) from error

    def _checked(self, path: Path) -> Migration:
        """The migration of a file, if it runs and is named like its file."""
        module = f"{self.package}.{path.stem}"
        text = _text(path)
        made = sys.modules.get(module)
        if made is None:
            made = package.run(self.codes.code(path, text), path, module, text)
        found: object = getattr(made, "migration", None)
        if not isinstance(found, Migration):
            raise _no_migration(path, text, found, vars(made))
        if found.name != path.stem:
            raise MigrationFileError(
                f'the migration is called "{found.name}", its file {path.name}',
                at=keyword_position(path, "name"),
                hint=f'write name="{path.stem}", or rename the file',
            )
        if path in self.codes.fresh:
            self._check_operations(path, found)
        at = Position(self._relative(str(path)), migration_line(text), 1)
        return attrs.evolve(found, at=at, path=path)

    def _check_operations(self, path: Path, migration: Migration) -> None:
        """Raise for a value of a wrong kind, and for what should stand alone.

        Files in the cache have been through.
        """
        from mm_engine.migrations.misfits import misfit

        is_mixed = len(migration.operations) > 1
        for number, operation in enumerate(migration.operations):
            problem = misfit(operation)
            if problem is None and is_mixed and operation.stands_alone(Schema()):
                problem = mixed(operation).problems[0]
            if problem is not None:
                self.codes.forget(path)
                raise MigrationFileError(
                    problem.message,
                    at=operation_position(path, number),
                    hint=problem.hint,
                )

    def _shown(self, problem: Problem) -> Problem:
        if problem.at is None:
            return problem
        at = attrs.evolve(problem.at, file=self._relative(problem.at.file))
        return attrs.evolve(problem, at=at)

    def _relative(self, file: str) -> str:
        """A path as people see it: below the root, or as it is."""
        if self.root is None:
            return file
        prefix = f"{self.root.absolute()}{os.sep}"
        return file.removeprefix(prefix).replace(os.sep, "/")


def _text(path: Path) -> str:
    data = path.read_bytes()
    if (at := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, at) + 1
        column = at - data.rfind(b"\n", 0, at)
        raise MigrationFileError(
            "there is a NUL byte here: this is no text",
            at=Position(str(path), line, column),
        )
    return data.decode("utf-8-sig")


def _no_migration(
    path: Path, text: str, found: object, names: Mapping[str, object]
) -> MigrationFileError:
    hint = f'write migration = mm.Migration(name="{path.stem}", ...)'
    if found is not None:
        kind = type(found).__name__
        line = migration_line(text)
        return MigrationFileError(
            f'"migration" is no mm.Migration but of the type {kind}',
            at=Position(str(path), line, 1),
            hint=hint,
        )
    others = [name for name, value in names.items() if isinstance(value, Migration)]
    if others:
        hint = f'call it "migration" instead of "{others[0]}"'
    what = "there is no migration here" if text.strip() else "the file is empty"
    return MigrationFileError(what, at=Position(str(path), 1, 1), hint=hint)
