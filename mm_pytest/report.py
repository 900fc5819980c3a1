"""What a run says of its databases: which ones tests run on, and why those.

One line a database: at the head of the run, before its tests; where workers open them,
at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mm_pytest.opened import Opened


def head(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """The lines for tests that are about to run; none where no test needs any."""
    from mm_pytest.items import DatabaseItem

    if config.getoption("collectonly"):
        return []
    wanted: dict[str, None] = {}
    for item in items:
        if isinstance(item, DatabaseItem):
            wanted[item.kind] = None
        elif "mm_server" in getattr(item, "fixturenames", ()):
            wanted[_kind(config, item)] = None
    return [line for kind in wanted for line in _opened(config, kind)]


UNFILLED = "mm_unfilled"
"""The property of a test's report that tells of a table without rows."""


def unfilled(reporter: pytest.TerminalReporter) -> list[str]:
    """The tables that the checks of rows could not fill, once each, with the reason."""
    reports = [one for some in reporter.stats.values() for one in some]
    found = dict.fromkeys(
        str(told)
        for report in reports
        for name, told in getattr(report, "user_properties", ())
        if name == UNFILLED
    )
    if not found:
        return []
    return [
        "makemigrations: tables that no rows could be made for, and were left empty:",
        *(f"  {told}" for told in found),
    ]


def lines(found: Opened) -> list[str]:
    """The lines for what was opened, and for what could not be."""
    return [
        _line(found, kind) for kind in dict.fromkeys([*found.places, *found.missed])
    ]


def _kind(config: pytest.Config, item: pytest.Item) -> str:
    from mm_pytest.opened import opened

    chosen = getattr(item, "callspec", None)
    first = opened(config).databases[0]
    return str(chosen.params.get("mm_server", first)) if chosen else first


def _opened(config: pytest.Config, kind: str) -> list[str]:
    from mm_pytest.opened import opened
    from mm_pytest.servers.url_way import ConfiguredError
    from mm_pytest.servers.ways import NoServerError

    found = opened(config)
    try:
        found.place(kind)
    except NoServerError:
        return [_line(found, kind)]
    except ConfiguredError:
        return [f"makemigrations: no {kind}"]  # the tests say the rest
    return [_line(found, kind)]


def _line(found: Opened, kind: str) -> str:
    """What was taken, and why not what goes before it; or why there is nothing."""
    missed = "; ".join(map(str, found.missed.get(kind, ())))
    if kind in found.places:
        title = found.places[kind].title
        return f"makemigrations: {title}" + (f" (not by {missed})" if missed else "")
    return f"makemigrations: no {kind} ({missed})"
