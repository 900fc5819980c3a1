"""Settings of a project, each from the strongest place that says something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from mm_engine.config.entries import Entry, entry_problem, unused, value_of
from mm_engine.config.find import Found, explicit, find
from mm_engine.config.problems import ConfigFileError
from mm_engine.config.settings import (
    DATABASES,
    OF_A_DATABASE,
    OTHER_VARIABLES,
    PREFIX,
    SCHEMA_PATHS,
    URL,
    Setting,
    Value,
    settings,
    variable,
)
from mm_engine.config.value import Chosen, Config
from mm_engine.errors import (
    ConfigError,
    MMError,
    Position,
    Problem,
    UsageError,
    nearest,
)


@attrs.frozen
class Flag:
    """A setting given on the command line: the flag, and what it said."""

    name: str
    value: Value


def load(
    start: Path,
    *,
    environment: Mapping[str, str],
    file: Path | None = None,
    database: str | None = None,
    flags: Mapping[str, Flag] | None = None,
    required: bool = True,
) -> Config:
    """The settings that hold for somebody who stands in that folder.

    ``file`` is a config file instead of the one that would be found, ``database`` one
    of the named databases. Without ``required`` a folder that belongs to no project is
    taken for one. Raises ``ConfigError``, with every problem there is.
    """
    start = start.absolute()
    found = _found(start, file, environment, required=required)
    if problems := [p for p in map(entry_problem, found.entries) if p is not None]:
        raise ConfigFileError.of(problems)
    names = _database_names(found.entries)
    if database is not None and database not in names:
        raise _no_database(database, names, found)
    chosen = _chosen(found, environment, flags or {}, names, database)
    return Config(
        start=start,
        root=found.root,
        file=found.file,
        values=chosen,
        databases=names,
        database=database,
        findings=(*unused(found.entries), *_stray_variables(environment, names)),
    )


def _found(
    start: Path, file: Path | None, environment: Mapping[str, str], *, required: bool
) -> Found:
    if not start.is_dir():
        raise UsageError(f"there is no folder {start}")
    if file is not None:
        return explicit(start / file, start)
    found = find(start)
    if found is not None:
        return found
    told = environment.get(variable(SCHEMA_PATHS))
    begun = any((start / name).is_dir() for name in ("schema", "migrations"))
    if required and not told and not begun:
        raise ConfigError(
            f"there is no project in {start} or in a folder above it",
            hint='"makemigrations init" begins one here',
        )
    return Found(start)


def _database_names(entries: Iterable[Entry]) -> tuple[str, ...]:
    sections = (entry.path for entry in entries if entry.path[0] == DATABASES)
    return tuple(dict.fromkeys(path[1] for path in sections))


def _no_database(name: str, names: tuple[str, ...], found: Found) -> MMError:
    if not names:
        return UsageError(
            f'there is no database "{name}": the settings name none',
            hint=f"add {DATABASES}.{name}.url to {found.file or 'a config file'}",
        )
    hint = nearest(name, names) or f"there are {', '.join(names)}"
    return UsageError(f'there is no database "{name}"', hint=hint)


def _chosen(
    found: Found,
    environment: Mapping[str, str],
    flags: Mapping[str, Flag],
    names: tuple[str, ...],
    database: str | None,
) -> dict[str, Chosen]:
    written = {entry.key: entry for entry in found.entries}
    values: dict[str, Chosen] = {}
    problems: list[Problem] = []
    for setting in settings(names):
        flag = flags.get(_flagged_as(setting, database))
        one = _one(setting, flag, environment, written.get(setting.key))
        if isinstance(one, Problem):
            problems.append(one)
        else:
            values[setting.key] = one
    if problems:
        raise ConfigFileError.of(problems)
    return values


def _flagged_as(setting: Setting, database: str | None) -> str:
    """The key under which a flag gives the setting: ``--url`` is of one database."""
    section, _, word = setting.key.rpartition(".")
    if database is None:
        return setting.key
    if section == f"{DATABASES}.{database}" and word == OF_A_DATABASE["url"].key:
        return URL
    return "" if setting.key == URL else setting.key


def _one(
    setting: Setting,
    flag: Flag | None,
    environment: Mapping[str, str],
    entry: Entry | None,
) -> Chosen | Problem:
    """What one setting is, from the strongest place that says something."""
    if flag is not None:
        return _read(setting, flag.value, flag.name)
    for name in setting.variables:
        if text := environment.get(name):
            return _read(setting, text, name)
    if entry is not None:
        if entry.value is None and setting.default is not None:
            return Problem(f'"{setting.key}" has no value', at=entry.at)
        read = _read(setting, entry.value, _place(entry.at), entry.at)
        if isinstance(read, Problem) or read.value is not None:
            return read
    return Chosen(setting, setting.default, "default")


def _read(
    setting: Setting, written: Value, source: str, at: Position | None = None
) -> Chosen | Problem:
    value = value_of(setting, written)
    if not isinstance(value, Problem):
        return Chosen(setting, value, source, at=at)
    if at is not None:
        return attrs.evolve(value, at=at)
    return Problem(f"{source}: {value.message}")


def _place(at: Position) -> str:
    return f"{at.file}:{at.line}"


def _stray_variables(
    environment: Mapping[str, str], names: tuple[str, ...]
) -> tuple[Problem, ...]:
    """A finding for each variable that looks like a setting and is none."""
    known = [name for setting in settings(names) for name in setting.variables]
    return tuple(
        Problem(f"the variable {name} is no setting", hint=hint)
        for name in sorted(environment)
        if name.startswith(PREFIX)
        and not name.startswith(OTHER_VARIABLES)
        and name not in known
        and (hint := nearest(name, known))
    )
