"""Migrations that are in no file yet: what is known of them, and how they get there."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import MigrationFileError, Problem
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.standing import Part
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

if TYPE_CHECKING:
    from mm_engine.project.belongings import Belongings


@attrs.frozen(kw_only=True)
class Draft:
    """A migration that is in no file yet, and what there is to know about it.

    ``following`` are those that are written with it, each after the one before: what
    stands outside of a transaction stands alone in its file. ``replaced`` is the name
    of the one whose file it takes over.
    """

    migration: Migration
    following: tuple[Migration, ...] = ()
    before: Schema = attrs.field(factory=Schema, repr=False)
    findings: tuple[Problem, ...] = ()
    replaced: str | None = None

    @property
    def migrations(self) -> tuple[Migration, ...]:
        """Every migration, in the order in which they will be applied."""
        return (self.migration, *self.following)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of all of them."""
        return tuple(o for migration in self.migrations for o in migration.operations)


def split(
    draft: Draft, rest: Iterable[Part], name: str | None, existing: Iterable[str]
) -> Draft:
    """The draft with a migration after it for each part that it could not hold."""
    made = [draft.migration]
    before = draft.before
    for part in rest:
        names = [*existing, *(migration.name for migration in made)]
        before = made[-1].apply(before)
        called = chosen_name(names, name, part, before)
        made.append(
            Migration(name=called, dependencies=[made[-1].name], operations=part)
        )
    return attrs.evolve(draft, following=tuple(made[1:]))


def chosen_name(
    existing: Collection[str],
    name: str | None,
    operations: tuple[Operation, ...],
    before: Schema,
) -> str:
    """The name that was given, or one made from the operations, after a new number."""
    from mm_engine.migrations.naming import chosen_slug, next_name, slug_of

    if name is not None:
        return next_name(existing, chosen_slug(name))
    slug = slug_of(operations, before=before, first=not existing)
    return next_name(existing, slug)


def write(project: Belongings, new: Draft) -> tuple[Path, ...]:
    """Write the draft into the folder of migrations; gives the paths of its files.

    No file is overwritten but the one that the draft replaces. Raises
    ``MigrationFileError`` with every old file as it was.
    """
    config = project.config
    try:
        return tuple(_written(config.migrations_folder, new))
    except MigrationFileError as error:
        file = os.path.relpath(error.at.file, config.root) if error.at else ""
        at = error.at and attrs.evolve(error.at, file=Path(file).as_posix())
        raise MigrationFileError(error.message, at=at, hint=error.hint) from error


def _written(folder: Path, new: Draft) -> list[Path]:
    """The paths of all files, or none is there: what replaces another comes last."""
    from mm_engine.migrations.files import replace_migration, write_migration

    written: list[Path] = []
    try:
        for migration in new.following:
            written.append(write_migration(folder, migration))  # noqa: PERF401 - each is known as soon as it is there
        if new.replaced is not None:
            first = replace_migration(folder, new.replaced, new.migration)
        else:
            first = write_migration(folder, new.migration)
    except BaseException:
        for path in written:
            path.unlink()
        raise
    return [first, *written]
