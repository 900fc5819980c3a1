"""What a run ran on, as far as it explains the figures."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.jobs import output
from benchmarks.projects import in_memory
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Tool

UNINSTALLED = "from source"


def machine(server: PostgreSQL | None) -> Mapping[str, str]:
    """The system, the processors, the databases; nothing that names a host."""
    return {
        "system": f"{_system()}, {platform.machine()}",
        "processors": str(os.cpu_count()),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "SQLite's shell": _sqlite_shell(),
        "PostgreSQL": server.version if server else "none here",
        "projects": "in memory" if in_memory() else "on disk",
    }


def versions(tools: Iterable[Tool], more: Iterable[str] = ()) -> Mapping[str, str]:
    """The version of each distribution that takes part, and of more."""
    names = [*(name for tool in tools for name in tool.packages), *more]
    return {name: _version(name) for name in ("makemigrations", *dict.fromkeys(names))}


def _sqlite_shell() -> str:
    """Its version; two libraries of one machine may differ."""
    shell = shutil.which("sqlite3")
    if shell is None:
        return "none, Python's executescript in its place"
    return output((shell, "--version"), Path()).split()[0]


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return UNINSTALLED
