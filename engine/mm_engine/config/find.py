"""Where a project is: its folder, and the file with its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from mm_engine.config.entries import Entry
from mm_engine.config.toml import toml_entries
from mm_engine.config.yaml import yaml_entries
from mm_engine.errors import ConfigError

PYPROJECT = "pyproject.toml"
CONFIG_FILE = "makemigrations.config.yaml"
YAML_PLACES = (f"migrations/{CONFIG_FILE}", CONFIG_FILE)
"""Where a config file of YAML is looked for in a project's folder."""


@attrs.frozen
class Found:
    """A project's folder, its config file if it has one, and what that says."""

    root: Path
    file: Path | None = None
    entries: tuple[Entry, ...] = ()


def find(start: Path) -> Found | None:
    """The project that the folder belongs to: the nearest one upwards.

    A folder is one if it has a config file, or both ``migrations`` and ``schema``.
    Raises ``ConfigError`` for one with two kinds of config.
    """
    for folder in (start, *start.parents):
        files = tuple(_config_files(folder))
        if len(files) > 1:
            names = " and ".join(_shown(file, folder) for file, _ in files)
            raise ConfigError(
                f"two files have settings: {names}",
                hint="keep one of them, or choose with --config",
            )
        if files:
            [(file, entries)] = files
            return Found(folder, file, entries)
        if (folder / "migrations").is_dir() and (folder / "schema").is_dir():
            return Found(folder)
    return None


def explicit(file: Path, start: Path) -> Found:
    """The settings of a file that was named; raises ``ConfigError`` if it has none."""
    if not file.is_file():
        raise ConfigError(f"there is no config file {_shown(file, start)}")
    entries = _entries(file, start)
    if entries is None:
        raise ConfigError(
            f"{_shown(file, start)} has no section [tool.makemigrations]",
        )
    return Found(_home(file, start), file, entries)


def _home(file: Path, start: Path) -> Path:
    """The project's folder for a config file that may lie anywhere."""
    for begin in (file.parent, start):
        for folder in (begin, *begin.parents):
            if _looks_like_a_project(folder):
                return folder
    return file.parent.parent if file.parent.name == "migrations" else file.parent


def _looks_like_a_project(folder: Path) -> bool:
    both = (folder / "migrations").is_dir() and (folder / "schema").is_dir()
    return both or any((folder / place).is_file() for place in YAML_PLACES)


def _config_files(folder: Path) -> Iterator[tuple[Path, tuple[Entry, ...]]]:
    places = YAML_PLACES[:1] if _is_inside_a_project(folder) else YAML_PLACES
    for name in (PYPROJECT, *places):
        file = folder / name
        if _is_file(file, folder):
            entries = _entries(file, folder)
            if entries is not None:
                yield file, entries


def _is_inside_a_project(folder: Path) -> bool:
    """Whether a config file here would be that of the folder above.

    It is the same file that the folder above finds under ``migrations``.
    """
    own = any((folder / name).is_dir() for name in ("migrations", "schema"))
    return folder.name == "migrations" and not own


def _is_file(file: Path, base: Path) -> bool:
    """Whether the file is there; raises ``ConfigError`` where nobody may look."""
    try:
        return file.is_file()
    except OSError as fault:
        raise ConfigError(
            f"{_shown(file, base)} cannot be read: {fault.strerror}"
        ) from None


def _entries(file: Path, base: Path) -> tuple[Entry, ...] | None:
    shown = _shown(file, base)
    try:
        if file.suffix == ".toml":
            return toml_entries(file, shown)
        return yaml_entries(file, shown)
    except OSError as fault:
        raise ConfigError(f"{shown} cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown} is not UTF-8") from None


def _shown(file: Path, base: Path) -> str:
    """A file as a person standing in that folder would name it."""
    try:
        return Path(os.path.relpath(file, base)).as_posix()
    except ValueError:  # another drive, on Windows
        return str(file)
