"""The lines of a run's head: which databases its tests run on, and why those."""

from __future__ import annotations

from collections.abc import Sequence

import pytest


def servers(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """One line a database; none where no test needs one."""
    from mm_pytest.items import DatabaseItem

    wanted: dict[str, None] = {}
    for item in items:
        if isinstance(item, DatabaseItem):
            wanted[item.kind] = None
        elif "mm_server" in getattr(item, "fixturenames", ()):
            wanted[_kind(config, item)] = None
    if config.getoption("collectonly"):
        return []
    return [line for kind in wanted for line in _line(config, kind)]


def _kind(config: pytest.Config, item: pytest.Item) -> str:
    from mm_pytest.opened import opened

    chosen = getattr(item, "callspec", None)
    first = opened(config).databases[0]
    return str(chosen.params.get("mm_server", first)) if chosen else first


def _line(config: pytest.Config, kind: str) -> list[str]:
    """What was taken and what was not; nothing where the fixture will tell it."""
    from mm_pytest.opened import opened
    from mm_pytest.servers.url_way import ConfiguredError
    from mm_pytest.servers.ways import NoServerError

    found = opened(config)
    try:
        title = found.place(kind).title
    except (NoServerError, ConfiguredError):
        return [f"makemigrations: no {kind}"]
    missed = "; ".join(map(str, found.missed.get(kind, ())))
    return [f"makemigrations: {title}" + (f" (not by {missed})" if missed else "")]
