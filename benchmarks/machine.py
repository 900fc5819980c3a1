"""What a run ran on, as far as it explains the figures."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from benchmarks.projects import in_memory
from benchmarks.tasks import Tool

UNINSTALLED = "from source"


def machine() -> Mapping[str, str]:
    """The system, the processors and the interpreter; nothing that names a host."""
    return {
        "system": f"{_system()}, {platform.machine()}",
        "processors": str(os.cpu_count()),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        "projects": "in memory" if in_memory() else "on disk",
    }


def versions(tools: Iterable[Tool]) -> Mapping[str, str]:
    """The version of each distribution that takes part."""
    names = [name for tool in tools for name in tool.packages]
    return {name: _version(name) for name in ("makemigrations", *dict.fromkeys(names))}


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
